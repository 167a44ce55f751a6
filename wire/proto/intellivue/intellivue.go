// Package intellivue turns the Philips IntelliVue data export interface (UDP,
// big endian; after ISO/IEEE 11073-20101 with Philips' own transport) into facts:
// which monitor announces itself, who associates with it, and how often it is
// asked, answered or written to.
//
// Measurements are not read. Of attribute lists only the equipment's own
// attributes are kept; the demographics, bed label, localisation and note
// attributes are never looked at.
package intellivue

import (
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
)

// Name is the service name of IntelliVue sessions.
const Name = "intellivue"

// System is what a monitor says of its equipment.
type System struct {
	// Partition and Code are NOM_ATTR_SYS_TYPE, a type of ISO/IEEE 11073-10101.
	Partition    uint16     `json:"partition,omitempty"`
	Code         uint16     `json:"code,omitempty"`
	MAC          packet.MAC `json:"mac,omitzero"`
	Addr         netip.Addr `json:"addr,omitzero"`
	Manufacturer string     `json:"manufacturer,omitempty" keep:"maker"`
	Model        string     `json:"model,omitempty" keep:"model number"`
	// Specs are the production specification: serial, part numbers, revisions.
	Specs []Spec `json:"specs,omitempty"`
}

// Spec is one entry of the production specification.
type Spec struct {
	Kind      string `json:"kind" keep:"closed set"`
	Component uint16 `json:"component"`
	Value     string `json:"value" keep:"serial, part number or revision of equipment"`
}

// ConnectIndication is a monitor's broadcast that it can be connected to.
type ConnectIndication struct {
	System
	Protocols []Protocol `json:"protocols,omitempty"`
}

// Service implements proto.Fact.
func (ConnectIndication) Service() string { return Name }

// Protocol is one entry of NOM_ATTR_PCOL_SUPPORT.
type Protocol struct {
	Application string `json:"application" keep:"closed set"`
	Transport   string `json:"transport" keep:"closed set"`
	Port        uint16 `json:"port"`
	Wireless    bool   `json:"wireless,omitempty"`
}

// Create is the event that describes the monitor at the start of an association.
type Create struct{ System }

// Service implements proto.Fact.
func (Create) Service() string { return Name }

// Association is an association message, each kind once a side.
type Association struct {
	Event string `json:"event" keep:"closed set"`
}

// Service implements proto.Fact.
func (Association) Service() string { return Name }

// DataExport counts the messages of one side, at the end of the session. Sets
// other than zero from a host that is not the central station are remarkable.
type DataExport struct {
	Messages uint64 `json:"messages"`
	Events   uint64 `json:"events"`
	Gets     uint64 `json:"gets"`
	Sets     uint64 `json:"sets"`
	Actions  uint64 `json:"actions"` // polls above all
	Results  uint64 `json:"results"`
	Errors   uint64 `json:"errors"`
}

// Service implements proto.Fact.
func (DataExport) Service() string { return Name }

// Codec recognises IntelliVue datagrams.
var Codec = proto.Codec{
	Name:     Name,
	Datagram: match,
	New:      func() proto.Parser { return &parser{} },
	Facts:    []proto.Fact{ConnectIndication{}, Create{}, Association{}, DataExport{}},
}
