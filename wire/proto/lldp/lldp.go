// Package lldp turns LLDP frames (IEEE 802.1AB), with the LLDP-MED inventory
// (ANSI/TIA-1057), and Cisco CDP frames into what a network port says of its
// neighbour. It refuses frames whose TLVs do not add up, and keeps no location,
// no free text beyond the system description, and no TLV it does not know.
package lldp

import (
	"encoding/binary"
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	nameLLDP = "lldp"
	nameCDP  = "cdp"

	etherTypeLLDP = 0x88cc
	etherTypeCDP  = 0x2000 // SNAP type under Cisco's OUI

	maxText = 255 // bytes of any text that is kept
	maxTLVs = 128
)

// TLV types, IEEE 802.1AB section 8.4.
const (
	tlvEnd          = 0
	tlvChassis      = 1
	tlvPort         = 2
	tlvTTL          = 3
	tlvSystemName   = 5
	tlvDescription  = 6
	tlvCapabilities = 7
	tlvManagement   = 8
	tlvOrg          = 127
)

const (
	ouiMED = 0x0012bb // TIA
	ouiDot = 0x0080c2 // IEEE 802.1
)

// Neighbor is what one LLDP frame says of its sender.
type Neighbor struct {
	ChassisID         string     `json:"chassis_id,omitempty" keep:"names network equipment"`
	ChassisMAC        packet.MAC `json:"chassis_mac,omitzero"`
	PortID            string     `json:"port_id,omitempty" keep:"names a network port"`
	SystemName        string     `json:"system_name,omitempty" keep:"host name of equipment"`
	SystemDescription string     `json:"system_description,omitempty" keep:"product and version text of equipment"`
	Capabilities      []string   `json:"capabilities,omitempty" keep:"closed set: router, bridge, phone and so on"`
	ManagementAddr    netip.Addr `json:"management_addr,omitzero"`
	VLAN              uint16     `json:"vlan,omitempty"` // port VLAN, IEEE 802.1Q annex D
	MED               Inventory  `json:"med,omitzero"`
}

// Inventory is the LLDP-MED inventory, TIA-1057 section 10.2.6.
type Inventory struct {
	HardwareRev  string `json:"hardware_rev,omitempty" keep:"device hardware version"`
	FirmwareRev  string `json:"firmware_rev,omitempty" keep:"device firmware version"`
	SoftwareRev  string `json:"software_rev,omitempty" keep:"device software version"`
	Serial       string `json:"serial,omitempty" keep:"device serial number"`
	Manufacturer string `json:"manufacturer,omitempty" keep:"device maker"`
	Model        string `json:"model,omitempty" keep:"device model"`
	AssetID      string `json:"asset_id,omitempty" keep:"device asset tag"`
}

// Service implements proto.Fact.
func (Neighbor) Service() string { return nameLLDP }

// Codec reads LLDP frames.
var Codec = proto.Codec{
	Name:       nameLLDP,
	EtherTypes: []uint16{etherTypeLLDP},
	New:        func() proto.Parser { return new(parser) },
	Facts:      []proto.Fact{Neighbor{}},
}

// parser skips a frame that is the same as the one before: LLDP repeats itself
// every 30 seconds.
type parser struct {
	proto.Stateless
	last [2]uint64
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	sum := hash(b)
	if p.last[dir] == sum {
		return true
	}
	if n, ok := Parse(b); ok {
		p.last[dir] = sum
		emit(dir, n)
	}
	return true
}

// Parse reads one LLDPDU: a run of TLVs, each of 7 bits type, 9 bits length.
// Chassis, port and time to live must come first, in this order (section 8.2).
func Parse(b []byte) (n Neighbor, ok bool) {
	for i := range maxTLVs {
		if len(b) < 2 {
			if i <= 2 {
				return Neighbor{}, false
			}
			break
		}
		head := binary.BigEndian.Uint16(b)
		typ, size := int(head>>9), int(head&0x1ff)
		if len(b)-2 < size || i < 3 && typ != i+1 {
			return Neighbor{}, false
		}
		if typ == tlvEnd {
			break
		}
		n.read(typ, b[2:2+size])
		b = b[2+size:]
	}
	return n, true
}

func (n *Neighbor) read(typ int, v []byte) {
	switch typ {
	case tlvChassis:
		n.ChassisID, n.ChassisMAC = identifier(v, 4, 5)
	case tlvPort:
		n.PortID, _ = identifier(v, 3, 4)
	case tlvSystemName:
		n.SystemName = record.UpToNUL(v, maxText)
	case tlvDescription:
		n.SystemDescription = record.UpToNUL(v, maxText)
	case tlvCapabilities:
		if len(v) >= 4 {
			n.Capabilities = names(uint32(binary.BigEndian.Uint16(v[2:])), lldpCapabilities[:])
		}
	case tlvManagement:
		if len(v) > 2 && !n.ManagementAddr.IsValid() {
			n.ManagementAddr = address(v[1], v[2:], int(v[0])-1)
		}
	case tlvOrg:
		n.readOrg(v)
	}
}

func (n *Neighbor) readOrg(v []byte) {
	if len(v) < 4 {
		return
	}
	oui, sub, v := uint32(v[0])<<16|uint32(v[1])<<8|uint32(v[2]), v[3], v[4:]
	if oui == ouiDot && sub == 1 && len(v) >= 2 {
		n.VLAN = binary.BigEndian.Uint16(v) & 0x0fff
	}
	if oui != ouiMED {
		return
	}
	fields := [...]*string{5: &n.MED.HardwareRev, 6: &n.MED.FirmwareRev, 7: &n.MED.SoftwareRev, 8: &n.MED.Serial,
		9: &n.MED.Manufacturer, 10: &n.MED.Model, 11: &n.MED.AssetID}
	if int(sub) < len(fields) && fields[sub] != nil {
		*fields[sub] = record.UpToNUL(v, maxText)
	}
}

// identifier reads a chassis or port identifier: a subtype octet, then an
// address or text. The subtypes of MAC and network address differ between both.
func identifier(v []byte, subMAC, subAddr byte) (string, packet.MAC) {
	switch {
	case len(v) < 2:
		return "", packet.MAC{}
	case v[0] == subMAC && len(v) == 7:
		mac := packet.MAC(v[1:7])
		return mac.String(), mac
	case v[0] == subAddr:
		if a := address(v[1], v[2:], len(v)-2); a.IsValid() {
			return a.String(), packet.MAC{}
		}
		return "", packet.MAC{}
	}
	return record.UpToNUL(v[1:], maxText), packet.MAC{}
}

// address reads an address by its IANA family number: 1 IPv4, 2 IPv6.
func address(family byte, v []byte, size int) netip.Addr {
	if size < 0 || size > len(v) {
		return netip.Addr{}
	}
	a, _ := netip.AddrFromSlice(v[:size])
	if family == 1 && a.Is4() || family == 2 && a.Is6() {
		return a
	}
	return netip.Addr{}
}

// Capability bits, IEEE 802.1AB table 8-4, from bit 0.
var lldpCapabilities = [...]string{"other", "repeater", "bridge", "access_point", "router", "phone", "docsis", "station", "vlan", "service_vlan", "relay"}

func names(bits uint32, table []string) (out []string) {
	for i, s := range table {
		if bits&(1<<i) != 0 && s != "" {
			out = append(out, s)
		}
	}
	return out
}

// hash is FNV-1a: it only has to tell a repeated frame from a new one.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
