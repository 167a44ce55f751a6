package risk

import "ward/vuln/advisory"

// doubt widens the band where the feeds that tell of exploitation are too old to
// be relied on: whether the flaw is exploited by now is then not known. The
// score itself stays.
func (c Context) doubt(a *Assessment) {
	if c.Doubt == "" || a.L == 0 || a.Input.Threat >= 1 {
		return
	}
	worst := a.Input.withUnknown(1)
	worst.Threat = 1
	a.High = max(a.High, round1(worst.Score()))
	a.BandHigh = c.Weights.Band(a.High)
	a.Why = append(a.Why, Reason{Factor: "unknown", Value: a.Input.Threat, Text: c.Doubt, Unknown: true})
}

// Overrule puts a person's score in the place of the computed one, by rule (d)
// of vulnerability-priority.md section 5: why names the person, the reason and
// the end.
func (c Context) Overrule(a *Assessment, score float64, why string) {
	a.Score = round1(min(max(score, 0), 100))
	a.Low, a.High = min(a.Low, a.Score), max(a.High, a.Score)
	a.Band, a.BandLow, a.BandHigh = c.Weights.Band(a.Score), c.Weights.Band(a.Low), c.Weights.Band(a.High)
	a.Why = append(a.Why, Reason{Factor: "override", Value: a.Score, Text: why})
	a.Sentence = why + " (computed: " + a.Sentence + ")"
}

// Clear takes the likelihood away: a person found that the device is not
// affected.
func (c Context) Clear(a *Assessment, why string) {
	a.L, a.Score, a.Low, a.High = 0, 0, 0, 0
	a.Input.Match = 0
	a.Band, a.BandLow, a.BandHigh, a.FindOut = Track, Track, Track, ""
	a.Why = append(a.Why, Reason{Factor: "override", Value: 0, Text: why})
	a.Sentence = "0: " + why
}

// Threat is what KEV, EPSS and SSVC make of a score: T of section 5, and whether
// rule (a) applies. Two threats with the same Threat give the same assessments,
// but for the words of their reason.
type Threat struct {
	Value float64
	KEV   bool
}

// ThreatOf reads it.
func ThreatOf(t advisory.Threat) Threat {
	value, _ := threat(t)
	return Threat{value, t.KEV}
}
