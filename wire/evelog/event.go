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
	Timestamp string     `json:"timestamp"`
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

// stamp reads "2024-11-26T18:48:20.604738+0000".
func stamp(s string) (time.Time, bool) {
	for _, layout := range [...]string{"2006-01-02T15:04:05.999999999-0700", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// begin makes the session that an event belongs to.
func (r *reader) begin(h *head, service string, flip bool) bool {
	at, ok := stamp(h.Timestamp)
	if !ok || h.FlowID == 0 || !h.SrcIP.IsValid() || !h.DestIP.IsValid() {
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
	if r.s.Service = logfile.Service(service, r.s.Resp.Port); r.s.Service != "" {
		r.s.Certainty = session.Reported
	}
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
