// Package dns turns DNS (RFC 1035), multicast DNS with service discovery (RFC
// 6762, RFC 6763) and LLMNR (RFC 4795) messages, over UDP and TCP, into Lookups
// and announced services. It refuses messages whose records do not add up, and
// writes "*" for every label of a name that is no host name label.
package dns

import (
	"net/netip"
	"strconv"

	"ward/wire/proto"
)

const (
	nameDNS   = "dns"
	nameMDNS  = "mdns"
	nameLLMNR = "llmnr"

	portDNS   = 53
	portNBNS  = 137 // same header, other names: package nbns
	portMDNS  = 5353
	portLLMNR = 5355
)

// Lookup is one question and, if a response was seen, its answer. An answered
// Lookup comes from the side that answered, any other from the side that asked.
type Lookup struct {
	Protocol string       `json:"protocol" keep:"dns, mdns or llmnr"`
	Name     string       `json:"name" keep:"host or service name, host name labels only"`
	Type     string       `json:"type" keep:"closed set of record types"`
	Answered bool         `json:"answered"`
	Rcode    uint8        `json:"rcode,omitempty"` // RFC 1035 section 4.1.1: 0 no error, 3 no such name
	Addrs    []netip.Addr `json:"addrs,omitempty"` // of A and AAAA answers, at most 8
	Target   string       `json:"target,omitempty" keep:"host name a PTR answer gives"`
}

// Service implements proto.Fact.
func (l Lookup) Service() string { return l.Protocol }

// Codec reads DNS.
var Codec = proto.Codec{
	Name:     nameDNS,
	Stream:   func(orig, resp []byte, p proto.Ports) proto.Match { return matchStream(orig, resp, p, portDNS) },
	Datagram: matchDNS,
	New:      func() proto.Parser { return &lookups{protocol: nameDNS} },
	Facts:    []proto.Fact{Lookup{}},
}

// LLMNR reads link-local multicast name resolution.
var LLMNR = proto.Codec{
	Name:   nameLLMNR,
	Stream: func(orig, resp []byte, p proto.Ports) proto.Match { return matchStream(orig, resp, p, portLLMNR) },
	Datagram: func(b []byte, p proto.Ports) proto.Match {
		m, ok := parse(b)
		if ok && m.complete && m.qd == 1 && m.opcode() == 0 && p.Either(portLLMNR) {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return &lookups{protocol: nameLLMNR} },
	Facts: []proto.Fact{Lookup{}},
}

// matchDNS is sure of a message whose records add up to the last byte, wherever
// it comes; on port 53 it also takes cut ones.
func matchDNS(b []byte, p proto.Ports) proto.Match {
	if p.Either(portMDNS) || p.Either(portLLMNR) || p.Either(portNBNS) {
		return proto.No
	}
	m, ok := parse(b)
	switch {
	case !ok:
		return proto.No
	case p.Either(portDNS) && (m.complete || m.truncated()) && m.qd <= 1:
		return proto.Yes
	case m.complete && !m.trailing && m.plausible():
		return proto.Yes
	case p.Either(portDNS):
		return proto.Maybe
	}
	return proto.No
}

// plausible tells a message that only DNS would send: one question of a usual
// type and class, reserved bits unset, and in a query no answers.
func (m *message) plausible() bool {
	const reserved = 0x0040
	if m.qd != 1 || m.flags&reserved != 0 || m.qname != headerSize || m.qclass != 1 && m.qclass != 255 || m.raw[headerSize] == 0 {
		return false
	}
	if _, usual := typeNames[m.qtype]; !usual || !m.response() && (m.an > 0 || m.rcode() != 0) {
		return false
	}
	var room [maxName + 1]byte
	_, ok := appendName(room[:0], m.raw, m.qname)
	return ok
}

var typeNames = map[uint16]string{1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA", 29: "LOC", 33: "SRV",
	35: "NAPTR", 43: "DS", 44: "SSHFP", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 52: "TLSA", 64: "SVCB", 65: "HTTPS", 249: "TKEY", 250: "TSIG",
	251: "IXFR", 252: "AXFR", 255: "ANY", 257: "CAA", 10: "NULL"}

func typeName(t uint16) string {
	if s, ok := typeNames[t]; ok {
		return s
	}
	return "TYPE" + strconv.Itoa(int(t))
}
