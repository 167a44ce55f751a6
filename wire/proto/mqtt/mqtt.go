// Package mqtt turns MQTT (versions 3.1, 3.1.1 and 5.0) into who connects how,
// and how much is published. Topics, payloads, user names, passwords and will
// messages may hold anything and are never kept; a client identifier is kept
// only where it looks like that of a device.
package mqtt

import (
	"encoding/binary"
	"strings"

	"ward/wire/proto"
)

const (
	name = "mqtt"
	port = 1883

	maxConnect  = 2 << 10 // bytes read of a CONNECT packet
	maxClientID = 64

	typeConnect   = 1
	typeConnack   = 2
	typePublish   = 3
	typeSubscribe = 8
)

// Connect is a client's first packet. Username and Password tell that it sends
// them, in clear.
type Connect struct {
	Version   string `json:"version" keep:"closed set of versions"`
	ClientID  string `json:"client_id,omitempty" keep:"identifier that looks like a device's"`
	Username  bool   `json:"username,omitempty"`
	Password  bool   `json:"password,omitempty"`
	Will      bool   `json:"will,omitempty"`
	KeepAlive uint16 `json:"keep_alive"` // seconds
}

// Service implements proto.Fact.
func (Connect) Service() string { return name }

// Connack is the server's answer; 0 means accepted.
type Connack struct {
	Code uint8 `json:"code"`
}

// Service implements proto.Fact.
func (Connack) Service() string { return name }

// Traffic counts the packets one side sent until the session ended.
type Traffic struct {
	Publishes  uint64 `json:"publishes"`
	Subscribes uint64 `json:"subscribes"`
}

// Service implements proto.Fact.
func (Traffic) Service() string { return name }

// Codec reads MQTT over TCP.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return new(parser) },
	Facts:  []proto.Fact{Connect{}, Connack{}, Traffic{}},
}

// match is sure of a CONNECT that is answered by a CONNACK.
func match(orig, resp []byte, p proto.Ports) proto.Match {
	q, r := matchConnect(orig), matchConnack(resp)
	switch {
	case q == proto.No || r == proto.No:
		return proto.No
	case q == proto.Yes && r == proto.Yes:
		return proto.Yes
	case len(orig) == 0 && !p.Either(port):
		return proto.No
	}
	return proto.Maybe
}

func matchConnect(b []byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	_, n, ok := remaining(b[1:])
	if b[0] != typeConnect<<4 || !ok {
		return proto.No
	}
	if n == 0 || len(b) < 1+n+9 {
		return proto.Maybe
	}
	for _, head := range [...]string{"\x00\x04MQTT\x04", "\x00\x04MQTT\x05", "\x00\x06MQIsdp\x03"} {
		if strings.HasPrefix(string(b[1+n:1+n+9]), head) {
			return proto.Yes
		}
	}
	return proto.No
}

func matchConnack(b []byte) proto.Match {
	if len(b) < 4 {
		if len(b) > 0 && b[0] != typeConnack<<4 {
			return proto.No
		}
		return proto.Maybe
	}
	if b[0] != typeConnack<<4 || b[1] < 2 || b[1] > 0x7f || b[2] > 1 {
		return proto.No
	}
	return proto.Yes
}

// remaining reads the length of a packet: 7 bits in each of up to four bytes,
// MQTT 3.1.1 section 2.2.3. n is 0 if bytes are missing.
func remaining(b []byte) (v, n int, ok bool) {
	for i, c := range b[:min(len(b), 4)] {
		v |= int(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v, i + 1, true
		}
	}
	return 0, 0, len(b) < 4
}

// direction cuts one side's bytes into packets and skips what is not read.
type direction struct {
	head  []byte // fixed header, up to 5 bytes
	body  []byte // start of a packet that is read
	left  int    // bytes of the packet that are still to come
	lost  bool
	count Traffic
}

