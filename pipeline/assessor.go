package pipeline

import (
	"cmp"
	"io/fs"
	"slices"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// Assessor joins devices with what the feeds say: Device x Advisory -> Finding
// -> Assessment. It is pure: one run and a hub over years take the same path
// through it. It belongs to one goroutine.
type Assessor struct {
	speller    *exposure.Speller    // reads names of makers and products
	matcher    *exposure.Matcher    // advisories by name
	records    *exposure.Configured // CVE records by CPE
	advisories []advisory.Advisory  // of CSAF documents
	threats    func(cve string) (advisory.Threat, bool)
	weights    map[string]weight // of CVE records
	unlisted   unlisted
	reader     *risk.Reader
	feeds      []Feed
	// for Refresh
	files map[string]fs.FileInfo                   // as they were read
	daily map[string]bool                          // those that hold KEV or EPSS and nothing else
	base  func(cve string) (advisory.Threat, bool) // the threats of Read
}

// NewAssessor knows no feeds yet. The speller may be shared.
func NewAssessor(s *exposure.Speller) *Assessor {
	a := &Assessor{speller: s}
	a.forget()
	return a
}

// forget goes back to knowing no feeds.
func (a *Assessor) forget() {
	a.matcher, a.records, a.advisories, a.feeds = a.speller.Match(nil), exposure.NewConfigured(nil), nil, nil
	a.threats = func(string) (advisory.Threat, bool) { return advisory.Threat{}, false }
	a.weights, a.unlisted, a.reader = map[string]weight{}, unlisted{}, risk.NewReader()
	a.base, a.files, a.daily = a.threats, nil, map[string]bool{}
}

// Feeds tells which feeds were read, with their dates and digests.
func (a *Assessor) Feeds() []Feed { return a.feeds }

// Advisories gives the CSAF documents that were read, by ID. They must not be
// changed.
func (a *Assessor) Advisories() []advisory.Advisory { return a.advisories }

// Threat tells what KEV, EPSS and SSVC say about a CVE.
func (a *Assessor) Threat(cve string) advisory.Threat {
	t, _ := a.threats(cve)
	return t
}

// Findings joins what all sources say about one device. The findings' evidence
// is shared and must not be changed.
func (a *Assessor) Findings(d *device.Device) []exposure.Finding {
	list := append(a.matcher.Findings(d), a.worst(a.records.Findings(d))...)
	return exposure.Merge(list)
}

// Context completes c with what the feeds say.
func (a *Assessor) Context(c risk.Context) risk.Context {
	c.Threats, c.Reader = a.Threat, a.reader
	return c
}

// Assess weighs each finding that is not cleared, the worst first; a
// vulnerability that several advisories report counts once on each device. c
// needs no Threats: they are the feeds'. The findings must not move afterwards:
// the assessments point to them.
func (a *Assessor) Assess(c risk.Context, findings []exposure.Finding) []risk.Assessment {
	c = a.Context(c)
	var out []risk.Assessment
	for i := range findings {
		if f := &findings[i]; f.Status == exposure.Affected || f.Status == exposure.UnderInvestigation {
			out = append(out, c.Assess(f))
		}
	}
	out = risk.Strongest(out)
	risk.Sort(out)
	return out
}

// Plan makes the worklist of all assessments at once.
func (a *Assessor) Plan(assessments []risk.Assessment) []remedy.Action {
	return remedy.NewPlanner(risk.DefaultWeights(), nil).Plan(assessments)
}

// Explain tells why a CVE or advisory matches a device, or why it does not.
func (a *Assessor) Explain(d *device.Device, id string) []exposure.Evidence {
	out := a.records.Explain(d, id)
	text := a.matcher.Explain(d, id)
	if len(out) > 0 && len(text) == 1 && text[0].Rule == "advisory.unknown" {
		return out
	}
	return append(text, out...)
}

// worst keeps the findings of CVE records that weigh most: known exploited, by
// EPSS, then by CVSS. The others are counted.
func (a *Assessor) worst(list []exposure.Finding) []exposure.Finding {
	if len(list) <= maxPerDevice {
		return list
	}
	slices.SortStableFunc(list, func(x, y exposure.Finding) int {
		w, v := a.weigh(&x), a.weigh(&y)
		return cmp.Or(v.exploited-w.exploited, cmp.Compare(v.epss, w.epss), cmp.Compare(v.base, w.base), cmp.Compare(x.Vulnerability, y.Vulnerability))
	})
	a.unlisted.devices++
	a.unlisted.findings += len(list) - maxPerDevice
	kept := list[:maxPerDevice:maxPerDevice]
	slices.SortFunc(kept, func(x, y exposure.Finding) int { return cmp.Compare(x.Vulnerability, y.Vulnerability) })
	return kept
}

func (a *Assessor) weigh(f *exposure.Finding) weight {
	if w, ok := a.weights[f.Vulnerability]; ok {
		return w
	}
	var w weight
	t, _ := a.threats(f.Vulnerability)
	if t.KEV {
		w.exploited = 1
	}
	w.epss = t.EPSS
	for _, s := range f.Vuln.Scores {
		w.base = max(w.base, s.Base)
	}
	a.weights[f.Vulnerability] = w
	return w
}
