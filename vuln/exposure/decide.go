package exposure

import (
	"sort"
	"strings"
	"ward/asset/device"
	"ward/vuln/advisory"
)

// findings turns hits into one Finding per vulnerability and advisory.
func (m *Matcher) findings(d *device.Device, hits []hit) []Finding {
	byProduct := map[*advisory.Advisory]map[string]hit{}
	var order []*advisory.Advisory
	for _, h := range hits {
		if !h.checkSerial(d.Serial) {
			continue
		}
		products := byProduct[h.entry.adv]
		if products == nil {
			products = map[string]hit{}
			byProduct[h.entry.adv] = products
			order = append(order, h.entry.adv)
		}
		if old, ok := products[h.entry.product.ID]; !ok || better(h, old) {
			products[h.entry.product.ID] = h
		}
	}
	var out []Finding
	for _, a := range order {
		for i := range a.Vulnerabilities {
			if f, ok := decide(d, a, &a.Vulnerabilities[i], byProduct[a]); ok {
				out = append(out, f)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Advisory != out[j].Advisory {
			return out[i].Advisory < out[j].Advisory
		}
		return out[i].Vulnerability < out[j].Vulnerability
	})
	return out
}

// checkSerial applies serial number patterns of the product.
func (h *hit) checkSerial(serial string) bool {
	if len(h.entry.serials) == 0 {
		return true
	}
	if serial == "" {
		h.limits = append(append([]string(nil), h.limits...), "holds only for some serial numbers")
		return true
	}
	for _, p := range h.entry.serials {
		if wildMatch(strings.ToLower(p), strings.ToLower(serial)) {
			return true
		}
	}
	return false
}

// wildMatch compares with "*" for any letters and "?" for one.
func wildMatch(pattern, s string) bool {
	star, mark, i, j := -1, 0, 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == '*' {
		i++
	}
	return i == len(pattern)
}

// decide picks the product status that counts for one vulnerability. A status
// that clears the device wins only where it is surer or as sure and narrower.
func decide(d *device.Device, a *advisory.Advisory, v *advisory.Vulnerability, hits map[string]hit) (Finding, bool) {
	var best hit
	var status advisory.ProductStatus
	for _, st := range v.Status {
		h, ok := hits[st.Product]
		if !ok || vexStatus(st.Status) == "" || st.Status.Clears() && h.level() != Confirmed {
			continue
		}
		if best.entry == nil || better(h, best) || tie(h, best) && st.Status.Affects() {
			best, status = h, st
		}
	}
	if best.entry == nil {
		best, status = unlisted(v, hits)
	}
	if best.entry == nil {
		return Finding{}, false
	}
	p := best.entry.product
	return Finding{Device: d.ID, Vulnerability: v.ID, Advisory: a.ID, Status: vexStatus(status.Status), Match: best.level(),
		Product: firstOf(p.Text, p.Name), ProductID: p.ID, Flag: status.Flag, Evidence: best.evidence(status), Adv: a, Vuln: v, Dev: d}, true
}

// unlisted helps where the document names a product in its tree and gives it
// no status at all, as some do by oversight: affected is possible.
func unlisted(v *advisory.Vulnerability, hits map[string]hit) (best hit, status advisory.ProductStatus) {
	if len(v.Status) == 0 {
		return best, status
	}
	for _, h := range hits {
		if !h.entry.listed && (best.entry == nil || better(h, best) || tie(h, best) && h.entry.product.ID < best.entry.product.ID) {
			best = h
		}
	}
	if best.entry == nil || best.level() == Possible {
		return hit{}, status
	}
	best.grade = familyFit
	best.limits = append(append([]string(nil), best.limits...), "the document names the product but gives it no status")
	return best, advisory.ProductStatus{Product: best.entry.product.ID, Status: advisory.KnownAffected}
}

func tie(a, b hit) bool { return !better(a, b) && !better(b, a) }

// vexStatus gives the OpenVEX word of a CSAF product status, "" for those that
// say nothing of a device ("recommended").
func vexStatus(s advisory.Status) Status {
	switch {
	case s.Affects():
		return Affected
	case s == advisory.KnownNotAffected:
		return NotAffected
	case s == advisory.Fixed || s == advisory.FirstFixed:
		return Fixed
	case s == advisory.UnderInvestigation || s == advisory.UnknownStatus:
		return UnderInvestigation
	}
	return ""
}
