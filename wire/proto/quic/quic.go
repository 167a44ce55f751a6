// Package quic reads the first datagrams of a QUIC session (RFC 9000, RFC 9369).
// The Initial packets are protected with keys that anyone can derive (RFC 9001,
// section 5.2); the ClientHello inside gives version, server name and stack.
// Nothing after the Initial packets can be read and none is kept.
package quic

import (
	"encoding/binary"

	"ward/wire/proto"
	"ward/wire/proto/tls"
)

const name = "quic"

// Codec recognises QUIC by a long header of a known version.
var Codec = proto.Codec{
	Name:     name,
	Datagram: match,
	New:      func() proto.Parser { return &parser{} },
	Facts:    []proto.Fact{ClientHello{}},
}

// ClientHello is what the client offers.
type ClientHello struct {
	Version string   `json:"version" keep:"QUIC version"`
	SNI     string   `json:"sni,omitempty" keep:"server name, a host"`
	ALPN    []string `json:"alpn,omitempty" keep:"application protocol names"`
	JA4     string   `json:"ja4,omitempty" keep:"fingerprint of the client's stack"`
}

// Service implements proto.Fact.
func (ClientHello) Service() string { return name }

const (
	maxDatagrams = 8        // read until the hello is complete
	maxCrypto    = 16 << 10 // bytes of a hello
	maxCID       = 20       // RFC 9000, section 17.2
	minLong      = 7        // flags, version, two length bytes
)

func match(b []byte, _ proto.Ports) proto.Match {
	p, ok := parseLong(b)
	if !ok || versionName(p.version) == "" {
		return proto.No
	}
	return proto.Yes
}

// long is a long header packet (RFC 9000, section 17.2).
type long struct {
	flags      byte
	version    uint32
	dcid, scid []byte
	rest       []byte // after the source connection id
	at         int    // offset of rest
}

func parseLong(b []byte) (long, bool) {
	if len(b) < minLong || b[0]&0xc0 != 0xc0 {
		return long{}, false
	}
	p := long{flags: b[0], version: binary.BigEndian.Uint32(b[1:])}
	n := int(b[5])
	if n > maxCID || len(b) < 7+n {
		return long{}, false
	}
	m := int(b[6+n])
	if m > maxCID || len(b) < 7+n+m {
		return long{}, false
	}
	p.dcid, p.scid, p.at = b[6:6+n], b[7+n:7+n+m], 7+n+m
	p.rest = b[p.at:]
	return p, true
}

// versionName names the versions in use; empty for others.
func versionName(v uint32) string {
	switch {
	case v == 1:
		return "1"
	case v == version2:
		return "2"
	case v>>8 == 0xff0000 && v&0xff >= 23 && v&0xff <= 34:
		return "draft"
	case v>>16 == 'Q'<<8|'0' && isDigit(byte(v>>8)) && isDigit(byte(v)), v>>16 == 'T'<<8|'0' && isDigit(byte(v>>8)) && isDigit(byte(v)):
		return string([]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	return ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

type parser struct {
	proto.Stateless
	hello     assembly
	datagrams int
}

// Held implements proto.Holder.
func (p *parser) Held() int { return cap(p.hello.buf) }

// Data reads one datagram, which may hold several packets.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	p.datagrams++
	for len(b) > 0 {
		packet, ok := parseLong(b)
		if !ok {
			break
		}
		payload, size, ok := openInitial(packet, b)
		if ok && p.crypto(payload) {
			h, ok := tls.ParseClientHello(p.hello.buf)
			if ok {
				f := h.Fact('q')
				emit(dir, ClientHello{Version: versionName(packet.version), SNI: f.SNI, ALPN: f.ALPN, JA4: f.JA4})
			}
			return false
		}
		if size == 0 {
			break
		}
		b = b[size:]
	}
	return p.datagrams < maxDatagrams
}

// crypto takes the CRYPTO frames out of a decrypted payload (RFC 9000, section
// 19) and tells whether the hello is complete.
func (p *parser) crypto(b []byte) bool {
	for len(b) > 0 {
		kind := b[0]
		b = b[1:]
		switch kind {
		case 0x00, 0x01: // PADDING, PING
		case 0x02, 0x03: // ACK
			var ok bool
			if b, ok = skipAck(b, kind == 3); !ok {
				return false
			}
		case 0x06: // CRYPTO: offset, length, data
			off, n1 := varint(b)
			size, n2 := varint(b[n1:])
			if n1 == 0 || n2 == 0 || size > uint64(len(b)-n1-n2) {
				return false
			}
			b = b[n1+n2:]
			p.hello.add(off, b[:size])
			b = b[size:]
		default:
			return false
		}
	}
	return p.hello.complete()
}

// skipAck: largest, delay, range count, first range, then gap and length pairs.
func skipAck(b []byte, ecn bool) ([]byte, bool) {
	fields := uint64(4)
	for i := uint64(0); i < fields; i++ {
		v, n := varint(b)
		if n == 0 {
			return nil, false
		}
		if b = b[n:]; i == 2 {
			if v > 64 {
				return nil, false
			}
			fields += 2 * v
			if ecn {
				fields += 3
			}
		}
	}
	return b, true
}

// varint reads a variable-length integer (RFC 9000, section 16); n is 0 where
// it is cut off.
func varint(b []byte) (v uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	n = 1 << (b[0] >> 6)
	if len(b) < n {
		return 0, 0
	}
	v = uint64(b[0] & 0x3f)
	for _, c := range b[1:n] {
		v = v<<8 | uint64(c)
	}
	return v, n
}
