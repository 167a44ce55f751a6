package dhcp

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"ward/wire/packet"

	"ward/wire/proto/record"
)

// readOption keeps one option, RFC 2132; ok is false where its value breaks the
// message.
func (m *Message) readOption(tag byte, v []byte) (ok bool) {
	switch tag {
	case 53:
		if len(v) != 1 {
			return false
		}
		m.BOOTP = false
		m.Kind = "other"
		if int(v[0]) < len(kinds) && v[0] != 0 {
			m.Kind = kinds[v[0]]
		}
	case 3:
		m.Routers = addrs(v)
	case 6:
		m.Resolvers = addrs(v)
	case 50:
		m.Requested = addr(v)
	case 54:
		m.Server = addr(v)
	case 51:
		if len(v) == 4 {
			m.Lease = binary.BigEndian.Uint32(v)
		}
	case 55:
		m.Params, m.ParamHash = params(v)
	case 61:
		m.ClientID = clientID(v)
	case 97:
		m.UUID = uuid(v)
	default:
		m.readText(tag, v)
	}
	return true
}

func (m *Message) readText(tag byte, v []byte) {
	switch tag {
	case 12:
		m.Hostname = record.UpToNUL(v, maxText)
	case 15:
		m.Domain = record.UpToNUL(v, maxText)
	case 60:
		m.VendorClass = record.UpToNUL(v, maxText)
	case 77:
		m.UserClass = userClass(v)
	case 81:
		m.FQDN = fqdn(v)
	}
}

// userClass takes the first class, with the length octet of RFC 3004 or, as
// many clients send it, without.
func userClass(v []byte) string {
	if len(v) > 1 && int(v[0]) <= len(v)-1 && v[0] < ' ' {
		v = v[1 : 1+int(v[0])]
	}
	return record.UpToNUL(v, maxText)
}

// params writes the option numbers in the order asked for, and the first 8
// bytes of that text's SHA-256: stacks differ in it.
func params(v []byte) (list, hash string) {
	var out []byte
	for i, n := range v[:min(len(v), maxParams)] {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendUint(out, uint64(n), 10)
	}
	if len(out) == 0 {
		return "", ""
	}
	sum := sha256.Sum256(out)
	return string(out), hex.EncodeToString(sum[:8])
}

// clientID keeps a hardware address (type 1) or a DUID (type 255, RFC 4361
// section 6.1). Every other type may hold any text and is dropped.
func clientID(v []byte) string {
	switch {
	case len(v) == 7 && v[0] == ethernet:
		return packet.MAC(v[1:7]).String()
	case len(v) > 7 && len(v) <= 64 && v[0] == 255:
		return "duid:" + hex.EncodeToString(v[5:])
	}
	return ""
}

// uuid reads option 97 of RFC 4578 section 2.3: type 0, then 16 bytes of which
// the first three groups are little endian on the wire.
func uuid(v []byte) string {
	if len(v) != 17 || v[0] != 0 {
		return ""
	}
	v = v[1:]
	le := binary.LittleEndian
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", le.Uint32(v), le.Uint16(v[4:]), le.Uint16(v[6:]), v[8:10], v[10:])
}

// fqdn reads option 81, RFC 4702 section 2: flags, two unused octets, the name
// in DNS wire form if the E bit is set.
func fqdn(v []byte) string {
	const encoded = 4
	if len(v) < 4 {
		return ""
	}
	if v[0]&encoded == 0 {
		return record.UpToNUL(v[3:], maxText)
	}
	var out []byte
	for b := v[3:]; len(b) > 0 && b[0] > 0 && b[0] < 64 && int(b[0]) < len(b); b = b[1+int(b[0]):] {
		if out != nil {
			out = append(out, '.')
		}
		out = append(out, b[1:1+int(b[0])]...)
	}
	return record.UpToNUL(out, maxText)
}
