package device

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"ward/wire/packet"
)

// Devices gives every device with all its derived fields, sorted by ID.
func (v *Inventory) Devices() []*Device {
	r := v.resolve()
	found := map[ID]*folding{}
	for i, id := range r.ids {
		g := &v.sightings[i]
		if id != "" {
			fold(found, id).sighting(g)
		}
		if _, router := r.routers[g.MAC]; router && !g.MAC.IsVirtualRouter() {
			fold(found, macID(g.MAC)).span(g)
		}
	}
	v.exchanges(r, found)
	for m, why := range r.routers {
		if !m.IsVirtualRouter() {
			found[macID(m)].router(m, why)
		}
	}
	notes := v.addressNotes(r)
	for id, f := range found {
		f.finish(v, notes[id])
	}
	out := make([]*Device, 0, len(found))
	for _, id := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[id].d)
	}
	out = v.join(out, notes)
	for _, d := range out {
		v.name(d)
	}
	return out
}

// name adds the CPE names of software and operating system.
func (v *Inventory) name(d *Device) {
	if v.opts.SystemCPEs != nil && d.OS != "" {
		d.OSCPEs = v.opts.SystemCPEs(d.OS)
	}
	for i := range d.Software {
		if s := &d.Software[i]; v.opts.SoftwareCPE != nil && s.CPE == "" {
			s.CPE = v.opts.SoftwareCPE(s.Name, s.Version)
		}
	}
}

// folding is a Device while it is made.
type folding struct {
	d        *Device
	claims   map[claimKey]*Claim
	services map[serviceKey]Service
	peers    map[peerKey]Peer
}

func fold(found map[ID]*folding, id ID) *folding {
	f := found[id]
	if f == nil {
		f = &folding{d: &Device{ID: id, OnWire: true, Addresses: []netip.Addr{}}, claims: map[claimKey]*Claim{},
			services: map[serviceKey]Service{}, peers: map[peerKey]Peer{}}
		if s, ok := strings.CutPrefix(string(id), "mac:"); ok {
			f.d.MAC, _ = packet.ParseMAC(s)
		}
		found[id] = f
	}
	return f
}

func (f *folding) sighting(g *sighting) {
	d := f.d
	if g.Addr.IsValid() {
		d.Addresses = append(d.Addresses, g.Addr)
	}
	for _, c := range g.claims {
		addClaim(f.claims, *c)
	}
	d.Logins = append(d.Logins, g.logins...)
	f.span(g)
}

// span adds when and where the device was seen.
func (f *folding) span(g *sighting) {
	d := f.d
	d.VLANs = append(d.VLANs, g.vlans...)
	if first := utc(g.first); g.first != 0 && (d.First.IsZero() || first.Before(d.First)) {
		d.First = first
	}
	if last := utc(g.last); last.After(d.Last) {
		d.Last = last
	}
}

func (f *folding) router(m packet.MAC, why string) {
	c := Claim{Field: FieldRole, Value: "router", Confidence: Strong, Seen: f.d.First,
		Source: Source{Rule: "device.router", Saw: m.String() + " " + why}}
	addClaim(f.claims, c)
	c.Field, c.Value, c.Confidence = FieldKind, "router", Strong
	addClaim(f.claims, c)
}

// finish sorts what was gathered and derives the best values.
func (f *folding) finish(v *Inventory, notes []string) {
	d := f.d
	if v.opts.MAC != nil && !d.MAC.IsZero() {
		for _, c := range v.opts.MAC(d.MAC) {
			c.Seen = cmp.Or(c.Seen, d.First)
			addClaim(f.claims, c)
		}
	}
	slices.SortFunc(d.Addresses, netip.Addr.Compare)
	d.Addresses = slices.Compact(d.Addresses)
	slices.Sort(d.VLANs)
	d.VLANs = slices.Compact(d.VLANs)
	slices.SortFunc(d.Logins, compareLogins)
	d.Logins = slices.CompactFunc(d.Logins, sameLogin)
	f.shapes()
	f.serve()
	d.Claims = make([]Claim, 0, len(f.claims))
	for _, c := range f.claims {
		d.Claims = append(d.Claims, *c)
	}
	d.derive(notes, v.opts.SameMaker)
}

func compareLogins(a, b Login) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), flag(a.Cleartext, b.Cleartext), flag(a.Default, b.Default), flag(a.None, b.None),
		cmp.Compare(a.Input, b.Input), cmp.Compare(a.Frame, b.Frame))
}

func sameLogin(a, b Login) bool {
	return a.Service == b.Service && a.Cleartext == b.Cleartext && a.Default == b.Default && a.None == b.None
}

// flag orders true before false.
func flag(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
