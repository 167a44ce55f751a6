package pipeline

import (
	"strings"

	"ward/asset/device"
	"ward/spec/cpe"
	"ward/vuln/advisory"
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

func wantedBy(devices []*device.Device) wanted {
	w := wanted{products: map[string]bool{}, makers: map[string]bool{}}
	for _, d := range devices {
		for _, s := range d.Software {
			if n, err := cpe.Parse(s.CPE); err == nil {
				w.products[string(n.Vendor)+":"+string(n.Product)] = true
			}
		}
		for word := range strings.FieldsSeq(strings.ToLower(d.Manufacturer)) {
			if word = strings.Trim(word, ".,()"); len(word) >= 2 && !commonWords[word] {
				w.makers[word] = true
			}
		}
	}
	return w
}

// names tells whether the record names one of them.
func (w *wanted) names(r *advisory.Advisory) bool {
	for i := range r.Products {
		if w.maker(r.Products[i].Vendor) {
			return true
		}
	}
	for i := range r.Vulnerabilities {
		for _, c := range r.Vulnerabilities[i].Configurations {
			for _, n := range c.Nodes {
				for _, m := range n.Matches {
					if w.match(m.CPE) {
						return true
					}
				}
			}
		}
	}
	return false
}

func (w *wanted) match(name string) bool {
	parts := strings.SplitN(name, ":", 6)
	if len(parts) < 5 {
		return false
	}
	return w.products[parts[3]+":"+parts[4]] || w.maker(strings.ReplaceAll(parts[3], "_", " "))
}

func (w *wanted) maker(vendor string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(vendor)) {
		if w.makers[strings.Trim(word, ".,()")] {
			return true
		}
	}
	return false
}
