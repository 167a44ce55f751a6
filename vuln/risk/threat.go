package risk

import (
	"fmt"
	"strings"

	"ward/vuln/advisory"
)

// Threat floors: nobody knows that a flaw is never used, and sensors on the
// internet are nearly blind for pumps.
const (
	threatFloor = 0.1
	threatProof = 0.5
)

// threat gives R's T: 1 exploited (KEV or SSVC active), 0.5 public proof of
// concept, else the EPSS probability, never below the floor.
func threat(t advisory.Threat) (float64, Reason) {
	r := Reason{Factor: "R.threat", Value: threatFloor, Text: "no exploitation known", Evidence: strings.Join(t.Sources, ", ")}
	switch {
	case t.KEV:
		r.Value, r.Text = 1, "exploited in the wild (KEV)"
		if !t.KEVAdded.IsZero() {
			r.Text = "exploited in the wild (KEV since " + t.KEVAdded.Format("2006-01-02") + ")"
		}
		if t.Ransomware {
			r.Text += ", used for ransomware"
		}
	case t.Exploitation == "active":
		r.Value, r.Text = 1, "exploited in the wild (SSVC active)"
	case t.Exploitation == "poc" && t.EPSS <= threatProof:
		r.Value, r.Text = threatProof, "public proof of concept (SSVC poc)"
	case t.HasEPSS && t.EPSS > threatFloor:
		r.Value, r.Text = t.EPSS, fmt.Sprintf("EPSS %.0f %% in 30 days", 100*t.EPSS)
	case t.HasEPSS:
		r.Text = fmt.Sprintf("no exploitation known, EPSS %.1f %% raised to the floor", 100*t.EPSS)
	}
	return r.Value, r
}
