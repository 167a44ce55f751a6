package logfile

import (
	"strconv"
	"strings"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/kerberos"
	"ward/wire/proto/ldap"
	"ward/wire/proto/modbus"
	"ward/wire/proto/mqtt"
	"ward/wire/proto/ntp"
	"ward/wire/proto/radius"
	"ward/wire/proto/snmp"
)

// SNMP is one message, or the messages that a line sums up.
type SNMP struct {
	Version     string // 1, 2c, 3
	PDU         string // get, get_next, response, set, trap, get_bulk, inform, report
	Community   string
	Description string // sysDescr
}

// pduTags are the context tags of RFC 3416 section 3.
var pduTags = map[string]byte{"get": 0xa0, "get_next": 0xa1, "response": 0xa2, "set": 0xa3, "get_bulk": 0xa5, "inform": 0xa6, "trap": 0xa7, "report": 0xa8}

// SNMP adds one message. The community is compared with those that products
// are shipped with and dropped.
func (f *Facts) SNMP(s SNMP) {
	tag, ok := pduTags[s.PDU]
	if s.Version == "3" {
		pdu := "encrypted"
		if ok {
			pdu = s.PDU
		}
		f.Add(proto.Orig, snmp.Message{Version: "3", PDU: pdu})
		return
	}
	if !ok || s.Version != "1" && s.Version != "2c" {
		return
	}
	version := 0
	if s.Version == "2c" {
		version = 1
	}
	f.snmp(proto.Orig, version, s.Community, tag, nil)
	if s.Description != "" {
		bind := tlv(sequence, oid("\x2b\x06\x01\x02\x01\x01\x01\x00"), tlv(octets, []byte(s.Description[:min(len(s.Description), 1024)])))
		f.snmp(proto.Resp, version, s.Community, pduTags["response"], bind)
	}
}

func (f *Facts) snmp(dir proto.Dir, version int, community string, tag byte, bind []byte) {
	pdu := tlv(tag, integer(1), integer(0), integer(0), tlv(sequence, bind))
	b := tlv(sequence, integer(version), tlv(octets, []byte(community[:min(len(community), 255)])), pdu)
	m, s, ok := snmp.Parse(b)
	if !ok {
		return
	}
	f.Add(dir, m)
	if s != (snmp.System{}) {
		f.Add(dir, s)
	}
}

// Kerberos is one message: the client's and the service's principal.
type Kerberos struct {
	Type            string // AS-REQ, AS-REP, TGS-REQ, TGS-REP, KRB-ERROR
	Client, Service string
	Realm           string
	Cipher          string
	Weak            bool
	Error           int
}

// requestTags are the application tags of RFC 4120 section 5.4.1.
var requestTags = map[string]byte{"AS-REQ": 0x6a, "TGS-REQ": 0x6c}

// Kerberos adds one message. Names of persons are dropped by the codec: only
// machine accounts and services of machines stay.
func (f *Facts) Kerberos(k Kerberos) {
	tag, dir := byte(0x6a), proto.Orig
	if t, ok := requestTags[k.Type]; ok {
		tag = t
	} else {
		dir = proto.Resp
	}
	if k.Type == "TGS-REP" {
		tag = 0x6c
	}
	body := tlv(sequence, principal(1, k.Client), tlv(0xa2, tlv(generalString, []byte(k.Realm))), principal(3, k.Service))
	from := len(f.Seen)
	f.ask(&kerberos.Codec, said{dir, tlv(tag, tlv(sequence, tlv(0xa4, body)))})
	for i := from; i < len(f.Seen); i++ {
		if m, ok := f.Seen[i].Fact.(kerberos.Message); ok {
			f.Seen[i].Fact = k.finish(m)
		}
	}
}

// finish sets what the message as it was written could not carry.
func (k *Kerberos) finish(m kerberos.Message) kerberos.Message {
	switch k.Type {
	case "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "KRB-ERROR":
		m.Type = k.Type
	}
	if c := word(k.Cipher); c != "" {
		m.ETypes = []string{c}
	}
	m.Weak, m.Error = k.Weak || weakCipher(k.Cipher), k.Error
	return m
}

func weakCipher(c string) bool {
	c = strings.ToLower(c)
	return strings.Contains(c, "rc4") || strings.HasPrefix(c, "des-") || strings.Contains(c, "arcfour")
}

