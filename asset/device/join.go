package device

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ward/wire/packet"
)

// Join adds the rows of a maintenance system. They are matched in Devices: by
// serial, MAC, host name, address, in that order and only where one row fits
// one device. The other rows become devices of their own.
func (v *Inventory) Join(assets []Asset) { v.assets = append(v.assets, assets...) }

// joinKeys are the ways to match, best first.
var joinKeys = [...]struct {
	word  string
	asset func(*Asset) []string
	on    func(*party) []string
}{
	{"serial", func(a *Asset) []string { return one(serialKey(a.Values[FieldSerial])) },
		func(d *party) []string { return d.serials }},
	{"MAC", func(a *Asset) []string {
		if a.MAC.IsZero() {
			return nil
		}
		return one(a.MAC.String())
	}, func(d *party) []string {
		if d.MAC.IsZero() {
			return nil
		}
		return one(d.MAC.String())
	}},
	{hostName, func(a *Asset) []string { return one(hostKey(a.Values[FieldHostname])) },
		func(d *party) []string { return d.hosts }},
	{"address", func(a *Asset) []string { return texts(a.Addrs) }, func(d *party) []string { return texts(d.Addresses) }},
}

// hostName is the weakest key after the address: any device may call itself so.
const hostName = "host name"

// elsewhere tells whether an address of the record is live on another device.
func elsewhere(a *Asset, d *party, live map[netip.Addr]*party) bool {
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

// party is what of a device on the wire the rows are matched by.
type party struct {
	ID             ID
	MAC            packet.MAC
	Addresses      []netip.Addr
	serials, hosts []string
}

// partyOf takes the keys off a device whose claims are gathered.
func partyOf(f *folding) *party {
	p := &party{ID: f.d.ID, MAC: f.d.MAC, Addresses: f.d.Addresses}
	for _, c := range f.claims {
		switch c.Field {
		case FieldSerial:
			p.serials = with(p.serials, serialKey(c.Value))
		case FieldHostname:
			p.hosts = with(p.hosts, hostKey(c.Value))
		}
	}
	return p
}

func with(list []string, key string) []string {
	if key == "" || slices.Contains(list, key) {
		return list
	}
	return append(list, key)
}

// joined says where the rows belong.
type joined struct {
	why    []string   // by row: what matched it, or why nothing did
	on     map[ID]int // device on the wire: its row
	alone  []ID       // by row: the ID of a device that the wire has not shown
	sorted []int      // the rows that stand alone, by ID
}

// join matches all rows with the devices on the wire.
func (v *Inventory) join(devices []*party) *joined {
	slices.SortStableFunc(v.assets, compareAssets)
	found, taken := make([]*party, len(v.assets)), map[*party]int{}
	j := &joined{why: make([]string, len(v.assets)), on: map[ID]int{}, alone: make([]ID, len(v.assets))}
	live := map[netip.Addr]*party{}
	for _, d := range devices {
		for _, a := range d.Addresses {
			live[a] = d
		}
	}
	for _, key := range joinKeys {
		byDevice, byAsset := map[string][]*party{}, map[string]int{}
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
			if found[i] == nil {
				found[i], j.why[i] = v.match(i, key.word, key.asset(&v.assets[i]), byDevice, byAsset, taken, j.why[i])
				if key.word == hostName && found[i] != nil && elsewhere(&v.assets[i], found[i], live) {
					j.why[i] = fmt.Sprintf("%s calls itself %s, but the record's address is in use by another device: not joined, look who is who",
						found[i].ID, v.assets[i].Values[FieldHostname])
					delete(taken, found[i])
					found[i] = nil
				}
			}
		}
	}
	j.name(v.assets, found)
	return j
}

// name gives the rows that no device has IDs of their own.
func (j *joined) name(assets []Asset, found []*party) {
	used := map[ID]int{}
	for i := range assets {
		if found[i] != nil {
			j.on[found[i].ID] = i
			continue
		}
		j.alone[i] = assets[i].id(used)
		j.sorted = append(j.sorted, i)
	}
	slices.SortFunc(j.sorted, func(a, b int) int { return strings.Compare(string(j.alone[a]), string(j.alone[b])) })
}

// match finds the one device of an asset by one key; or says why there is none.
func (v *Inventory) match(i int, word string, keys []string, byDevice map[string][]*party, byAsset map[string]int,
	taken map[*party]int, before string) (*party, string) {
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

// record adds the claims of row i to its device on the wire.
func (v *Inventory) record(d *Device, i int, why string, notes []string) {
	v.describe(d, i, why, append(slices.Clone(notes), v.assets[i].differs(d)...))
}

// unseen makes the device of a row that the wire has not shown; why not may be
// empty.
func (v *Inventory) unseen(id ID, i int, why string, labels []*Label) *Device {
	a := &v.assets[i]
	d := &Device{ID: id, MAC: a.MAC, Addresses: append([]netip.Addr{}, a.Addrs...), Software: []Software{}, Services: []Service{}, Peers: []Peer{}}
	d.label(labels)
	v.describe(d, i, "", one(why))
	return d
}

func (v *Inventory) describe(d *Device, i int, matchedBy string, notes []string) {
	a := &v.assets[i]
	d.Claims = append(d.Claims, a.claims(matchedBy)...)
	if model := a.Values[FieldModel]; model != "" && v.opts.Model != nil {
		for _, c := range v.opts.Model(model) {
			c.Source.Rule, c.Source.Input, c.Source.Line, c.Count = RuleCMMSModel, a.File, uint64(a.Line), 1
			d.Claims = append(d.Claims, c)
		}
	}
	d.Extra = a.Extra
	d.derive(notes, v.opts.SameMaker)
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
