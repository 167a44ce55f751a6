// Package exposure joins a Device with a Vulnerability: a Finding says that the
// device is affected, how sure that is and which text decided, and Explain
// says as much for what did not match.
package exposure

import (
	"ward/asset/device"
	"ward/vuln/advisory"
)

// Match is how sure the product match is (vulnerability-priority.md section 5, M).
// The zero value is the careful one: no match.
type Match string

const (
	NoMatch   Match = ""
	Possible  Match = "possible"  // family only, M 0.4
	Likely    Match = "likely"    // product proven, version unknown, M 0.6
	Confirmed Match = "confirmed" // product and version proven, M 1
)

// Status is the VEX status of the finding (OpenVEX words).
type Status string

const (
	Affected           Status = "affected"
	NotAffected        Status = "not_affected"
	Fixed              Status = "fixed"
	UnderInvestigation Status = "under_investigation"
)

// Evidence is one step of the reasoning, enough to redo it by hand.
type Evidence struct {
	Rule  string `json:"rule"`            // the rule that decided: "vendor.alias", "version.range", ...
	Text  string `json:"text"`            // in words: `"GE" is an alias of "GE Healthcare"`
	File  string `json:"file,omitempty"`  // feed file or capture
	Place string `json:"place,omitempty"` // JSON pointer, frame or line
}

// Finding joins one device with one vulnerability of one advisory.
type Finding struct {
	Device        device.ID  `json:"device"`
	Vulnerability string     `json:"vulnerability"`
	Advisory      string     `json:"advisory"`
	Status        Status     `json:"status"`
	Match         Match      `json:"match"`
	Product       string     `json:"product"` // the product string of the advisory that matched
	ProductID     string     `json:"product_id,omitempty"`
	Flag          string     `json:"flag,omitempty"` // VEX justification for not_affected
	Evidence      []Evidence `json:"evidence"`

	Adv  *advisory.Advisory      `json:"-"`
	Vuln *advisory.Vulnerability `json:"-"`
	Dev  *device.Device          `json:"-"`
}
