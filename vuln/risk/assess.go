package risk

import (
	"fmt"
	"strconv"
	"strings"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// Context is what a score needs beside the finding.
type Context struct {
	Weights    Weights
	Coverage   Coverage
	Threats    func(cve string) advisory.Threat
	Dependence map[device.ID]Dependence
	// Doubt says why the threats cannot be relied on (a stale feed), empty: they
	// can. It widens what a score may be and never changes the score.
	Doubt string
	// Reader remembers what vulnerabilities say, nil: each is read every time.
	Reader *Reader
}

// mostReasons is how many reasons an assessment has as a rule.
const mostReasons = 13

// matchValue is M of vulnerability-priority.md section 5.
var matchValue = map[exposure.Match]float64{exposure.Confirmed: 1, exposure.Likely: 0.6, exposure.Possible: 0.4}

// Assess weighs one finding. The finding must carry its device and its
// vulnerability. A finding that is cleared (not affected, fixed) has L = 0.
func (c Context) Assess(f *exposure.Finding) Assessment {
	s := subject{w: c.Weights, d: f.Dev, v: f.Vuln, coverage: c.Coverage, reading: c.Reader.read(f.Vuln)}
	a := Assessment{Device: f.Device, Vulnerability: f.Vulnerability, Advisory: f.Advisory, Finding: f, Why: make([]Reason, 0, mostReasons)}
	in := &a.Input
	in.Impact = a.because(s.impact(c.Weights, f.Dev.Kind, f.Vuln))
	t := advisory.Threat{}
	if c.Threats != nil {
		t = c.Threats(f.Vulnerability)
	}
	in.Threat = a.because(threat(t))
	in.Match = a.because(match(f))
	s.weigh(&a)
	in.Local, in.NoLogin = !s.remote(), s.noLogin()
	spare, spareKnown := spareOf(f.Dev)
	var why []Reason
	in.Acuity, in.Dependency, why = significance(f.Dev, c.Dependence[f.Device], spare, spareKnown)
	in.Spare = spare
	a.Why = append(a.Why, why...)

	c.finish(&a, &s, t)
	return a
}

// because notes a factor's reason and hands on its value.
func (a *Assessment) because(value float64, r Reason) float64 {
	a.Why = append(a.Why, r)
	return value
}

func match(f *exposure.Finding) (float64, Reason) {
	r := Reason{Factor: "L.match", Value: matchValue[f.Match], Text: string(f.Match) + " match with " + strconv.Quote(f.Product)}
	if f.Status == exposure.NotAffected || f.Status == exposure.Fixed {
		r.Value, r.Text = 0, "the publisher says "+words(string(f.Status))
	}
	if len(f.Evidence) > 0 {
		last := f.Evidence[len(f.Evidence)-1]
		r.Evidence = strings.TrimSpace(last.File + " " + last.Place)
	}
	return r.Value, r
}

// weigh judges the six preconditions.
func (s *subject) weigh(a *Assessment) {
	judges := [6]func() (Precondition, Reason){s.service, s.reach, s.credentials, s.userAction, s.configuration, s.proximity}
	for i, into := range a.Input.preconditions() {
		p, r := judges[i]()
		*into = p
		a.Why = append(a.Why, r)
	}
}

// finish computes the score, the bands and the sentence.
func (c Context) finish(a *Assessment, s *subject, t advisory.Threat) {
	in := a.Input
	a.R, a.L, a.K = in.R(), in.L(), in.K()
	a.Score = round1(in.Score())
	a.Low = round1(in.withUnknown(c.Weights.Refuted).Score())
	a.High = round1(in.withUnknown(1).Score())
	a.Band, a.BandLow, a.BandHigh = c.Weights.Band(a.Score), c.Weights.Band(a.Low), c.Weights.Band(a.High)
	c.override(a, s, t)
	if a.BandLow != a.BandHigh {
		a.FindOut = c.question(a, s)
	}
	c.doubt(a)
	a.Sentence = sentence(a)
}

// sentence prints a score with the reason of each factor.
func sentence(a *Assessment) string {
	return fmt.Sprintf("%.0f = R %.2f (%s; %s) x L %.2f (%s) x K %.2f (%s)", a.Score,
		a.R, reason(a, "R.effect"), reason(a, "R.threat"), a.L, limit(a), a.K, reason(a, "K.acuity"))
}

func reason(a *Assessment, factor string) string {
	for _, r := range a.Why {
		if r.Factor == factor {
			return r.Text
		}
	}
	return ""
}

// limit names what keeps L down: the weakest precondition, or the match.
func limit(a *Assessment) string {
	x := a.Input.X()
	if a.Input.Match < 1 && a.Input.Match <= x || x == 1 {
		return reason(a, "L.match")
	}
	for i, p := range a.Input.preconditions() {
		if p.Value == x {
			return "limited by: " + reason(a, preconditionFactors[i])
		}
	}
	return ""
}

var preconditionFactors = [6]string{"L.service", "L.reach", "L.credentials", "L.user_action", "L.configuration", "L.proximity"}

// spareOf reads the column "spare" of the maintenance export: 0 none .. 1 a
// spare for each.
func spareOf(d *device.Device) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(d.Extra["spare"]), 64)
	if err != nil || v < 0 || v > 1 {
		return 0, false
	}
	return v, true
}

func round1(v float64) float64 { return float64(int64(v*10+0.5)) / 10 }
