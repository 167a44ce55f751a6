package evelog

import (
	"net/netip"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ward/wire/logfile"
	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/arp"
	"ward/wire/session"
)

// from tells an event whose source is the side that offers the service on port n.
func (h *head) from(n ...uint16) bool {
	for _, p := range n {
		if h.SrcPort == p && h.DestPort != p {
			return true
		}
	}
	return false
}

type answer struct {
	Name string `json:"rrname"`
	Type string `json:"rrtype"`
	Data string `json:"rdata"`
}

type query struct {
	Name string `json:"rrname"`
	Type string `json:"rrtype"`
}

// dnsEvent is a query or an answer. Version 1 has one line for each record
// (rdata), version 2 all answers of a message, version 3 also all queries.
type dnsEvent struct {
	head
	DNS  dnsBody `json:"dns"`
	MDNS dnsBody `json:"mdns"`
}

type dnsBody struct {
	Type    string  `json:"type"`
	Name    string  `json:"rrname"`
	RRType  string  `json:"rrtype"`
	Rcode   string  `json:"rcode"`
	Data    string  `json:"rdata"`
	Answers answers `json:"answers"`
	Queries []query `json:"queries"`
}

// answers is a list; inside alerts and some versions it is an object.
type answers []answer

func (a *answers) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '[' {
		return d.SkipValue()
	}
	return json.UnmarshalDecode(d, (*[]answer)(a))
}

func (r *reader) dns(line []byte) bool {
	var e dnsEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "dns", e.from(53, 5355)) {
		return false
	}
	b := &e.DNS
	if e.MDNS.Type != "" {
		b = &e.MDNS
	}
	d := logfile.DNS{Port: r.s.Resp.Port, Name: b.Name, Type: logfile.RecordType(strings.ToUpper(b.RRType))}
	if len(b.Queries) > 0 {
		d.Name, d.Type = b.Queries[0].Name, logfile.RecordType(strings.ToUpper(b.Queries[0].Type))
	}
	if e.SrcPort == 5353 || e.DestPort == 5353 {
		d.Port, r.s.Service = 5353, "mdns"
	}
	if d.Answered = b.Type == "answer" || b.Type == "response"; d.Answered {
		d.Rcode, _ = logfile.Rcode(b.Rcode)
	}
	if b.Data != "" {
		d.Answers = append(d.Answers, b.Data)
	}
	for _, a := range b.Answers {
		switch strings.ToUpper(a.Type) {
		case "A", "AAAA", "PTR":
			d.Answers = append(d.Answers, a.Data)
		}
	}
	if d.Name != "" {
		r.facts.DNS(d)
	}
	return r.tell()
}

type httpEvent struct {
	head
	HTTP struct {
		Method      string    `json:"http_method"`
		Host        string    `json:"hostname"`
		URL         string    `json:"url"`
		Agent       string    `json:"http_user_agent"`
		ContentType string    `json:"http_content_type"`
		Status      int       `json:"status"`
		Server      string    `json:"server"` // where custom headers are logged
		PoweredBy   string    `json:"x_powered_by"`
		Answers     []httpKey `json:"response_headers"`
	} `json:"http"`
}

type httpKey struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (r *reader) http(line []byte) bool {
	var e httpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "http", false) {
		return false
	}
	h := logfile.HTTP{Method: e.HTTP.Method, Host: e.HTTP.Host, URI: e.HTTP.URL, UserAgent: e.HTTP.Agent, Status: e.HTTP.Status,
		ContentType: e.HTTP.ContentType, Server: e.HTTP.Server, PoweredBy: e.HTTP.PoweredBy}
	for _, k := range e.HTTP.Answers {
		switch strings.ToLower(k.Name) {
		case "server":
			h.Server = k.Value
		case "x-powered-by":
			h.PoweredBy = k.Value
		}
	}
	r.facts.HTTP(h)
	return r.tell()
}

type certificate struct {
	Subject   string   `json:"subject"`
	Issuer    string   `json:"issuerdn"`
	NotBefore string   `json:"notbefore"`
	NotAfter  string   `json:"notafter"`
	Names     []string `json:"subjectaltname"`
}

func (c *certificate) common() logfile.Certificate {
	out := logfile.Certificate{Subject: c.Subject, Issuer: c.Issuer, Names: c.Names}
	out.NotBefore, out.NotAfter = day(c.NotBefore), day(c.NotAfter)
	return out
}

