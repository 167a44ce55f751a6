package device

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Join adds the rows of a maintenance system. They are matched in Devices: by
// serial, MAC, host name, address, in that order and only where one row fits
// one device. The other rows become devices of their own.
func (v *Inventory) Join(assets []Asset) { v.assets = append(v.assets, assets...) }

// joinKeys are the ways to match, best first.
var joinKeys = [...]struct {
	word  string
	asset func(*Asset) []string
	on    func(*Device) []string
}{
	{"serial", func(a *Asset) []string { return one(serialKey(a.Values[FieldSerial])) },
		func(d *Device) []string { return all(d, FieldSerial, serialKey) }},
	{"MAC", func(a *Asset) []string {
		if a.MAC.IsZero() {
			return nil
		}
		return one(a.MAC.String())
	}, func(d *Device) []string {
		if d.MAC.IsZero() {
			return nil
		}
		return one(d.MAC.String())
	}},
	{hostName, func(a *Asset) []string { return one(hostKey(a.Values[FieldHostname])) },
		func(d *Device) []string { return all(d, FieldHostname, hostKey) }},
	{"address", func(a *Asset) []string { return texts(a.Addrs) }, func(d *Device) []string { return texts(d.Addresses) }},
}

// hostName is the weakest key after the address: any device may call itself so.
const hostName = "host name"

