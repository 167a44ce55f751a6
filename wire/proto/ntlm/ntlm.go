// Package ntlm reads the NTLMSSP messages ([MS-NLMP] section 2.2.1) that SMB,
// HTTP, LDAP, SQL Server and others carry, and keeps what names the machines
// and their Windows version. User names, hashes and keys are never read.
package ntlm

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto/record"
)

// Host is what one side says of its machine. A challenge comes from the
// server, a negotiate or authenticate message from the client.
type Host struct {
	Via         string `json:"via" keep:"name of the carrying protocol, ours"`
	Computer    string `json:"computer,omitempty" keep:"NetBIOS name of the machine"`
	Domain      string `json:"domain,omitempty" keep:"NetBIOS name of the organisation's domain"`
	DNSComputer string `json:"dns_computer,omitempty" keep:"DNS name of the machine"`
	DNSDomain   string `json:"dns_domain,omitempty" keep:"DNS name of the organisation's domain"`
	OSVersion   string `json:"os_version,omitempty" keep:"major.minor.build of the operating system"`
	Windows     string `json:"windows,omitempty" keep:"release name from our table"`
	// Anonymous: the client authenticated without a name.
	Anonymous bool `json:"anonymous,omitempty"`
}

// Service is the protocol that carried the message.
func (h Host) Service() string { return h.Via }

const (
	negotiate    = 1
	challenge    = 2
	authenticate = 3

	flagVersion = 0x02000000 // NTLMSSP_NEGOTIATE_VERSION
	maxName     = 64
	maxPairs    = 16 // AV_PAIRs of one target info
)

var signature = []byte("NTLMSSP\x00")

// Find reads the first NTLMSSP message in b, which may stand inside SPNEGO.
// ok is false where there is none, it is cut off, or it says nothing.
func Find(b []byte, via string) (h Host, ok bool) {
	i := bytes.Index(b, signature)
	if i < 0 || len(b) < i+12 {
		return Host{}, false
	}
	m := b[i:]
	switch binary.LittleEndian.Uint32(m[8:]) {
	case negotiate:
		h, ok = parseNegotiate(m)
	case challenge:
		h, ok = parseChallenge(m)
	case authenticate:
		h, ok = parseAuthenticate(m)
	}
	if !ok || h == (Host{}) {
		return Host{}, false
	}
	h.Via = via
	return h, true
}

// parseNegotiate: signature, type, flags u32, domain and workstation fields
// (OEM text), version.
func parseNegotiate(m []byte) (Host, bool) {
	if len(m) < 16 {
		return Host{}, false
	}
	var h Host
	if len(m) >= 40 && binary.LittleEndian.Uint32(m[12:])&flagVersion != 0 {
		h.OSVersion, h.Windows = version(m[32:40])
	}
	if len(m) >= 32 {
		h.Computer = record.Text(field(m, 24), maxName)
	}
	return h, true
}

// parseChallenge: target name field at 12, flags at 20, challenge at 24, target
// info field at 40, version at 48.
func parseChallenge(m []byte) (Host, bool) {
	if len(m) < 32 {
		return Host{}, false
	}
	var h Host
	if len(m) >= 48 {
		h = targetInfo(field(m, 40))
	}
	if len(m) >= 56 && binary.LittleEndian.Uint32(m[20:])&flagVersion != 0 {
		h.OSVersion, h.Windows = version(m[48:56])
	}
	return h, true
}

// parseAuthenticate: LM at 12, NT at 20, domain at 28, user at 36, workstation
// at 44, session key at 52, flags at 60, version at 64. Of the user only the
// length is read: none means anonymous.
func parseAuthenticate(m []byte) (Host, bool) {
	if len(m) < 52 {
		return Host{}, false
	}
	unicode := len(m) < 64 || m[60]&1 != 0
	text := func(at int) string {
		if unicode {
			return record.UTF16(field(m, at), maxName)
		}
		return record.Text(field(m, at), maxName)
	}
	h := Host{Computer: text(44), Domain: text(28)}
	h.Anonymous = binary.LittleEndian.Uint16(m[36:]) == 0 && binary.LittleEndian.Uint16(m[20:]) == 0
	if len(m) >= 72 && binary.LittleEndian.Uint32(m[60:])&flagVersion != 0 && binary.LittleEndian.Uint32(m[32:]) >= 72 {
		h.OSVersion, h.Windows = version(m[64:72])
	}
	return h, true
}

// field reads a payload field: length u16, space u16, offset u32.
func field(m []byte, at int) []byte {
	n, off := int(binary.LittleEndian.Uint16(m[at:])), binary.LittleEndian.Uint32(m[at+4:])
	if uint64(off)+uint64(n) > uint64(len(m)) {
		return nil
	}
	return m[off : int(off)+n]
}

// targetInfo reads AV_PAIRs: id u16, length u16, UTF-16 value ([MS-NLMP] 2.2.2.1).
func targetInfo(b []byte) Host {
	var h Host
	for range maxPairs {
		if len(b) < 4 {
			break
		}
		id, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if id == 0 || len(b) < 4+n {
			break
		}
		value := b[4 : 4+n]
		switch id {
		case 1:
			h.Computer = record.UTF16(value, maxName)
		case 2:
			h.Domain = record.UTF16(value, maxName)
		case 3:
			h.DNSComputer = record.UTF16(value, maxName)
		case 4:
			h.DNSDomain = record.UTF16(value, maxName)
		}
		b = b[4+n:]
	}
	return h
}
