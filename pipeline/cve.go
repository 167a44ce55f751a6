package pipeline

import (
	"fmt"

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

// findings joins what all sources say about one device.
func (a *analysis) findings(d *device.Device) []exposure.Finding {
	list := append(a.matcher.Findings(d), a.records.Findings(d)...)
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
