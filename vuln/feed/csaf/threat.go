package csaf

import (
	"strings"

	document "ward/spec/csaf"
	"ward/vuln/advisory"
)

// Threat gives what a CSAF 2.1 vulnerability says about its use in the world:
// an SSVC selection, and dates of known exploitation, which mean active. False
// where it says nothing.
func Threat(v document.Vulnerability) (advisory.Threat, bool) {
	var t advisory.Threat
	for _, m := range v.Metrics {
		for _, s := range append(m.Content.SSVC.Selections, m.Content.SSVC2.Selections...) {
			if len(s.Values) == 0 {
				continue
			}
			value := strings.ToLower(clean(s.Values[0]))
			switch strings.ToLower(clean(s.Name)) {
			case "exploitation":
				t.Exploitation = publicPOC(value)
			case "automatable":
				t.Automatable = value
			case "technical impact":
				t.Impact = value
			}
		}
	}
	if len(v.Exploited) > 0 {
		t.Exploitation = "active"
	}
	return t, t.Exploitation != "" || t.Automatable != "" || t.Impact != ""
}

// publicPOC gives the short word for what SSVC also calls "public poc".
func publicPOC(value string) string {
	if strings.HasSuffix(value, "poc") {
		return "poc"
	}
	return value
}