// day reads a validity, which has no zone: it is UTC (RFC 5280 section 4.1.2.5).
func day(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, _ := time.Parse("2006-01-02T15:04:05", s)
	return t
}

type tlsEvent struct {
	head
	TLS struct {
		certificate
		Version string      `json:"version"`
		SNI     string      `json:"sni"`
		JA3     hash        `json:"ja3"`
		JA4     string      `json:"ja4"`
		Client  certificate `json:"client"`
	} `json:"tls"`
}

type hash struct {
	Hash string `json:"hash"`
}

func (r *reader) tls(line []byte) bool {
	var e tlsEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "tls", false) {
		return false
	}
	t := &e.TLS
	r.facts.TLS(logfile.TLS{Version: t.Version, SNI: t.SNI, JA3: t.JA3.Hash, JA4: t.JA4, Established: t.Version != "" && t.Version != "UNDETERMINED",
		Server: t.common(), Client: t.Client.common()})
	return r.tell()
}

type quicEvent struct {
	head
	QUIC struct {
		Version string `json:"version"`
		SNI     string `json:"sni"`
		JA4     string `json:"ja4"`
	} `json:"quic"`
}

func (r *reader) quic(line []byte) bool {
	var e quicEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "quic", e.from(443)) {
		return false
	}
	r.facts.QUIC(e.QUIC.Version, e.QUIC.SNI, "", e.QUIC.JA4)
	return r.tell()
}

type dhcpEvent struct {
	head
	DHCP struct {
		Kind      string   `json:"dhcp_type"`
		MAC       string   `json:"client_mac"`
		Client    string   `json:"client_ip"`
		Assigned  string   `json:"assigned_ip"`
		Requested string   `json:"requested_ip"`
		Relay     string   `json:"relay_ip"`
		Host      string   `json:"hostname"`
		Domain    string   `json:"domain"`
		Vendor    string   `json:"vendor_class_identifier"`
		Routers   []string `json:"routers"`
		Resolvers []string `json:"dns_servers"`
		Lease     uint32   `json:"lease_time"`
	} `json:"dhcp"`
}

func (r *reader) dhcp(line []byte) bool {
	var e dhcpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "dhcp", false) {
		return false
	}
	d := &e.DHCP
	out := logfile.DHCP{Kind: d.Kind, MAC: d.MAC, Addr: d.Client, Assigned: d.Assigned, Requested: d.Requested, Relay: d.Relay,
		Hostname: d.Host, Domain: d.Domain, VendorClass: d.Vendor, Routers: d.Routers, Resolvers: d.Resolvers, Lease: d.Lease}
	from := len(r.facts.Seen)
	r.facts.DHCP(out)
	if e.SrcPort == 67 { // a server's message opens a session of its own: it is the originator
		for i := range r.facts.Seen[from:] {
			r.facts.Seen[from+i].Dir = proto.Orig
		}
	}
	return r.tell()
}

// arpEvent of version 8 has no flow.
type arpEvent struct {
	head
	ARP struct {
		Opcode string     `json:"opcode"`
		Src    netip.Addr `json:"src_ip"`
		MAC    string     `json:"src_mac"`
	} `json:"arp"`
}

func (r *reader) arp(line []byte) bool {
	var e arpEvent
	if decode(line, &e) != nil {
		return false
	}
	at := time.Time(e.Timestamp)
	mac, err := packet.ParseMAC(e.ARP.MAC)
	if at.IsZero() || err != nil {
		return false
	}
	r.facts.Time = at
	r.sum.Span(at)
	kind := arp.Request
	if strings.EqualFold(e.ARP.Opcode, "reply") {
		kind = arp.Reply
	}
	if !e.ARP.Src.IsValid() || e.ARP.Src.IsUnspecified() {
		return true
	}
	r.facts.Add(proto.Orig, arp.Binding{Addr: e.ARP.Src, MAC: mac, Kind: kind})
	r.s = session.Session{ID: logfile.ID("arp " + mac.String() + e.ARP.Src.String()), Transport: session.Frame, Proto: 0x0806, Service: "arp",
		Certainty: session.Reported, Start: at, Last: at, Frame: r.facts.Line, Orig: session.Endpoint{MAC: mac, Addr: e.ARP.Src}}
	return r.tell()
}
