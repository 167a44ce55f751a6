package triage

import "ward/vuln/advisory"

// Threat tells what the feeds say of the use of a vulnerability in the world.
func (t *Triage) Threat(vulnerability string) advisory.Threat {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.site.assessor.Threat(vulnerability)
}
