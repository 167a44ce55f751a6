package exposure

import (
	"fmt"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// maxExplained bounds the products that Explain speaks of.
const maxExplained = 5

// Explain tells why an advisory or a CVE does or does not concern a device:
// the nearest products, and for each what agreed and what decided.
func (m *Matcher) Explain(d *device.Device, id string) []Evidence {
	var tried []hit
	known := false
	for _, who := range m.speller.identities(d) {
		s := m.speller.spell(who)
		for i := range m.entries {
			e := &m.entries[i]
			if !speaksOf(e.adv, e.product, id) {
				continue
			}
			known = true
			m.mu.Lock()
			tried = append(tried, m.try(e, s))
			m.mu.Unlock()
		}
	}
	if !known {
		return []Evidence{{Rule: "advisory.unknown", Text: fmt.Sprintf("no advisory read speaks of %s", quote(id))}}
	}
	sort.SliceStable(tried, func(i, j int) bool { return nearer(tried[i], tried[j]) })
	var out []Evidence
	for i, h := range tried {
		if i == maxExplained || i > 0 && h.grade == noFit && h.words == 0 {
			break
		}
		out = append(out, h.explain(d)...)
	}
	return out
}

// speaksOf tells whether a product of an advisory belongs to the id asked for.
func speaksOf(a *advisory.Advisory, p *advisory.Product, id string) bool {
	if strings.EqualFold(a.ID, id) {
		return true
	}
	for i := range a.Vulnerabilities {
		if !strings.EqualFold(a.Vulnerabilities[i].ID, id) {
			continue
		}
		for _, st := range a.Vulnerabilities[i].Status {
			if st.Product == p.ID {
				return true
			}
		}
	}
	return false
}

// nearer orders what was tried: matches, then what fell to its version, then
// by the words in common.
func nearer(a, b hit) bool {
	if x, y := levels[a.level()], levels[b.level()]; x != y {
		return x > y
	}
	if a.grade != b.grade {
		return a.grade > b.grade
	}
	return a.words > b.words
}

// explain tells one attempt, matched or not.
func (h *hit) explain(d *device.Device) []Evidence {
	if h.grade > noFit && h.name != nil {
		out := h.evidence(advisory.ProductStatus{})
		verdict := "so the match is " + string(h.level())
		if h.verdict == outside {
			verdict = "so it does not match"
		} else if !h.checkSerial(d.Serial) {
			verdict = "but the serial number is not among those named, so it does not match"
		}
		out[len(out)-1].Text += ", " + verdict
		return out
	}
	rule := "name.differs"
	if h.why == "the makers differ" {
		rule = "vendor.differs"
	}
	p := h.entry.product
	text := fmt.Sprintf("%s of %s is not %s of %s: %s", quote(h.spelling.model), quote(joinIDs(h.spelling.makers)), quote(p.Name), quote(p.Vendor), h.why)
	return []Evidence{{Rule: rule, Text: text, File: h.entry.adv.File, Place: p.Path}}
}
