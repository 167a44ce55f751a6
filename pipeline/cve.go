package pipeline

import (
	"fmt"

	"ward/vuln/advisory"
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

// weight is what orders CVE records among themselves.
type weight struct {
	exploited  int
	epss, base float64
}

// unlisted counts what worst left out.
type unlisted struct{ devices, findings int }

func (u unlisted) String() string {
	return fmt.Sprintf("%d lesser CVEs on %d devices are not listed: the %d that weigh most stand for each", u.findings, u.devices, maxPerDevice)
}