// elsewhere tells whether an address of the record is live on another device.
func elsewhere(a *Asset, d *Device, live map[netip.Addr]*Device) bool {
	return slices.ContainsFunc(a.Addrs, func(addr netip.Addr) bool { return live[addr] != nil && live[addr] != d })
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func texts(addrs []netip.Addr) []string {
	out := make([]string, len(addrs))
	for i, a := range addrs {
		out[i] = a.String()
	}
	return out
}

func all(d *Device, f Field, key func(string) string) []string {
	var out []string
	for _, c := range d.Claims {
		if k := key(c.Value); c.Field == f && k != "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// serialKey ignores the way a serial is written; short ones fit by chance.
func serialKey(s string) string {
	if s = squeeze(s); len(s) < 4 || strings.Trim(s, "0") == "" {
		return ""
	}
	return strings.TrimLeft(s, "0")
}

func hostKey(s string) string {
	s, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(s)), ".")
	return s
}

// join matches all assets with the devices and adds the rest.
func (v *Inventory) join(devices []*Device, notes map[ID][]string) []*Device {
	if len(v.assets) == 0 {
		return devices
	}
	joined, taken := make([]*Device, len(v.assets)), map[*Device]int{}
	why := make([]string, len(v.assets))
	live := map[netip.Addr]*Device{}
	for _, d := range devices {
		for _, a := range d.Addresses {
			live[a] = d
		}
	}
	for _, key := range joinKeys {
		byDevice, byAsset := map[string][]*Device{}, map[string]int{}
		for _, d := range devices {
			for _, k := range key.on(d) {
				byDevice[k] = append(byDevice[k], d)
			}
		}
		for i := range v.assets {
			for _, k := range key.asset(&v.assets[i]) {
				byAsset[k]++
			}
		}
		for i := range v.assets {
			if joined[i] == nil {
				joined[i], why[i] = v.match(i, key.word, key.asset(&v.assets[i]), byDevice, byAsset, taken, why[i])
				if key.word == hostName && joined[i] != nil && elsewhere(&v.assets[i], joined[i], live) {
					why[i] = fmt.Sprintf("%s calls itself %s, but the record's address is in use by another device: not joined, look who is who",
						joined[i].ID, v.assets[i].Values[FieldHostname])
					delete(taken, joined[i])
					joined[i] = nil
				}
			}
		}
	}
	return v.record(devices, joined, why, notes)
}

// match finds the one device of an asset by one key; or says why there is none.
func (v *Inventory) match(i int, word string, keys []string, byDevice map[string][]*Device, byAsset map[string]int,
	taken map[*Device]int, before string) (*Device, string) {
	for _, k := range keys {
		found := byDevice[k]
		switch {
		case len(found) == 0:
		case len(found) > 1:
			before = fmt.Sprintf("%s %s of the record fits %d devices on the wire: not joined", word, k, len(found))
		case byAsset[k] > 1:
			before = fmt.Sprintf("%s %s stands in %d records: not joined", word, k, byAsset[k])
		default:
			if other, ok := taken[found[0]]; ok && other != i {
				before = fmt.Sprintf("%s %s fits a device that another record (line %d) describes", word, k, v.assets[other].Line)
				continue
			}
			taken[found[0]] = i
			return found[0], word
		}
	}
	return nil, before
}

// record adds the claims of every asset to its device, or makes one for it.
func (v *Inventory) record(devices, joined []*Device, why []string, notes map[ID][]string) []*Device {
	used := map[ID]int{}
	for i := range v.assets {
		a := &v.assets[i]
		d, text := joined[i], why[i]
		var more []string
		if d == nil {
			d = &Device{ID: a.id(used), MAC: a.MAC, Addresses: append([]netip.Addr{}, a.Addrs...), Software: []Software{}, Services: []Service{}, Peers: []Peer{}}
			devices = append(devices, d)
			more, text = one(text), ""
		} else {
			more = append(slices.Clone(notes[d.ID]), a.differs(d)...)
		}
		d.Claims = append(d.Claims, a.claims(text)...)
		if model := a.Values[FieldModel]; model != "" && v.opts.Model != nil {
			for _, c := range v.opts.Model(model) {
				c.Source.Rule, c.Source.Input, c.Source.Line, c.Count = RuleCMMSModel, a.File, uint64(a.Line), 1
				d.Claims = append(d.Claims, c)
			}
		}
		d.Extra = a.Extra
		d.derive(more, v.opts.SameMaker)
	}
	slices.SortFunc(devices, func(x, y *Device) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return devices
}

// id names a device that the wire has not shown.
func (a *Asset) id(used map[ID]int) ID {
	id := ID("asset:" + a.Values[FieldAssetID])
	if id == "asset:" {
		id = ID(fmt.Sprintf("asset:%s:%d", a.File, a.Line))
	}
	used[id]++
	if n := used[id]; n > 1 {
		id = ID(fmt.Sprintf("%s#%d", id, n))
	}
	return id
}

// claims turns the row into claims of full weight: a person wrote it.
func (a *Asset) claims(matchedBy string) []Claim {
	var out []Claim
	add := func(f Field, value string) {
		saw := "maintenance record"
		if matchedBy != "" {
			saw += ", joined by " + matchedBy
		}
		out = append(out, Claim{Field: f, Value: value, Confidence: Human, Count: 1,
			Source: Source{Rule: RuleCMMS, Input: a.File, Line: uint64(a.Line), Saw: saw}})
	}
	for f, value := range a.Values {
		switch f {
		case FieldKind:
			if k, ok := KindFromWords(value); ok {
				value = k.Name
			} else {
				continue // kept in Extra by the reader of the row
			}
		case FieldTier:
			t, ok := tierNamed(value)
			if !ok {
				continue
			}
			value = string(t)
		}
		add(f, value)
	}
	return out
}

// differs says where the record's MAC or addresses are not those on the wire.
func (a *Asset) differs(d *Device) []string {
	var out []string
	if !a.MAC.IsZero() && !d.MAC.IsZero() && a.MAC != d.MAC {
		out = append(out, fmt.Sprintf("CMMS says MAC %s, the wire says %s (%s line %d)", a.MAC, d.MAC, a.File, a.Line))
	}
	if len(a.Addrs) > 0 && len(d.Addresses) > 0 &&
		!slices.ContainsFunc(a.Addrs, func(x netip.Addr) bool { return slices.Contains(d.Addresses, x) }) {
		out = append(out, fmt.Sprintf("CMMS says address %s, the wire says %s (%s line %d)",
			strings.Join(texts(a.Addrs), " "), strings.Join(texts(d.Addresses), " "), a.File, a.Line))
	}
	return out
}

// Recorded tells whether a maintenance record speaks of the device.
func (d *Device) Recorded() bool {
	return slices.ContainsFunc(d.Claims, func(c Claim) bool { return c.Source.Rule == RuleCMMS })
}
