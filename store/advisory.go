package store

import (
	"time"

	"ward/vuln/advisory"
)

// AdvisoryLine is an advisory as it stands in a list.
type AdvisoryLine struct {
	ID              string    `json:"id"`
	Title           string    `json:"title"`
	Publisher       string    `json:"publisher,omitempty"`
	Feed            string    `json:"feed"`
	Released        time.Time `json:"released,omitzero"`
	Revised         time.Time `json:"revised,omitzero"`
	Revision        string    `json:"revision,omitempty"`
	Revisions       int       `json:"revisions"` // that Ward has seen
	Vulnerabilities int       `json:"vulnerabilities"`
	Devices         int       `json:"devices"` // with an open finding of it
	Seen            time.Time `json:"seen"`    // when Ward first had this revision
}

// AdvisoryFilter chooses advisories, the most recently revised first.
type AdvisoryFilter struct {
	Text          string
	Ours          bool // only those that concern a device
	Publisher     string
	Offset, Limit int
}

// Revision is one state of an advisory that Ward had.
type Revision struct {
	Revision string            `json:"revision"`
	SHA256   string            `json:"sha256"` // of the advisory as read
	Seen     time.Time         `json:"seen"`
	Changed  []string          `json:"changed,omitempty"` // what differs from the one before, in words
	Advisory advisory.Advisory `json:"advisory"`
}
