package pipeline

import (
	"strings"

	"ward/asset/device"
	"ward/spec/cpe"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// wanted tells which of the hundreds of thousands of CVE records may concern
// these devices: those that name a product they run, or one of their makers.
type wanted struct {
	products map[string]bool // CPE vendor:product
	makers   map[string]bool // words of the manufacturers' names
}

// commonWords stand in many makers' names and tell nobody apart.
var commonWords = map[string]bool{"medical": true, "systems": true, "system": true, "healthcare": true, "health": true, "inc": true, "gmbh": true,
	"corp": true, "corporation": true, "company": true, "group": true, "international": true, "technologies": true, "technology": true, "the": true,
	"and": true, "general": true, "electric": true, "ltd": true, "devices": true, "products": true, "solutions": true, "networks": true}

// Wanted gathers what devices want of the CVE records; see Assessor.Read.
type Wanted struct{ wanted }

// NewWanted wants nothing yet.
func NewWanted() *Wanted {
	return &Wanted{wanted{products: map[string]bool{}, makers: map[string]bool{}}}
}

// Add enters one device and tells whether it wants anything that those before
// did not: then records that were passed over may concern it.
func (w *Wanted) Add(d *device.Device) (wider bool) {
	before := len(w.products) + len(w.makers)
	for _, n := range exposure.CPENames(d) {
		w.products[string(n.Vendor)+":"+string(n.Product)] = true
	}
	if nameable(d) {
		for word := range strings.FieldsSeq(strings.ToLower(d.Manufacturer)) {
			if word = strings.Trim(word, ".,()"); len(word) >= 2 && !commonWords[word] {
				w.makers[word] = true
			}
		}
	}
	return len(w.products)+len(w.makers) > before
}

// nameable tells whether a product's name could be that of the device: its maker
// alone, which every network card tells, names none of the maker's products.
func nameable(d *device.Device) bool {
	k, ok := device.KindNamed(d.Kind)
	return d.Model != "" || d.ModelNumber != "" || ok && k.Medical
}

// text tells whether the record names one of the makers.
func (w *wanted) text(r *advisory.Advisory) bool {
	for i := range r.Products {
		if w.maker(r.Products[i].Vendor) {
			return true
		}
	}
	return false
}

// configured tells whether the record's CPE names name one of the products.
func (w *wanted) configured(r *advisory.Advisory) bool {
	for i := range r.Vulnerabilities {
		for _, c := range r.Vulnerabilities[i].Configurations {
			for _, n := range c.Nodes {
				for _, m := range n.Matches {
					if m.Vulnerable && w.product(m.CPE) {
						return true
					}
				}
			}
		}
	}
	return false
}

// product reads vendor and product of a CPE 2.3 name without the rest.
func (w *wanted) product(name string) bool {
	rest, ok := strings.CutPrefix(name, "cpe:2.3:")
	if !ok || len(rest) < 2 {
		n, err := cpe.Parse(name)
		return err == nil && w.products[string(n.Vendor)+":"+string(n.Product)]
	}
	rest = rest[2:] // part
	end := strings.IndexByte(rest, ':')
	if end < 0 {
		return false
	}
	if next := strings.IndexByte(rest[end+1:], ':'); next >= 0 {
		end += 1 + next
	} else {
		end = len(rest)
	}
	return w.products[rest[:end]]
}

func (w *wanted) maker(vendor string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(vendor)) {
		if w.makers[strings.Trim(word, ".,()")] {
			return true
		}
	}
	return false
}
