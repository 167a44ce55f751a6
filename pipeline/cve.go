package pipeline

import (
	"cmp"
	"fmt"
	"slices"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// maxRecords bounds the NVD and CVE records that one analysis keeps: about
// 200 MB where each has a long list of products.
const maxRecords = 40_000

// records are the NVD and CVE records that may concern the devices, parted by
// how they name what is affected. One record may stand in both lists.
type records struct {
	wanted
	named      []advisory.Advisory // products as text
	configured []advisory.Advisory // CPE applicability statements
	more       int                 // beyond maxRecords
}

// take keeps one record if it names a product or a maker of the devices.
func (r *records) take(a advisory.Advisory) {
	text, cpe := r.wanted.text(&a), r.wanted.configured(&a)
	if !text && !cpe {
		return
	}
	if len(r.named)+len(r.configured) >= maxRecords {
		r.more++
		return
	}
	if text {
		r.named = append(r.named, a)
	}
	if cpe {
		r.configured = append(r.configured, a)
	}
}

// lost says that records were left out.
func (r *records) lost() string {
	if r.more == 0 {
		return ""
	}
	return fmt.Sprintf("%d CVE records that may concern the devices were left out: no more than %d are kept", r.more, maxRecords)
}

// maxPerDevice bounds the CVE records listed for one device: those of an
// operating system are thousands, have one remedy, and the worst decide.
const maxPerDevice = 300

// worst keeps the findings of CVE records that weigh most: known exploited, by
// EPSS, then by CVSS. The others are counted.
func (a *analysis) worst(list []exposure.Finding) []exposure.Finding {
	if len(list) <= maxPerDevice {
		return list
	}
	slices.SortStableFunc(list, func(x, y exposure.Finding) int {
		w, v := a.weigh(&x), a.weigh(&y)
		return cmp.Or(v.exploited-w.exploited, cmp.Compare(v.epss, w.epss), cmp.Compare(v.base, w.base), cmp.Compare(x.Vulnerability, y.Vulnerability))
	})
	a.unlisted.devices++
	a.unlisted.findings += len(list) - maxPerDevice
	kept := list[:maxPerDevice:maxPerDevice]
	slices.SortFunc(kept, func(x, y exposure.Finding) int { return cmp.Compare(x.Vulnerability, y.Vulnerability) })
	return kept
}

// weight is what orders CVE records among themselves.
type weight struct {
	exploited  int
	epss, base float64
}

func (a *analysis) weigh(f *exposure.Finding) weight {
	if w, ok := a.weights[f.Vulnerability]; ok {
		return w
	}
	var w weight
	t, _ := a.threats(f.Vulnerability)
	if t.KEV {
		w.exploited = 1
	}
	w.epss = t.EPSS
	for _, s := range f.Vuln.Scores {
		w.base = max(w.base, s.Base)
	}
	a.weights[f.Vulnerability] = w
	return w
}

// unlisted counts what worst left out.
type unlisted struct{ devices, findings int }

func (u unlisted) String() string {
	return fmt.Sprintf("%d lesser CVEs on %d devices are not listed: the %d that weigh most stand for each", u.findings, u.devices, maxPerDevice)
}

// findings joins what all sources say about one device.
func (a *analysis) findings(d *device.Device) []exposure.Finding {
	list := append(a.matcher.Findings(d), a.worst(a.records.Findings(d))...)
	return exposure.Merge(list)
}

// explain tells why a CVE or advisory matches a device, or why it does not.
func (a *analysis) explain(d *device.Device, id string) []exposure.Evidence {
	out := a.records.Explain(d, id)
	text := a.matcher.Explain(d, id)
	if len(out) > 0 && len(text) == 1 && text[0].Rule == "advisory.unknown" {
		return out
	}
	return append(text, out...)
}