type parser struct{ dirs [2]direction }

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	d := &p.dirs[dir]
	for len(b) > 0 && !d.lost {
		if d.left == 0 {
			d.head, b = append(d.head, b[0]), b[1:]
			if !d.start() {
				continue
			}
		}
		n := min(d.left, len(b))
		if reads(d.head[0]) {
			d.body = append(d.body, b[:min(n, maxConnect-len(d.body))]...)
		}
		d.left, b = d.left-n, b[n:]
		if d.left == 0 {
			d.finish(dir, emit)
		}
	}
	return !p.dirs[0].lost || !p.dirs[1].lost
}

// start tells whether the fixed header is complete, and counts the packet.
func (d *direction) start() bool {
	if len(d.head) < 2 {
		return false
	}
	v, n, ok := remaining(d.head[1:])
	if !ok || d.head[0]>>4 == 0 {
		d.lost = true
		return false
	}
	if n == 0 {
		return false
	}
	switch d.head[0] >> 4 {
	case typePublish:
		d.count.Publishes++
	case typeSubscribe:
		d.count.Subscribes++
	}
	d.left = v
	if v == 0 {
		d.head = d.head[:0]
		return false
	}
	return true
}

func reads(head byte) bool { return head>>4 == typeConnect || head>>4 == typeConnack }

func (d *direction) finish(dir proto.Dir, emit proto.Emit) {
	switch d.head[0] >> 4 {
	case typeConnect:
		if c, ok := parseConnect(d.body); ok {
			emit(dir, c)
		} else {
			d.lost = true
		}
	case typeConnack:
		if len(d.body) >= 2 {
			emit(dir, Connack{d.body[1]})
		}
	}
	d.head, d.body = d.head[:0], d.body[:0]
}

func (p *parser) Gap(dir proto.Dir, _ int) { p.dirs[dir].lost = true }

// Close emits the counters of each side that sent something.
func (p *parser) Close(emit proto.Emit) {
	for dir := range p.dirs {
		if c := p.dirs[dir].count; c != (Traffic{}) {
			emit(proto.Dir(dir), c)
		}
	}
}

// parseConnect reads protocol name, level, flags, keep-alive, properties (5.0),
// client identifier.
func parseConnect(b []byte) (c Connect, ok bool) {
	protocol, b, ok := field(b)
	if !ok || len(b) < 4 {
		return c, false
	}
	switch level := b[0]; {
	case protocol == "MQIsdp" && level == 3:
		c.Version = "3.1"
	case protocol == "MQTT" && level == 4:
		c.Version = "3.1.1"
	case protocol == "MQTT" && level == 5:
		c.Version = "5.0"
	default:
		return c, false
	}
	const username, password, will = 0x80, 0x40, 0x04
	c.Username, c.Password, c.Will = b[1]&username != 0, b[1]&password != 0, b[1]&will != 0
	c.KeepAlive = binary.BigEndian.Uint16(b[2:])
	b = b[4:]
	if c.Version == "5.0" {
		size, n, ok := remaining(b)
		if !ok || n == 0 || len(b) < n+size {
			return Connect{}, false
		}
		b = b[n+size:]
	}
	id, _, ok := field(b)
	if !ok {
		return Connect{}, false
	}
	c.ClientID = deviceID(id)
	return c, true
}

func field(b []byte) (s string, rest []byte, ok bool) {
	if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
		return "", nil, false
	}
	end := 2 + int(binary.BigEndian.Uint16(b))
	return string(b[2:end]), b[end:], true
}

// deviceID keeps an identifier of letters, digits and separators that has a
// digit, and either a separator or a run of 12 hex digits (a MAC address).
func deviceID(id string) string {
	if len(id) > maxClientID {
		return ""
	}
	digit, separator, run, longest := false, false, 0, 0
	for _, r := range id {
		hex := r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
		if run++; !hex {
			run = 0
		}
		longest = max(longest, run)
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		case strings.ContainsRune("-_.:/", r):
			separator = true
		default:
			return ""
		}
	}
	if !digit || !separator && longest < 12 {
		return ""
	}
	return id
}
