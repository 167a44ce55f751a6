package evelog

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ward/wire/logfile"
	"ward/wire/packet"
	"ward/wire/session"
)

// head is what every event has.
type head struct {
	Timestamp instant    `json:"timestamp"`
	FlowID    uint64     `json:"flow_id"`
	SrcIP     netip.Addr `json:"src_ip"`
	DestIP    netip.Addr `json:"dest_ip"`
	SrcPort   uint16     `json:"src_port"`
	DestPort  uint16     `json:"dest_port"`
	Proto     string     `json:"proto"`
	VLAN      vlans      `json:"vlan"`
	Ether     ether      `json:"ether"`
}

// ether holds one address of each side in events, and sets of them in flows.
type ether struct {
	SrcMAC   string   `json:"src_mac"`
	DestMAC  string   `json:"dest_mac"`
	SrcMACs  []string `json:"src_macs"`
	DestMACs []string `json:"dest_macs"`
}

// vlans is a list, or a number in versions before 4.
type vlans []uint16

func (v *vlans) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '[' {
		return d.SkipValue()
	}
	return json.UnmarshalDecode(d, (*[]uint16)(v))
}

// reader reads the lines of one log.
type reader struct {
	parts    logfile.Parts
	sum      logfile.Summary
	warn     logfile.Warnings
	events   uint64
	ftpUsers map[session.ID]string // "anonymous" or what it takes to know a shipped pair; see ftp

	// of the current line
	facts logfile.Facts
	s     session.Session
}

// eventReader reads one line; false: a field that must be there is broken.
type eventReader func(*reader, []byte) bool

// readers lists the events that are read.
var readers = map[string]eventReader{
	"flow": (*reader).flow, "dns": (*reader).dns, "mdns": (*reader).dns, "http": (*reader).http, "tls": (*reader).tls, "quic": (*reader).quic, "dhcp": (*reader).dhcp,
	"ssh": (*reader).ssh, "smb": (*reader).smb, "snmp": (*reader).snmp, "rdp": (*reader).rdp, "rfb": (*reader).rfb, "ftp": (*reader).ftp,
	"tftp": (*reader).tftp, "krb5": (*reader).krb5, "mqtt": (*reader).mqtt, "modbus": (*reader).modbus, "sip": (*reader).sip,
	"smtp": (*reader).smtp, "ldap": (*reader).ldap, "arp": (*reader).arp,
}

var typeKey = []byte(`"event_type"`)

// eventType finds the type without decoding the line. Protocol objects may have
// a key of that name too (rdp): the first one is the event's, which stands
// before them.
func eventType(line []byte) string {
	i := bytes.Index(line, typeKey)
	if i < 0 {
		return ""
	}
	rest := bytes.TrimLeft(line[i+len(typeKey):], " :")
	if len(rest) < 2 || rest[0] != '"' {
		return ""
	}
	end := bytes.IndexByte(rest[1:], '"')
	if end < 0 {
		return ""
	}
	return string(rest[1 : 1+end])
}

// line reads one event.
func (r *reader) line(line []byte, number uint64) bool {
	typ := eventType(line)
	if typ == "" || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	r.events++
	read := readers[typ]
	if read == nil {
		return true
	}
	r.facts.Reset(number, time.Time{})
	return read(r, line)
}

// decode reads a line leniently: Suricata writes bytes of the wire as they are.
func decode(line []byte, into any) error {
	return json.Unmarshal(line, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// instant is a time as Suricata writes it; zero where the text is none.
type instant time.Time

func (i *instant) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	if len(v) > 2 && v[0] == '"' {
		if t, ok := stamp(string(v[1 : len(v)-1])); ok {
			*i = instant(t)
		}
	}
	return nil
}

// layout is how Suricata writes times.
const layout = "2006-01-02T15:04:05.999999999-0700"

// stamp reads "2024-11-26T18:48:20.604738+0000". The form that Suricata always
// writes is read without time.Parse: this is where reading would spend its time.
func stamp(s string) (time.Time, bool) {
	if len(s) == len("2024-11-26T18:48:20.604738+0000") && s[4] == '-' && s[7] == '-' && s[10] == 'T' && s[13] == ':' && s[16] == ':' && s[19] == '.' && s[26:] == "+0000" {
		year, month, day := digits(s[:4]), digits(s[5:7]), digits(s[8:10])
		hour, minute, second, micro := digits(s[11:13]), digits(s[14:16]), digits(s[17:19]), digits(s[20:26])
		if min(year, hour, minute, second, micro) >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60 {
			return time.Date(year, time.Month(month), day, hour, minute, second, micro*1000, time.UTC), true
		}
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		t, err = time.Parse(time.RFC3339Nano, s)
	}
	return t.UTC(), err == nil
}

// digits reads decimal digits; -1 where there is another character.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// begin makes the session that an event belongs to.
func (r *reader) begin(h *head, service string, flip bool) bool {
	at := time.Time(h.Timestamp)
	if at.IsZero() || h.FlowID == 0 || !h.SrcIP.IsValid() || !h.DestIP.IsValid() {
		return false
	}
	r.facts.Time = at
	r.sum.Span(at)
	r.s = session.Session{ID: flowID(h.FlowID), Transport: logfile.Transport(h.Proto), Start: at, Last: at, Frame: r.facts.Line,
		Orig: session.Endpoint{Addr: h.SrcIP.Unmap(), Port: h.SrcPort, MAC: h.Ether.src()},
		Resp: session.Endpoint{Addr: h.DestIP.Unmap(), Port: h.DestPort, MAC: h.Ether.dest()}}
	if len(h.VLAN) > 0 {
		r.s.VLAN = h.VLAN[0] & 0xfff
	}
	if flip {
		r.s.Orig, r.s.Resp = r.s.Resp, r.s.Orig
	}
	logfile.Name(&r.s, service)
	return true
}

// tell hands on the facts of the event.
func (r *reader) tell() bool {
	r.s.Facts = r.facts.Seen
	r.parts.Facts(&r.s)
	return true
}

// flowID spreads the id over all bits.
func flowID(n uint64) session.ID {
	var b [8]byte
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	return logfile.ID(string(b[:]))
}

func (e *ether) src() packet.MAC  { return one(e.SrcMAC, e.SrcMACs) }
func (e *ether) dest() packet.MAC { return one(e.DestMAC, e.DestMACs) }

// one takes the only address; several say that the side cannot be told.
func one(s string, list []string) packet.MAC {
	if s == "" && len(list) == 1 {
		s = list[0]
	}
	if s == "" {
		return packet.MAC{}
	}
	m, _ := packet.ParseMAC(s)
	return m
}
