package exposure

import (
	"fmt"

	"ward/asset/device"
)

// softwareHits joins a device's software to products by CPE and package URL.
func (m *Matcher) softwareHits(d *device.Device) []hit {
	var out []hit
	for _, s := range d.Software {
		if c := readCPE(s.CPE); c.ok {
			for _, i := range m.byCPE[string(c.name.Vendor+":"+c.name.Product)] {
				if e := &m.entries[i]; e.cpe.covers(c) {
					out = append(out, e.software("cpe.name", s, fmt.Sprintf("%s covers %s", quote(e.product.CPE), quote(s.CPE))))
				}
			}
		}
		if s.PURL == "" {
			continue
		}
		name, version := cutPURL(s.PURL)
		for _, i := range m.byPURL[name] {
			e := &m.entries[i]
			for _, u := range purlsOf(e.product) {
				if n, v := cutPURL(u); n == name && (v == "" || version == "" || v == version) {
					out = append(out, e.software("purl.name", s, fmt.Sprintf("%s names %s", quote(u), quote(s.PURL))))
				}
			}
		}
	}
	kept := out[:0]
	for _, h := range out {
		if h.verdict != outside {
			kept = append(kept, h)
		}
	}
	return kept
}

// software is a hit through an exact name; the version still decides.
func (e *entry) software(rule string, s device.Software, why string) hit {
	h := hit{entry: e, maker: rule, fitting: fitting{grade: productFit, why: why, words: maxWords}}
	h.verdict, h.version = e.main.within(parseRelease(s.Version))
	return h
}