func principal(n byte, name string) []byte {
	name, _, _ = strings.Cut(name, "@")
	var parts []byte
	for part := range strings.SplitSeq(name[:min(len(name), 255)], "/") {
		parts = append(parts, tlv(generalString, []byte(part))...)
	}
	return tlv(0xa0|n, tlv(sequence, tlv(0xa0, integer(1)), tlv(0xa1, tlv(sequence, parts))))
}

// MQTT is a client's greeting and the broker's answer.
type MQTT struct {
	Level          int // 3, 4 or 5
	ClientID       string
	User, Password bool
	Code           int // -1: no answer
}

// MQTT adds one greeting.
func (f *Facts) MQTT(m MQTT) {
	name := "MQTT"
	if m.Level == 3 {
		name = "MQIsdp"
	}
	flags := byte(2)
	if m.User {
		flags |= 0x80
	}
	if m.Password {
		flags |= 0x40
	}
	id := m.ClientID[:min(len(m.ClientID), 64)]
	body := append([]byte{0, byte(len(name))}, name...)
	body = append(body, byte(m.Level), flags, 0, 0)
	if m.Level >= 5 {
		body = append(body, 0) // no properties
	}
	body = append(append(body, 0, byte(len(id))), id...)
	if m.User {
		body = append(body, 0, 0)
	}
	if m.Password {
		body = append(body, 0, 0)
	}
	messages := []said{{proto.Orig, append([]byte{0x10, byte(len(body))}, body...)}}
	if m.Code >= 0 && m.Code < 256 {
		ack := []byte{0x20, 2, 0, byte(m.Code)}
		if m.Level >= 5 {
			ack = []byte{0x20, 3, 0, byte(m.Code), 0}
		}
		messages = append(messages, said{proto.Resp, ack})
	}
	f.ask(&mqtt.Codec, messages...)
}

// Modbus adds one request.
func (f *Facts) Modbus(unit, function int, exception bool) {
	if unit < 0 || unit > 255 || function <= 0 || function > 127 {
		return
	}
	u := modbus.Use{Unit: uint8(unit), Function: uint8(function), Requests: 1, Write: writes(function)}
	if exception {
		u.Exceptions = 1
	}
	f.Add(proto.Resp, u)
}

// writes tells the functions that change a device (Modbus Application Protocol
// V1.1b3 section 6).
func writes(function int) bool {
	switch function {
	case 5, 6, 15, 16, 21, 22, 23:
		return true
	}
	return false
}

// RADIUS adds the device that asks for access. The user's name is not read.
func (f *Facts) RADIUS(kind, callingMAC, framed string) {
	p := radius.Packet{Kind: kind, Addr: addr(framed)}
	p.CallingMAC, _ = packet.ParseMAC(callingMAC)
	f.Add(proto.Orig, p)
}

// ntpModes are RFC 5905 section 7.3.
var ntpModes = [...]string{"", "symmetric_active", "symmetric_passive", "client", "server", "broadcast", "control", "private"}

// NTP adds one message.
func (f *Facts) NTP(version, mode, stratum int, refID string) {
	if mode < 1 || mode >= len(ntpModes) || version < 1 || version > 7 || stratum < 0 || stratum > 16 {
		return
	}
	m := ntp.Message{Mode: ntpModes[mode], Version: uint8(version), Stratum: uint8(stratum)}
	if refID = word(refID); stratum == 1 && len(refID) <= 4 {
		m.RefID = refID
	}
	dir := proto.Orig
	if mode == 4 {
		dir = proto.Resp
	}
	f.Add(dir, m)
}

// LDAP adds a bind: kind is simple, sasl or anonymous. The name is not read.
func (f *Facts) LDAP(version int, kind, mechanism string, result int) {
	switch kind {
	case "simple", "sasl", "anonymous":
		f.Add(proto.Orig, ldap.Bind{Version: version, Kind: kind, Mechanism: word(mechanism), Cleartext: kind == "simple", Result: result})
	}
}

// Tags of BER (X.690).
const (
	sequence      = 0x30
	octets        = 0x04
	generalString = 0x1b
)

// tlv writes one BER element.
func tlv(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := make([]byte, 0, n+5)
	b = append(b, tag)
	switch {
	case n < 128:
		b = append(b, byte(n))
	default:
		b = append(b, 0x82, byte(n>>8), byte(n))
	}
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func integer(v int) []byte   { return []byte{2, 1, byte(v)} }
func oid(text string) []byte { return tlv(6, []byte(text)) }

// Number reads a decimal number; -1 where there is none.
func Number(s string) int {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}
