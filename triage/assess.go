package triage

import (
	"ward/asset/device"
	"ward/store"
	"ward/vuln/risk"
)

// assess gives what holds of one device: one finding for each vulnerability,
// the one that weighs most, and the assessments that the plan is made of.
func (s *site) assess(d *device.Device) (store.Assessed, []risk.Assessment) {
	found := s.assessor.Findings(d)
	assessments := s.assessor.Assess(s.context, found)
	out := store.Assessed{Device: d.ID}
	var planned []risk.Assessment
	seen := map[string]bool{}
	add := func(a *risk.Assessment) {
		seen[a.Vulnerability] = true
		f := store.Finding{Finding: *a.Finding, Assessment: *a}
		if s.apply(&f) && f.Status.Open() {
			planned = append(planned, f.Assessment)
		}
		out.Findings = append(out.Findings, f)
	}
	for i := range assessments {
		add(&assessments[i])
	}
	c := s.context
	c.Threats = s.assessor.Threat
	for i := range found {
		if f := &found[i]; !f.Status.Open() && !seen[f.Vulnerability] { // the publisher clears it: said, with its reasons
			a := c.Assess(f)
			add(&a)
		}
	}
	return out, planned
}
