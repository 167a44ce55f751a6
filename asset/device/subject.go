package device

import (
	"net/netip"
	"time"

	"ward/wire/packet"
	"ward/wire/session"
)

// Subject names the party that a Claim is about by what the wire shows: a MAC,
// an address, or both. Which Device that is gets decided in Inventory.Devices,
// when everything was seen.
type Subject struct {
	MAC  packet.MAC
	Addr netip.Addr
}

// Of gives the Subject that stands at one end of a session.
func Of(e *session.Endpoint) Subject { return Subject{MAC: e.MAC, Addr: e.Addr} }

// without drops a MAC that tells nobody apart, where an address is known.
func (s Subject) without(shared packet.MAC) Subject {
	if s.MAC == shared && s.Addr.IsValid() {
		s.MAC = packet.MAC{}
	}
	return s
}

// Statement is a Claim with its Subject.
type Statement struct {
	Subject Subject
	Claim   Claim
}

// BindingKind says how sure it is that an address belongs to a MAC.
type BindingKind uint8

const (
	BindARP  BindingKind = 1 << iota // the owner said so: ARP (RFC 826) or Neighbor Discovery (RFC 4861)
	BindDHCP                         // another party says so: a DHCP server, a neighbour protocol
)

// Binding is local evidence that a MAC owns an address. An IP packet alone is
// none: behind a router every packet carries the router's MAC.
type Binding struct {
	MAC  packet.MAC
	Addr netip.Addr
	Kind BindingKind
	Seen time.Time
}

// PartyLogin is a Login at the Subject that was logged in to.
type PartyLogin struct {
	Subject Subject
	Login   Login
}

// Observation is what the rules read out of one Session. It may be reused:
// Inventory.Session copies what it keeps.
type Observation struct {
	Claims   []Statement
	Bindings []Binding
	Logins   []PartyLogin
}

// Reset empties o and keeps its memory.
func (o *Observation) Reset() {
	o.Claims, o.Bindings, o.Logins = o.Claims[:0], o.Bindings[:0], o.Logins[:0]
}
