package seed

import (
	"slices"

	"ward/vuln/advisory"
)

// Advisories makes what the makers say about the flaws, as of a revision (1, 2,
// ...). Each revision adds a remedy.
func Advisories(revision int) []advisory.Advisory {
	var out []advisory.Advisory
	at := map[string]int{}
	for i := range models {
		m := &models[i]
		for _, f := range m.flaws {
			k, ok := at[f.advisory]
			if !ok {
				k = len(out)
				at[f.advisory] = k
				out = append(out, advisory.Advisory{ID: f.advisory, Title: m.maker + " " + m.name + ": security notice", Publisher: m.maker, Feed: "csaf", File: "feeds/" + f.advisory + ".json",
					Released: Now.AddDate(0, -2, 0), Revised: Now.AddDate(0, 0, revision-5), Revision: string(rune('0' + revision)), URL: "https://advisories.example.org/" + f.advisory,
					Products: []advisory.Product{{ID: "P1", Vendor: m.maker, Name: m.name, Version: "<=" + m.version, Range: true}, {ID: "P2", Vendor: m.maker, Name: m.name, Version: ">" + m.version, Range: true}}})
			}
			if slices.ContainsFunc(out[k].Vulnerabilities, func(v advisory.Vulnerability) bool { return v.ID == f.id }) {
				continue
			}
			out[k].Vulnerabilities = append(out[k].Vulnerabilities, vulnerability(f, revision))
		}
	}
	return out
}

func vulnerability(f flaw, revision int) advisory.Vulnerability {
	v := advisory.Vulnerability{ID: f.id, Title: f.title, Description: "The product has this flaw: " + f.title + ". Somebody on the same network can use it.", CWEs: []string{"CWE-306"},
		Scores:       []advisory.Score{{Version: "3.1", Vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Base: 9.8}},
		Status:       []advisory.ProductStatus{{Product: "P1", Status: advisory.KnownAffected}, {Product: "P2", Status: advisory.Fixed}},
		Remediations: []advisory.Remediation{{Category: "mitigation", Text: "Users should disable the service where it is not needed.\nMore: https://advisories.example.org/guide.", Products: []string{"P1"}}}}
	if revision > 1 {
		v.Remediations = append(v.Remediations, advisory.Remediation{Category: "vendor_fix", Text: "Install the update from the service portal.", URL: "https://advisories.example.org/update", Date: Now.AddDate(0, 0, -2), Products: []string{"P1"}})
	}
	return v
}
