package device

import (
	"net/netip"

	"ward/wire/packet"
	"ward/wire/session"
)

// Limits of one Inventory. Above MaxSightings and MaxEdges new entries are
// counted, not kept, and Warnings says so.
const (
	MaxSightings = 1 << 18 // (MAC, address) pairs
	MaxEdges     = 1 << 19 // (who, whom, service, port)
	MaxClaims    = 256     // different claims of one sighting
	MaxLogins    = 64      // different logins of one sighting
	MaxVLANs     = 64      // VLANs of one sighting
	MaxPeers     = 1000    // peers shown with one Device
)

// Options are what an Inventory must know beforehand.
type Options struct {
	// Inputs are the names of the inputs, by Session.Input.
	Inputs []string
	// Networks are the site's own public prefixes: their addresses are devices,
	// all other public addresses are the internet.
	Networks []netip.Prefix
	// MAC gives the claims that follow from a MAC alone (the IEEE registry).
	MAC func(packet.MAC) []Claim
	// Model gives the claims that follow from the model text of a maintenance
	// record: its maker and kind, where the name is known.
	Model func(text string) []Claim
	// SoftwareCPE and SystemCPEs give the CPE 2.3 names of a product and of an
	// operating system, where they are certain.
	SoftwareCPE func(name, version string) string
	SystemCPEs  func(os string) []string
	// SameMaker tells whether two names are one maker's, so that a record's
	// spelling is no conflict.
	SameMaker func(a, b string) bool
}

// Inventory folds Sessions and the Claims read from them. The fold commutes:
// Devices gives the same answer for any order of sessions.
type Inventory struct {
	opts      Options
	index     map[Subject]int32
	sightings []sighting
	edges     map[edgeKey]*edge
	assets    []Asset
	labels    []Label

	lostSightings, lostEdges int
}

// sighting is everything seen of one (MAC, address) pair.
type sighting struct {
	Subject
	group      bool        // multicast, broadcast: nobody's own address
	sent       bool        // it sent at least one packet
	bound      BindingKind // local evidence that the address is the MAC's
	hopNear    bool        // a TTL that no router has lowered
	hopFar     bool        // a TTL that some router has lowered
	farPrivate bool        // a public address that talked with a private one
	first      int64       // nanoseconds since 1970, 0 = never in a session
	last       int64
	vlans      []uint16
	claims     claimSet
	logins     []Login
}

// NewInventory gives an empty Inventory.
func NewInventory(o Options) *Inventory {
	return &Inventory{opts: o, index: map[Subject]int32{}, edges: map[edgeKey]*edge{}}
}

// Session adds one session and what the rules read out of it (nil: nothing).
func (v *Inventory) Session(s *session.Session, o *Observation) {
	if shared := sharedMAC(s); !shared.IsZero() {
		alone := *s
		alone.Orig.MAC, alone.Resp.MAC = packet.MAC{}, packet.MAC{}
		v.session(&alone, o, shared)
		return
	}
	v.session(s, o, packet.MAC{})
}

// sharedMAC gives the MAC that stands at both ends of a session: a loopback or
// a made-up capture, where it tells nobody apart.
func sharedMAC(s *session.Session) packet.MAC {
	if s.Orig.MAC == s.Resp.MAC && s.Orig.Addr != s.Resp.Addr && s.Orig.Addr.IsValid() && s.Resp.Addr.IsValid() {
		return s.Orig.MAC
	}
	return packet.MAC{}
}

// session adds one session; claims about the shared MAC go by address.
func (v *Inventory) session(s *session.Session, o *Observation, shared packet.MAC) {
	orig, resp := v.endpoint(s, &s.Orig, &s.Resp), v.endpoint(s, &s.Resp, &s.Orig)
	if orig >= 0 && resp >= 0 {
		v.exchange(s, orig, resp)
	}
	if o == nil {
		return
	}
	for i := range o.Bindings {
		v.bind(&o.Bindings[i])
	}
	for i := range o.Claims {
		v.state(s, o.Claims[i].Subject.without(shared), &o.Claims[i].Claim)
	}
	for i := range o.Logins {
		v.login(s, o.Logins[i].Subject.without(shared), o.Logins[i].Login)
	}
}

// endpoint updates the sighting of one end and gives its index, -1 for none.
func (v *Inventory) endpoint(s *session.Session, e, other *session.Endpoint) int32 {
	i := v.sight(Of(e))
	if i < 0 {
		return -1
	}
	g := &v.sightings[i]
	first, last := nanos(s.Start), nanos(s.Last)
	if first != 0 && (g.first == 0 || first < g.first) {
		g.first = first
	}
	g.last = max(g.last, last, first)
	if e.Packets > 0 {
		g.sent = true
		switch hop(e.TTL) {
		case hopNear:
			g.hopNear = true
		case hopFar:
			g.hopFar = true
		}
	}
	if !g.farPrivate && public(e.Addr) && other.Addr.IsValid() && !public(other.Addr) && !isGroup(other) {
		g.farPrivate = true
	}
	if s.VLAN != 0 {
		g.vlan(s.VLAN)
	}
	return i
}

// sight finds or makes the sighting of a subject; -1 if it names nobody.
func (v *Inventory) sight(at Subject) int32 {
	group := at.MAC.IsGroup() || groupAddr(at.Addr)
	if at.MAC.IsGroup() {
		at.MAC = packet.MAC{}
	}
	if at.Addr.IsValid() && at.Addr.IsUnspecified() {
		at.Addr = netip.Addr{}
	}
	if at == (Subject{}) {
		return -1
	}
	if i, ok := v.index[at]; ok {
		if group {
			v.sightings[i].group = true
		}
		return i
	}
	if len(v.sightings) >= MaxSightings {
		v.lostSightings++
		return -1
	}
	i := int32(len(v.sightings))
	v.sightings = append(v.sightings, sighting{Subject: at, group: group})
	v.index[at] = i
	return i
}

func (v *Inventory) bind(b *Binding) {
	if b.MAC.IsGroup() || b.MAC.IsZero() || !b.Addr.IsValid() || groupAddr(b.Addr) || b.Addr.IsUnspecified() {
		return
	}
	i := v.sight(Subject{b.MAC, b.Addr})
	if i < 0 {
		return
	}
	g := &v.sightings[i]
	g.bound |= b.Kind
	if n := nanos(b.Seen); n != 0 {
		if g.first == 0 || n < g.first {
			g.first = n
		}
		g.last = max(g.last, n)
	}
}

func (v *Inventory) login(s *session.Session, at Subject, l Login) {
	i := v.sight(at)
	if i < 0 {
		return
	}
	l.Input = v.input(s.Input)
	v.sightings[i].login(l)
}

func (v *Inventory) input(n int) string {
	if n >= 0 && n < len(v.opts.Inputs) {
		return v.opts.Inputs[n]
	}
	return ""
}

// Lost tells how many sightings and exchanges were beyond the limits.
func (v *Inventory) Lost() (sightings, exchanges int) { return v.lostSightings, v.lostEdges }
