package exposure

import (
	"fmt"
	"strings"

	"ward/asset/device"
	"ward/spec/cpe"
	"ward/vuln/advisory"
	"ward/vuln/exposure/cpeindex"
)

// finding makes the Finding of one record with the CPE matches that decided.
func finding(d *device.Device, a *advisory.Advisory, how cpeindex.How, names []named) Finding {
	v := &a.Vulnerabilities[0]
	f := Finding{Device: d.ID, Vulnerability: v.ID, Advisory: a.ID, Status: Affected, Match: Likely, Adv: a, Vuln: v, Dev: d}
	met := decided(v.Configurations, names)
	open := ""
	for _, m := range met {
		if f.Product == "" || m.match.Vulnerable {
			f.Product = m.match.CPE
		}
		f.Evidence = append(f.Evidence, Evidence{Rule: "cpe.configuration", Text: m.String(), File: a.File, Place: m.place})
		if m.match.Vulnerable {
			open = firstOf(open, m.by.open)
		}
	}
	switch {
	case how != cpeindex.Confirmed:
		f.Evidence = append(f.Evidence, Evidence{Rule: "version.unknown", Text: "a version or edition that the record asks for is not known of the device", File: a.File})
	case open != "":
		f.Evidence = append(f.Evidence, Evidence{Rule: "version.open", Text: open, File: a.File})
	default:
		f.Match = Confirmed
	}
	return f
}

// metMatch is a CPE match of a record that a name of the device meets.
type metMatch struct {
	match advisory.CPEMatch
	by    named
	place string // JSON pointer from the record's configurations
}

func (m metMatch) String() string {
	text := fmt.Sprintf("%s is %s", m.by.what, m.match.CPE)
	if r := bounds(m.match); r != "" {
		text += ", affected " + r
	}
	if !m.match.Vulnerable {
		text += " (needed beside the vulnerable product)"
	}
	return text
}

// bounds writes a version range in words.
func bounds(m advisory.CPEMatch) string {
	var out []string
	for _, b := range [...]struct{ word, version string }{
		{"from", m.StartIncluding}, {"after", m.StartExcluding}, {"up to", m.EndIncluding}, {"before", m.EndExcluding},
	} {
		if b.version != "" {
			out = append(out, b.word+" "+b.version)
		}
	}
	return strings.Join(out, " ")
}

// decided finds the matches of the first configuration that the names meet.
func decided(list []advisory.Configuration, names []named) []metMatch {
	for i, c := range list {
		var met []metMatch
		whole := true
		for j, n := range c.Nodes {
			if n.Negate {
				continue
			}
			m, ok := meets(n, names)
			if !ok {
				whole = false
				break
			}
			m.place = fmt.Sprintf("/configurations/%d/nodes/%d%s", i, j, m.place)
			met = append(met, m)
		}
		if whole && len(met) > 0 {
			return met
		}
	}
	return nil
}

// meets finds a match of a node that a name meets, a vulnerable one first.
func meets(n advisory.Node, names []named) (metMatch, bool) {
	var out metMatch
	found := false
	for i, m := range n.Matches {
		want, err := cpe.Parse(m.CPE)
		if err != nil || found && (out.match.Vulnerable || !m.Vulnerable) {
			continue
		}
		for _, have := range names {
			if within(want, m, have.name) {
				out, found = metMatch{m, have, fmt.Sprintf("/cpeMatch/%d", i)}, true
				break
			}
		}
	}
	return out, found
}

// within compares one match with one name of the device; unknown attributes of
// the device do not contradict.
func within(want cpe.Name, m advisory.CPEMatch, have cpe.Name) bool {
	if want.Part != have.Part || want.Vendor != have.Vendor || want.Product != have.Product {
		return false
	}
	if !want.Version.Any() && !have.Version.Any() && !cpe.CompareValues(want.Version, have.Version).Covers() {
		return false
	}
	if !want.Update.Any() && !have.Update.Any() && !cpe.CompareValues(want.Update, have.Update).Covers() {
		return false
	}
	if have.Version.Any() {
		return true
	}
	v := have.Version.Text()
	outside := func(bound string, ok func(order int) bool) bool {
		return bound != "" && !ok(cpeindex.Compare(v, bound))
	}
	return !outside(m.StartIncluding, func(o int) bool { return o >= 0 }) && !outside(m.StartExcluding, func(o int) bool { return o > 0 }) &&
		!outside(m.EndIncluding, func(o int) bool { return o <= 0 }) && !outside(m.EndExcluding, func(o int) bool { return o < 0 })
}

// Explain tells why a CVE of the records does or does not concern a device;
// nothing where no record speaks of it.
func (c *Configured) Explain(d *device.Device, cve string) []Evidence {
	for _, f := range c.Findings(d) {
		if strings.EqualFold(f.Vulnerability, cve) {
			return f.Evidence
		}
	}
	names := namesOf(d)
	for _, a := range c.records {
		if !strings.EqualFold(a.ID, cve) {
			continue
		}
		out := []Evidence{{Rule: "cpe.outside", Text: "no product or version of the record is that of the device", File: a.File}}
		for _, m := range nearest(a.Vulnerabilities[0].Configurations, names) {
			text := fmt.Sprintf("%s is not %s", m.by.what, m.match.CPE)
			if r := bounds(m.match); r != "" {
				text += ", affected " + r
			}
			out = append(out, Evidence{Rule: "cpe.outside", Text: text, File: a.File})
		}
		return out
	}
	return nil
}

// nearest are matches of the device's own products in other versions.
func nearest(list []advisory.Configuration, names []named) []metMatch {
	var out []metMatch
	for _, c := range list {
		for _, n := range c.Nodes {
			for _, m := range n.Matches {
				want, err := cpe.Parse(m.CPE)
				for _, have := range names {
					if err == nil && len(out) < maxExplained && want.Vendor == have.name.Vendor && want.Product == have.name.Product && !within(want, m, have.name) {
						out = append(out, metMatch{match: m, by: have})
					}
				}
			}
		}
	}
	return out
}
