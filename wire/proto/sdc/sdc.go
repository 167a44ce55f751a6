// Package sdc turns WS-Discovery messages (OASIS WS-DD 1.1, SOAP over UDP 3702)
// into facts: medical devices of IEEE 11073 SDC (20701, 20702), and the cameras,
// printers and computers that speak the same discovery.
//
// It keeps the stable endpoint reference, the types, host and port of the
// transport addresses, and of the scopes only the SDC provider mark and the
// ONVIF hardware and name. Location scopes name wards and beds and are dropped.
// The SDC data channel is HTTP or TLS and is read by those codecs.
package sdc

import (
	"bytes"

	"ward/wire/proto"
)

// Name is the service name of all WS-Discovery sessions; the types tell whether
// the device is a medical one.
const Name = "sdc"

// Kind is the message that showed an endpoint.
type Kind string

const (
	Hello        Kind = "hello"
	Bye          Kind = "bye"
	Probe        Kind = "probe"
	ProbeMatch   Kind = "probe_match"
	Resolve      Kind = "resolve"
	ResolveMatch Kind = "resolve_match"
)

// Discovery is one endpoint as a message describes it. In hello, bye and the
// matches it is the sender's own (or, from a discovery proxy, another's); in probe
// and resolve it is what the sender looks for. Each distinct one is emitted once.
type Discovery struct {
	Message Kind `json:"message" keep:"closed set"`
	// Endpoint is the endpoint reference's address, as a rule "urn:uuid:...",
	// which stays the same over restarts.
	Endpoint string `json:"endpoint,omitempty" keep:"number of a device"`
	// Types are names with their namespace resolved: MedicalDevice and Device as
	// such, all others with the namespace's short name before ("onvif:NetworkVideoTransmitter").
	Types           []string  `json:"types,omitempty" keep:"names of device types, strict form"`
	Addresses       []Address `json:"addresses,omitempty"`
	MetadataVersion uint32    `json:"metadata_version,omitempty"`
	// Provider says that the scope of an SDC service provider is there.
	Provider bool `json:"provider,omitempty"`
	// Hardware and Label are the ONVIF scopes hardware and name.
	Hardware string `json:"hardware,omitempty" keep:"camera model"`
	Label    string `json:"label,omitempty" keep:"name of a camera"`
	// Proxy says that the endpoint is a discovery proxy.
	Proxy bool `json:"proxy,omitempty"`
}

// Service implements proto.Fact.
func (Discovery) Service() string { return Name }

// Address is where a service listens, without its path.
type Address struct {
	Scheme string `json:"scheme" keep:"http or https"`
	Host   string `json:"host" keep:"address or name of a device"`
	Port   uint16 `json:"port,omitempty"`
}

// Codec recognises WS-Discovery datagrams.
var Codec = proto.Codec{
	Name:     Name,
	Datagram: match,
	New:      func() proto.Parser { return &parser{} },
	Facts:    []proto.Fact{Discovery{}},
}

// Namespaces of WS-Discovery 1.1 and of its draft, which Windows and ONVIF use.
const (
	nsDiscovery = "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"
	nsDraft     = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
)

// maxPreamble is how far the namespace declarations may reach.
const maxPreamble = 2 << 10

func match(b []byte, _ proto.Ports) proto.Match {
	b = bytes.TrimLeft(b[:min(len(b), maxPreamble)], "\xef\xbb\xbf \t\r\n")
	if len(b) == 0 || b[0] != '<' || !bytes.Contains(b, []byte("Envelope")) {
		return proto.No
	}
	if bytes.Contains(b, []byte(nsDiscovery)) || bytes.Contains(b, []byte(nsDraft)) {
		return proto.Yes
	}
	return proto.No
}
