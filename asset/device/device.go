package device

import (
	"net/netip"
	"time"

	"ward/wire/packet"
)

// ID names a device: "mac:00:09:fb:01:02:03" where its MAC is known, "ip:10.0.0.5"
// behind a router, "asset:B-1047" where only the maintenance system knows it.
type ID string

// TierName is a criticality tier T0..T4 of safety.md and devices.md section 2.
type TierName string

// Software is one product that runs on a device.
type Software struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	CPE     string `json:"cpe,omitempty"` // CPE 2.3 formatted string where known
	PURL    string `json:"purl,omitempty"`
}

// Service is something a device offers or uses.
type Service struct {
	Name      string    `json:"name"`
	Transport string    `json:"transport"`
	Port      uint16    `json:"port,omitempty"` // of the answering side
	Answers   bool      `json:"answers"`        // true: the device offers it and was seen answering; false: it uses it
	Cleartext bool      `json:"cleartext,omitempty"`
	Weak      []string  `json:"weak,omitempty"` // settings seen that weaken it: "SMB 1"; the evidence is a claim "weakness"
	Sessions  int       `json:"sessions"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Frame     uint64    `json:"frame,omitempty"` // first evidence
	Input     string    `json:"input,omitempty"`
}

// Peer is another party a device exchanged data with.
type Peer struct {
	Device   ID         `json:"device,omitempty"` // empty for internet and unknown hosts
	Addr     netip.Addr `json:"addr,omitzero"`
	Service  string     `json:"service,omitempty"`
	Port     uint16     `json:"port,omitempty"`
	Inbound  bool       `json:"inbound"` // the peer opened the sessions
	Internet bool       `json:"internet,omitempty"`
	VLAN     uint16     `json:"vlan,omitempty"`
	Sessions int        `json:"sessions"`
	Bytes    uint64     `json:"bytes"`
}

// Login is a login that was seen on the wire, never with its secret.
type Login struct {
	Service   string `json:"service"`
	Cleartext bool   `json:"cleartext,omitempty"`
	None      bool   `json:"none,omitempty"`    // no password was asked for
	Default   bool   `json:"default,omitempty"` // user name and password form a known factory default
	Frame     uint64 `json:"frame,omitempty"`
	Input     string `json:"input,omitempty"`
}

// Conflict is a disagreement between claims that a person must settle.
type Conflict struct {
	Field  Field    `json:"field"`
	Values []string `json:"values"`
	Text   string   `json:"text"` // "CMMS says Windows 10, the wire says Windows 7"
}

// Device is a fold over Claims. The fields before Claims are its best values;
// the JSON is that of DESIGN section 6.
type Device struct {
	ID           ID           `json:"id"`
	AssetID      string       `json:"asset_id,omitempty"`
	MAC          packet.MAC   `json:"mac,omitzero"`
	Addresses    []netip.Addr `json:"addresses"`
	Hostname     string       `json:"hostname,omitempty"`
	Manufacturer string       `json:"manufacturer,omitempty"`
	Model        string       `json:"model,omitempty"`
	ModelNumber  string       `json:"model_number,omitempty"`
	Kind         string       `json:"kind,omitempty"`
	KindSure     float64      `json:"kind_confidence,omitempty"`
	Tier         TierName     `json:"tier,omitempty"`
	OS           string       `json:"os,omitempty"`
	OSCPEs       []string     `json:"os_cpes,omitempty"` // CPE 2.3 names of OS; several where OS leaves it open
	Version      string       `json:"version,omitempty"` // the device's own software or firmware level
	Software     []Software   `json:"software"`
	Serial       string       `json:"serial,omitempty"`
	Location     string       `json:"location,omitempty"`
	Department   string       `json:"department,omitempty"`
	Owner        string       `json:"owner,omitempty"`
	AETitles     []string     `json:"ae_titles,omitempty"`
	Roles        []string     `json:"roles,omitempty"`
	VLANs        []uint16     `json:"vlans,omitempty"`
	First        time.Time    `json:"first_seen,omitzero"`
	Last         time.Time    `json:"last_seen,omitzero"`
	Claims       []Claim      `json:"claims"`
	Services     []Service    `json:"services"`
	Peers        []Peer       `json:"peers"`
	MorePeers    int          `json:"more_peers,omitempty"` // peers beyond MaxPeers, counted only
	Logins       []Login      `json:"logins,omitempty"`
	Conflicts    []Conflict   `json:"conflicts,omitempty"`
	Warnings     []string     `json:"warnings,omitempty"`
	// Extra keeps columns of the maintenance export that Ward does not know.
	Extra map[string]string `json:"extra,omitempty"`
	// OnWire is false for a device that only the maintenance system knows.
	OnWire bool `json:"on_wire"`
}
