// Package session turns packets into Sessions: a flow table, TCP reassembly
// within a memory bound, and protocol detection by content. Time comes only
// with the packets.
//
// Life of a packet: run.go reads and decodes it, key.go says to which session
// it belongs, table.go finds or opens the flow (index.go, flow.go), tcp.go and
// state.go follow its flags, reassembly.go puts its bytes in order (RFC 9293),
// detect.go and datagram.go ask the codecs of services.go whose bytes they are
// and hand them to the Parser, facts.go keeps what it saw, timeout.go ends the
// session, deliver.go hands it on. With several workers (workers.go) each has a
// share of the sessions; what comes out is the same.
//
// It refuses to keep payload that no codec knows (safety.md SR-16), to follow
// more than the bounds of Options, and to guess: a service named by its port
// alone says so in its Certainty.
package session

import (
	"net/netip"
	"time"

	"ward/wire/packet"
	"ward/wire/proto"
)

// ID names a session. It is a hash of the key and the first packet's time, so
// the same capture gives the same ids.
type ID uint64

// Transport is what carries the session.
type Transport string

const (
	TCP   Transport = "tcp"
	UDP   Transport = "udp"
	ICMP  Transport = "icmp"
	IP    Transport = "ip"       // another IP protocol
	Frame Transport = "ethernet" // ARP, LLDP, CDP: no network layer
)

// Certainty says how the service was named. The zero value is the careful one.
type Certainty string

const (
	Unnamed  Certainty = ""         // no protocol recognised
	PortOnly Certainty = "port"     // only the port number speaks for it
	OneSide  Certainty = "one_side" // content of one direction
	Content  Certainty = "content"  // content, consistent in each direction where there is a handshake
	Reported Certainty = "reported" // Zeek or Suricata said so
)

// State is how a TCP session went, in Zeek's conn_state words: S0 no answer,
// S1 established, SF normal end, REJ refused, RSTO/RSTR reset by a side, SH/SHR
// half seen, OTH joined in the middle. Empty for other transports.
type State string

// Endpoint is one side of a session.
type Endpoint struct {
	Addr    netip.Addr `json:"addr,omitzero"`
	Port    uint16     `json:"port,omitempty"`
	MAC     packet.MAC `json:"mac,omitzero"` // as seen on this tap: the router's, behind a router
	Packets uint64     `json:"packets"`
	Bytes   uint64     `json:"bytes"`         // transport payload bytes as the headers state them
	TTL     uint8      `json:"ttl,omitempty"` // of the first packet
}

// Seen is a Fact with its evidence. Its JSON names the service and the type of
// the fact as well.
type Seen struct {
	Fact  proto.Fact `json:"fact"`
	Dir   proto.Dir  `json:"dir"`             // "orig" or "resp", see MarshalJSON
	Frame uint64     `json:"frame,omitempty"` // or line number of a log
	Input int        `json:"input,omitempty"` // index of the input with that frame
	Time  time.Time  `json:"time"`
}

// Session is one bidirectional exchange (RFC 5103 biflow).
type Session struct {
	ID        ID        `json:"id"`
	Transport Transport `json:"transport"`
	Proto     uint16    `json:"proto,omitempty"` // IP protocol or EtherType where Transport does not say
	VLAN      uint16    `json:"vlan,omitempty"`
	Orig      Endpoint  `json:"orig"`
	Resp      Endpoint  `json:"resp"`
	Start     time.Time `json:"start"`
	Last      time.Time `json:"last"`
	Service   string    `json:"service,omitempty"`
	Certainty Certainty `json:"certainty,omitempty"`
	State     State     `json:"state,omitempty"`
	// Input indexes the inputs of the run; Frame is the first frame (or log line).
	Input int    `json:"input"`
	Frame uint64 `json:"frame"`
	Facts []Seen `json:"facts,omitempty"`
	// Part counts earlier deliveries of this same session: a long session is
	// handed on in parts (same ID, counters and facts since the part before).
	Part int `json:"part,omitempty"`
}
