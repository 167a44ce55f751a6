// Package device folds Claims into Devices: what is on the network, who made
// it, what it runs, what it offers and whom it talks to, each field with the
// claims that say so. The fold is commutative: captures in any order give the
// same Inventory.
package device

import (
	"time"

	"ward/wire/session"
)

// Field is what a Claim is about.
type Field string

const (
	FieldManufacturer Field = "manufacturer"
	FieldModel        Field = "model"
	FieldModelNumber  Field = "model_number" // part or catalogue number
	FieldKind         Field = "kind"         // a class of domain/devices.md, see kinds.go
	FieldRole         Field = "role"         // router, dhcp_server, pacs, ... what it does rather than what it is
	FieldOS           Field = "os"
	FieldSoftware     Field = "software" // Name holds the product, Value the version
	FieldVersion      Field = "version"  // the device's own software or firmware level
	FieldSerial       Field = "serial"
	FieldWeakness     Field = "weakness" // Name holds the service, Value what is weak: "SMB 1"
	FieldBehind       Field = "behind"   // a device that speaks through this one: maker, model, serial
	FieldHostname     Field = "hostname"
	FieldAETitle      Field = "ae_title"
	FieldAddress      Field = "address"
	FieldLocation     Field = "location"
	FieldDepartment   Field = "department"
	FieldTier         Field = "tier"
	FieldAssetID      Field = "asset_id"
	FieldOwner        Field = "owner"
)

// Source says where a Claim comes from, precisely enough to look it up.
type Source struct {
	Rule  string `json:"rule"`            // id of the rule that read the evidence: "dicom.implementation", "cmms", "human"
	Input string `json:"input,omitempty"` // file
	Frame uint64 `json:"frame,omitempty"` // of a capture
	Line  uint64 `json:"line,omitempty"`  // of a log or a maintenance export
	// Saw is the evidence in words: "implementation class UID 1.3.12.2.1107.5.2".
	Saw string `json:"saw,omitempty"`
}

// Claim is one statement about one device: "model = X, because of this frame".
type Claim struct {
	Field      Field      `json:"field"`
	Name       string     `json:"name,omitempty"` // of Software only
	Value      string     `json:"value"`
	Source     Source     `json:"source"`
	Confidence float64    `json:"confidence"` // strong 0.8, medium 0.5, weak 0.2, human 1 (identification.md section 5)
	Session    session.ID `json:"session,omitempty"`
	Seen       time.Time  `json:"seen"`
	// Count is how often the same was said; the evidence is the earliest.
	Count int `json:"count,omitempty"`
}

// The weights of identification.md section 5.
const (
	Strong = 0.8
	Medium = 0.5
	Weak   = 0.2
	Human  = 1.0
)
