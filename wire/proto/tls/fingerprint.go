package tls

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// JA4 is FoxIO's TLS client fingerprint (the part under the BSD licence). carrier
// is 't' for TCP, 'q' for QUIC, 'd' for DTLS.
//
//	t13d1516h2_8daaf6152771_e5627efa2ab1
//	| | || | |      |            +-- SHA-256 of sorted extensions and signature algorithms, 12 digits
//	| | || | |      +-- SHA-256 of sorted ciphers, 12 digits
//	| | || | +-- first and last character of the first ALPN name
//	| | |+-+-- number of ciphers, number of extensions
//	| | +-- d: with server name, i: without
//	| +-- newest version
//	+-- carrier
func (h Hello) JA4(carrier byte) string {
	ciphers := dropGrease(h.Ciphers)
	exts := dropGrease(h.Extensions)
	sni := byte('i')
	if slices.Contains(exts, extServerName) {
		sni = 'd'
	}
	head := fmt.Sprintf("%c%s%c%02d%02d%s", carrier, ja4Version(h.Newest()), sni, min(len(ciphers), 99), min(len(exts), 99), ja4ALPN(h.alpn))
	slices.Sort(ciphers)
	exts = slices.DeleteFunc(exts, func(e uint16) bool { return e == extServerName || e == extALPN })
	slices.Sort(exts)
	tail := hex4(exts)
	if sigs := dropGrease(h.Signatures); len(sigs) > 0 {
		tail += "_" + hex4(sigs)
	}
	second := hash12(hex4(ciphers))
	if len(ciphers) == 0 {
		second = noHash
	}
	third := hash12(tail)
	if len(exts) == 0 {
		third = noHash
	}
	return head + "_" + second + "_" + third
}

const noHash = "000000000000"

// JA3 is Salesforce's TLS client fingerprint: MD5 over version, ciphers,
// extensions, groups and point formats in decimal.
func (h Hello) JA3() string {
	points := make([]uint16, len(h.Points))
	for i, p := range h.Points {
		points[i] = uint16(p)
	}
	text := strconv.Itoa(int(h.Version))
	for _, list := range [][]uint16{h.Ciphers, h.Extensions, h.Groups, points} {
		text += "," + decimal(dropGrease(list))
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func ja4Version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	}
	return "00"
}

// ja4ALPN gives the first and last character, or the first and last hex digit
// where one of them is no letter or digit; "00" without ALPN.
func ja4ALPN(p []byte) string {
	if len(p) == 0 {
		return "00"
	}
	first, last := p[0], p[len(p)-1]
	if alnum(first) && alnum(last) {
		return string([]byte{first, last})
	}
	x := hex.EncodeToString(p)
	return x[:1] + x[len(x)-1:]
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func hash12(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

func hex4(list []uint16) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, len("0000,")*len(list))
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
	}
	return string(out)
}

func decimal(list []uint16) string {
	out := make([]byte, 0, len("00000-")*len(list))
	for i, v := range list {
		if i > 0 {
			out = append(out, '-')
		}
		out = strconv.AppendUint(out, uint64(v), 10)
	}
	return string(out)
}

// dropGrease copies list without the reserved values of RFC 8701.
func dropGrease(list []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(list), isGrease)
}

func isGrease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

func isGrease8(b []byte) bool {
	return len(b) == 2 && isGrease(uint16(b[0])<<8|uint16(b[1]))
}
