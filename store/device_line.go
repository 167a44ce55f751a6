package store

import (
	"database/sql"
	"net/netip"
	"strings"

	"ward/asset/device"
)

// lineColumns are those of DeviceLine in the order of scanLine.
const lineColumns = `d.id, d.name, d.asset_id, d.manufacturer, d.model, d.version, d.kind, d.tier, d.os, d.serial, d.mac,
	d.addresses, d.location, d.department, d.owner, d.on_wire, d.first, d.last, d.conflicts, d.internet, d.cleartext,
	d.score, d.band, d.findings`

func scanLine(r *sql.Rows, l *DeviceLine) error {
	var onWire, internet, cleartext int64
	err := r.Scan(&l.ID, &l.Name, &l.AssetID, &l.Manufacturer, &l.Model, &l.Version, &l.Kind, &l.Tier, &l.OS, &l.Serial, &l.MAC,
		document{&l.Addresses}, &l.Location, &l.Department, &l.Owner, &onWire, stamp{&l.First}, stamp{&l.Last},
		&l.Conflicts, &internet, &cleartext, &l.Score, band(&l.Band), &l.Findings)
	l.OnWire, l.Internet, l.Cleartext = onWire != 0, internet != 0, cleartext != 0
	return err
}

// lineOf reads off a device what lists show.
func lineOf(d *device.Device) DeviceLine {
	l := DeviceLine{ID: d.ID, AssetID: clean(d.AssetID), Manufacturer: clean(d.Manufacturer), Model: clean(d.Model),
		Version: clean(d.Version), Kind: clean(d.Kind), Tier: d.Tier, OS: clean(d.OS), Serial: clean(d.Serial),
		Location: clean(d.Location), Department: clean(d.Department), Owner: clean(d.Owner), OnWire: d.OnWire,
		First: d.First, Last: d.Last, Conflicts: len(d.Conflicts), Addresses: []string{}}
	if !d.MAC.IsZero() {
		l.MAC = d.MAC.String()
	}
	for _, a := range d.Addresses {
		l.Addresses = append(l.Addresses, a.String())
	}
	for i := range d.Services {
		l.Cleartext = l.Cleartext || d.Services[i].Cleartext
	}
	for i := range d.Peers {
		l.Internet = l.Internet || d.Peers[i].Internet
	}
	l.Name = shortName(d, &l)
	return l
}

// shortName is the best short name: host name, else asset number, else address.
func shortName(d *device.Device, l *DeviceLine) string {
	switch {
	case d.Hostname != "":
		return clean(d.Hostname)
	case d.AssetID != "":
		return l.AssetID
	}
	for _, a := range d.Addresses {
		if usable(a) {
			return a.String()
		}
	}
	if l.MAC != "" {
		return l.MAC
	}
	return string(d.ID)
}

// usable tells whether an address names its owner beyond its own segment.
func usable(a netip.Addr) bool { return a.IsValid() && !a.IsLinkLocalUnicast() }

// maxSearch bounds what is searched of each field, in bytes, and maxSearched how
// many addresses are.
const (
	maxSearch   = 120
	maxSearched = 16
)

// search is the text that a list is searched in, lower case.
func (l *DeviceLine) search() string {
	parts := append([]string{l.Name, l.Manufacturer, l.Model, l.Serial, l.AssetID, l.MAC, l.Location, l.Department, l.Kind},
		l.Addresses[:min(len(l.Addresses), maxSearched)]...)
	for i, p := range parts {
		if len(p) > maxSearch {
			parts[i] = strings.ToValidUTF8(p[:maxSearch], "")
		}
	}
	return strings.ToLower(strings.Join(parts, "\n"))
}

// values are the columns of deviceColumns.
func (l *DeviceLine) values() []any {
	return []any{string(l.ID), l.Name, l.AssetID, l.Manufacturer, l.Model, l.Version, l.Kind, string(l.Tier), l.OS, l.Serial, l.MAC,
		asJSON(l.Addresses), l.Location, l.Department, l.Owner, bit(l.OnWire), micros(l.First), micros(l.Last),
		l.Conflicts, bit(l.Internet), bit(l.Cleartext), l.search()}
}

// deviceColumns are what PutDevices writes from a line.
const deviceColumns = `id, name, asset_id, manufacturer, model, version, kind, tier, os, serial, mac, addresses, location, department,
	owner, on_wire, first, last, conflicts, internet, cleartext, search`

// subjects are what claims may name the device by.
func (l *DeviceLine) subjects() []string {
	var out []string
	if l.MAC != "" {
		out = append(out, "mac:"+l.MAC)
	}
	if l.AssetID != "" {
		out = append(out, "asset:"+l.AssetID)
	}
	for _, a := range l.Addresses {
		if p, err := netip.ParseAddr(a); err == nil && usable(p) {
			out = append(out, "ip:"+a)
		}
	}
	return out
}
