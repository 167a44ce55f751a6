package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ward/asset/device"
)

// matter is the fingerprint of what matters to matching and risk: the device
// without counters, times and places of evidence.
func matter(d *device.Device) []byte {
	m := *d
	m.First, m.Last = time.Time{}, time.Time{}
	m.Claims = nil
	m.Services = slices.Clone(d.Services)
	for i := range m.Services {
		s := &m.Services[i]
		s.Sessions, s.First, s.Last, s.Frame, s.Input = 0, time.Time{}, time.Time{}, 0, ""
	}
	m.Peers = slices.Clone(d.Peers)
	for i := range m.Peers {
		m.Peers[i].Sessions, m.Peers[i].Bytes = 0, 0
	}
	m.Logins = slices.Clone(d.Logins)
	for i := range m.Logins {
		m.Logins[i].Frame, m.Logins[i].Input = 0, ""
	}
	claims := make([]string, 0, len(d.Claims))
	for _, c := range d.Claims {
		claims = append(claims, fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%g", c.Field, c.Name, c.Value, c.Source.Rule, c.Confidence))
	}
	slices.Sort(claims)
	claims = slices.Compact(claims)
	return fingerprint([]byte(asJSON(struct {
		D device.Device
		C []string
	}{m, claims})))
}

// differences says in words what changed between two states of a device.
func differences(a, b *device.Device) string {
	var out []string
	for _, f := range []struct{ name, a, b string }{
		{"name", a.Hostname, b.Hostname}, {"manufacturer", a.Manufacturer, b.Manufacturer}, {"model", a.Model, b.Model},
		{"version", a.Version, b.Version}, {"kind", a.Kind, b.Kind}, {"tier", string(a.Tier), string(b.Tier)}, {"system", a.OS, b.OS},
		{"serial number", a.Serial, b.Serial}, {"asset number", a.AssetID, b.AssetID}, {"location", a.Location, b.Location},
		{"department", a.Department, b.Department}, {"owner", a.Owner, b.Owner},
		{"addresses", fmt.Sprint(a.Addresses), fmt.Sprint(b.Addresses)},
	} {
		switch {
		case f.a == f.b:
		case f.a == "":
			out = append(out, f.name+" "+f.b)
		case f.b == "":
			out = append(out, f.name+" no longer known, was "+f.a)
		default:
			out = append(out, f.name+" "+f.b+", was "+f.a)
		}
	}
	for _, n := range []struct {
		name string
		a, b int
	}{{"programs", len(a.Software), len(b.Software)}, {"services", len(a.Services), len(b.Services)},
		{"peers", len(a.Peers) + a.MorePeers, len(b.Peers) + b.MorePeers}, {"contradictions", len(a.Conflicts), len(b.Conflicts)}} {
		if n.a != n.b {
			out = append(out, fmt.Sprintf("%d %s, were %d", n.b, n.name, n.a))
		}
	}
	if len(out) == 0 {
		return "details of services, peers or evidence"
	}
	return clean(strings.Join(out, "; "))
}

// describe names a device in a line of the history.
func describe(d *device.Device) string {
	words := strings.TrimSpace(d.Manufacturer + " " + d.Model)
	if words == "" {
		words = d.Kind
	}
	if words == "" {
		return clean(string(d.ID))
	}
	return clean(words + ", " + string(d.ID))
}
