package device

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"ward/wire/packet"
)

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
	claims   claimSet
	services map[serviceKey]Service
	peers    map[peerKey]Peer
}

func newFolding(id ID) *folding {
	f := &folding{d: &Device{ID: id, OnWire: true, Addresses: []netip.Addr{}},
		services: map[serviceKey]Service{}, peers: map[peerKey]Peer{}}
	if s, ok := strings.CutPrefix(string(id), "mac:"); ok {
		f.d.MAC, _ = packet.ParseMAC(s)
	}
	return f
}

func (f *folding) sighting(g *sighting) {
	d := f.d
	if g.Addr.IsValid() {
		d.Addresses = append(d.Addresses, g.Addr)
	}
	for _, c := range g.claims {
		f.claims.add(*c)
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
	f.claims.add(c)
	c.Field, c.Value, c.Confidence = FieldKind, "router", Strong
	f.claims.add(c)
}

// gathered adds what the MAC says and sorts what the sightings gave.
func (f *folding) gathered(v *Inventory) {
	d := f.d
	if v.opts.MAC != nil && !d.MAC.IsZero() {
		for _, c := range v.opts.MAC(d.MAC) {
			c.Seen = cmp.Or(c.Seen, d.First)
			f.claims.add(c)
		}
	}
	slices.SortFunc(d.Addresses, netip.Addr.Compare)
	d.Addresses = slices.Compact(d.Addresses)
	slices.Sort(d.VLANs)
	d.VLANs = slices.Compact(d.VLANs)
	slices.SortFunc(d.Logins, compareLogins)
	d.Logins = slices.CompactFunc(d.Logins, sameLogin)
}

// finish derives the best values from all claims and the labels.
func (f *folding) finish(v *Inventory, notes []string, labels []*Label) {
	d := f.d
	f.shapes()
	f.serve()
	d.Claims = make([]Claim, 0, len(f.claims))
	for _, c := range f.claims {
		d.Claims = append(d.Claims, *c)
	}
	d.label(labels)
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
