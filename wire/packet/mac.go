package packet

import (
	"encoding/hex"
	"fmt"
)

// MAC is a 48-bit IEEE 802 address.
type MAC [6]byte

// IsZero tells whether no address is known.
func (m MAC) IsZero() bool { return m == MAC{} }

// IsGroup tells multicast and broadcast addresses (I/G bit, IEEE 802 section 8.2).
func (m MAC) IsGroup() bool { return m[0]&1 != 0 }

// IsLocal tells locally administered addresses: virtual machines, randomised
// phones, VRRP excepted (U/L bit).
func (m MAC) IsLocal() bool { return m[0]&2 != 0 }

// IsVirtualRouter tells the addresses of VRRP (RFC 9568 section 7.3) and HSRP.
func (m MAC) IsVirtualRouter() bool {
	switch {
	case m[0] == 0 && m[1] == 0 && m[2] == 0x5e && m[3] == 0 && (m[4] == 1 || m[4] == 2):
		return true
	case m[0] == 0 && m[1] == 0 && m[2] == 0x0c && m[3] == 0x07 && m[4] == 0xac:
		return true // HSRP version 1
	case m[0] == 0 && m[1] == 0 && m[2] == 0x0c && m[3] == 0x9f && m[4]&0xf0 == 0xf0:
		return true // HSRP version 2
	}
	return false
}

// String writes lower-case hex with colons.
func (m MAC) String() string {
	const hexDigits = "0123456789abcdef"
	var b [17]byte
	for i, v := range m {
		b[3*i], b[3*i+1] = hexDigits[v>>4], hexDigits[v&15]
		if i < 5 {
			b[3*i+2] = ':'
		}
	}
	return string(b[:])
}

// MarshalText writes the zero address as empty text.
func (m MAC) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, nil
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what ParseMAC reads, and empty text as zero.
func (m *MAC) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = MAC{}
		return nil
	}
	v, err := ParseMAC(string(b))
	if err == nil {
		*m = v
	}
	return err
}

// ParseMAC reads 12 hex digits with any of ":-. " between them.
func ParseMAC(s string) (MAC, error) {
	var m MAC
	digits := make([]byte, 0, 12)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ':', '-', '.', ' ':
		default:
			if len(digits) == 12 {
				return m, fmt.Errorf("packet: %q is no MAC address", s)
			}
			digits = append(digits, s[i])
		}
	}
	if len(digits) != 12 {
		return m, fmt.Errorf("packet: %q is no MAC address", s)
	}
	if _, err := hex.Decode(m[:], digits); err != nil {
		return MAC{}, fmt.Errorf("packet: %q is no MAC address", s)
	}
	return m, nil
}
