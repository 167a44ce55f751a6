package nbns

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto"
)

// Announcement is what a Windows or Samba host broadcasts of itself, MS-BRWS
// sections 2.2.1 and 2.2.6. Version numbers are those of Windows: 5.1 is XP.
type Announcement struct {
	Host    string `json:"host" keep:"host name of the device"`
	Domain  string `json:"domain,omitempty" keep:"domain or workgroup"`
	OSMajor uint8  `json:"os_major"`
	OSMinor uint8  `json:"os_minor"`
	Type    uint32 `json:"type"` // SV_TYPE bits, MS-BRWS section 2.2.1
	Master  bool   `json:"master,omitempty"`
}

// Service implements proto.Fact.
func (Announcement) Service() string { return nameDgram }

// Datagram reads the datagram service.
var Datagram = proto.Codec{
	Name: nameDgram,
	Datagram: func(b []byte, p proto.Ports) proto.Match {
		if _, _, ok := unwrap(b); ok && p.Either(portDgram) {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return new(dgramParser) },
	Facts: []proto.Fact{Announcement{}},
}

type dgramParser struct {
	proto.Stateless
	last [2]Announcement
}

func (p *dgramParser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	domain, smb, ok := unwrap(b)
	if !ok {
		return true
	}
	if a, ok := announcement(smb); ok {
		a.Domain = domain.Name
		if a != p.last[dir] {
			p.last[dir] = a
			emit(dir, a)
		}
	}
	return true
}

// unwrap reads the header: type, flags, id u16, address, port u16, length u16,
// offset u16, then source and destination name.
func unwrap(b []byte) (dest Name, data []byte, ok bool) {
	const header = 14
	if len(b) < header+2*encoded || b[0] < 0x10 || b[0] > 0x12 {
		return dest, nil, false
	}
	if _, ok := decode(b[header:]); !ok {
		return dest, nil, false
	}
	dest, ok = decode(b[header+encoded:])
	return dest, b[header+2*encoded:], ok
}

// announcement reads an SMB transaction to the browser's mail slot. Offsets are
// those of MS-CIFS section 2.2.4.33.1, counted from the SMB signature.
func announcement(smb []byte) (a Announcement, ok bool) {
	const words, dataCount, dataOffset, minWords = 33, 33 + 22, 33 + 24, 17
	if len(smb) < words+2*minWords || string(smb[:4]) != "\xffSMB" || smb[4] != 0x25 || smb[32] < minWords || !bytes.Contains(smb[words:], []byte(`\MAILSLOT\BROWSE`)) {
		return a, false
	}
	from, size := int(binary.LittleEndian.Uint16(smb[dataOffset:])), int(binary.LittleEndian.Uint16(smb[dataCount:]))
	if from > len(smb) || size > len(smb)-from || size < 28 {
		return a, false
	}
	frame := smb[from : from+size]
	const hostAnnouncement, localMaster = 1, 15
	if frame[0] != hostAnnouncement && frame[0] != localMaster {
		return a, false
	}
	name, _, _ := bytes.Cut(frame[6:22], []byte{0})
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return a, false
		}
	}
	if len(name) == 0 {
		return a, false
	}
	return Announcement{Host: string(name), OSMajor: frame[22], OSMinor: frame[23], Type: binary.LittleEndian.Uint32(frame[24:]), Master: frame[0] == localMaster}, true
}
