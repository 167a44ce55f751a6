package store

import (
	"time"

	"ward/asset/device"
)

// DecisionKind is what a person decided about a finding or a device.
type DecisionKind string

// Kinds of decisions. Each has a reason, a name and, but for labels, an end.
const (
	AcceptRisk    DecisionKind = "accept_risk"    // Value empty; at most 180 days (vulnerability-priority.md section 7, row 13)
	OverrideScore DecisionKind = "override_score" // Value: the score, "0".."100"
	NotAffected   DecisionKind = "not_affected"   // Value: a VEX justification
	Label         DecisionKind = "label"          // Field and Value: a human claim, which wins over others
)

// MaxAcceptDays is the longest a risk may be accepted for.
const MaxAcceptDays = 180

// DecisionState says whether a decision holds.
type DecisionState string

// States of a decision. Where two persons are needed it is proposed first.
const (
	Proposed DecisionState = "proposed"
	InForce  DecisionState = "in_force"
	Expired  DecisionState = "expired"
	Revoked  DecisionState = "revoked" // undone; the decision itself is kept
	Refused  DecisionState = "refused" // by the second person
)

// Decision is a person's word that overrules Ward's. Nothing of it is ever
// deleted.
type Decision struct {
	ID            string        `json:"id"`
	Kind          DecisionKind  `json:"kind"`
	Device        device.ID     `json:"device,omitempty"`        // empty: every device with the vulnerability
	Vulnerability string        `json:"vulnerability,omitempty"` // empty for a label
	Field         device.Field  `json:"field,omitempty"`         // of a label
	Value         string        `json:"value,omitempty"`
	Reason        string        `json:"reason"`
	State         DecisionState `json:"state"`
	By            string        `json:"by"`
	At            time.Time     `json:"at"`
	Expires       time.Time     `json:"expires,omitzero"`
	SecondBy      string        `json:"second_by,omitempty"` // who approved, refused or revoked it
	SecondAt      time.Time     `json:"second_at,omitzero"`
	SecondReason  string        `json:"second_reason,omitempty"`
}

// DecisionFilter chooses decisions, the newest first.
type DecisionFilter struct {
	Device        device.ID
	Vulnerability string
	Kinds         []DecisionKind
	States        []DecisionState
	Offset, Limit int
}
