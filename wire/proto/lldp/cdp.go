package lldp

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

// TLV types of CDP as Wireshark names them; Cisco publishes no standard.
const (
	cdpDeviceID     = 0x01
	cdpAddresses    = 0x02
	cdpPortID       = 0x03
	cdpCapabilities = 0x04
	cdpSoftware     = 0x05
	cdpPlatform     = 0x06
	cdpNativeVLAN   = 0x0a
)

// CiscoNeighbor is what one CDP frame says of its sender.
type CiscoNeighbor struct {
	DeviceID        string     `json:"device_id,omitempty" keep:"host name of equipment"`
	PortID          string     `json:"port_id,omitempty" keep:"names a network port"`
	Platform        string     `json:"platform,omitempty" keep:"device model"`
	SoftwareVersion string     `json:"software_version,omitempty" keep:"product and version, first line"`
	Capabilities    []string   `json:"capabilities,omitempty" keep:"closed set: router, bridge, phone and so on"`
	Addr            netip.Addr `json:"addr,omitzero"`
	NativeVLAN      uint16     `json:"native_vlan,omitempty"`
}

// Service implements proto.Fact.
func (CiscoNeighbor) Service() string { return nameCDP }

// CDP reads Cisco Discovery Protocol frames, versions 1 and 2.
var CDP = proto.Codec{
	Name:       nameCDP,
	EtherTypes: []uint16{etherTypeCDP},
	New:        func() proto.Parser { return new(cdpParser) },
	Facts:      []proto.Fact{CiscoNeighbor{}},
}

type cdpParser struct {
	proto.Stateless
	last [2]uint64
}

func (p *cdpParser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	sum := hash(b)
	if p.last[dir] == sum {
		return true
	}
	if n, ok := ParseCDP(b); ok {
		p.last[dir] = sum
		emit(dir, n)
	}
	return true
}

// ParseCDP reads one frame: version, time to live, checksum u16, then TLVs of
// type u16 and length u16 (which counts its own header).
func ParseCDP(b []byte) (n CiscoNeighbor, ok bool) {
	if len(b) < 8 || b[0] != 1 && b[0] != 2 {
		return CiscoNeighbor{}, false
	}
	b = b[4:]
	for range maxTLVs {
		if len(b) < 4 {
			break
		}
		typ, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if size < 4 || size > len(b) {
			return CiscoNeighbor{}, false
		}
		n.read(typ, b[4:size])
		b = b[size:]
	}
	if n.DeviceID == "" {
		return CiscoNeighbor{}, false
	}
	return n, true
}

func (n *CiscoNeighbor) read(typ uint16, v []byte) {
	switch typ {
	case cdpDeviceID:
		n.DeviceID = record.UpToNUL(v, maxText)
	case cdpAddresses:
		n.Addr = cdpAddress(v)
	case cdpPortID:
		n.PortID = record.UpToNUL(v, maxText)
	case cdpCapabilities:
		if len(v) >= 4 {
			n.Capabilities = names(binary.BigEndian.Uint32(v), cdpCapabilityNames[:])
		}
	case cdpSoftware:
		line, _, _ := bytes.Cut(v, []byte{'\n'})
		n.SoftwareVersion = record.UpToNUL(line, maxText)
	case cdpPlatform:
		n.Platform = record.UpToNUL(v, maxText)
	case cdpNativeVLAN:
		if len(v) >= 2 {
			n.NativeVLAN = binary.BigEndian.Uint16(v)
		}
	}
}

// cdpAddress takes the first address if it is IPv4: count u32, protocol type 1,
// protocol length 1, NLPID 0xcc, address length u16, address.
func cdpAddress(v []byte) netip.Addr {
	if len(v) < 13 || v[4] != 1 || v[5] != 1 || v[6] != 0xcc || binary.BigEndian.Uint16(v[7:]) != 4 {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(v[9:13]))
}

// Capability bits of TLV 4, from bit 0.
var cdpCapabilityNames = [...]string{"router", "bridge", "source_route_bridge", "bridge", "host", "igmp", "repeater", "phone", "remotely_managed"}
