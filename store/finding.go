package store

import (
	"time"

	"ward/asset/device"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// Finding is a finding over time with its newest assessment. Former states stay
// as Changes.
type Finding struct {
	exposure.Finding
	Assessment risk.Assessment `json:"assessment"`
	First      time.Time       `json:"first_seen"`
	Last       time.Time       `json:"last_seen"`          // last time an assessment still found it
	Changed    time.Time       `json:"changed"`            // last time its status, match or band changed
	Why        string          `json:"why_changed"`        // "KEV of 2026-11-20 lists CVE-...", "import tap1.pcapng: version 2.0 seen"
	Closed     time.Time       `json:"closed,omitzero"`    // when it stopped being true
	Decision   string          `json:"decision,omitempty"` // ID of the Decision in force: accepted or overridden
}

// FindingFilter chooses findings; zero values choose all open ones.
type FindingFilter struct {
	Device        device.ID
	Vulnerability string
	Advisory      string
	Bands         []risk.Band
	Closed        bool     // also those that are no longer true
	Departments   []string // scope of the person who asks; nil: all
	Brief         bool     // without evidence and reasons: for lists
	Offset, Limit int      // Limit 0: 50
}

// FindingPage is one page of findings, the highest score first.
type FindingPage struct {
	Findings []Finding `json:"findings"`
	Total    int       `json:"total"`
}

// VulnerabilityLine is a vulnerability as it stands in a list, over all devices.
type VulnerabilityLine struct {
	ID         string    `json:"id"`
	Title      string    `json:"title,omitempty"`
	Advisories []string  `json:"advisories"`
	Devices    int       `json:"devices"` // with an open finding
	Score      float64   `json:"score"`   // the worst
	Band       risk.Band `json:"band"`
	KEV        bool      `json:"kev"`
	EPSS       float64   `json:"epss,omitempty"`
	First      time.Time `json:"first_seen"`
}

// VulnerabilityFilter chooses vulnerabilities that concern at least one device.
type VulnerabilityFilter struct {
	Text          string
	Bands         []risk.Band
	KEV           bool
	Departments   []string
	Offset, Limit int
}

// VulnerabilityPage is one page, the worst first.
type VulnerabilityPage struct {
	Vulnerabilities []VulnerabilityLine `json:"vulnerabilities"`
	Total           int                 `json:"total"`
}

// Assessed is what triage found about one device: all its findings of now.
// Adv, Vuln, Dev pointers of the findings are not stored.
type Assessed struct {
	Device   device.ID
	Findings []Finding // Finding and Assessment are set; the rest is the store's
}

// FindingChange is one change of a finding that a person may want to know.
type FindingChange struct {
	Device        device.ID `json:"device"`
	Vulnerability string    `json:"vulnerability"`
	Kind          string    `json:"kind"` // new, closed, worse, better, status
	Before        risk.Band `json:"before,omitempty"`
	After         risk.Band `json:"after,omitempty"`
	Text          string    `json:"text"`
}
