package device

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ward/wire/packet"
)

// Label is what a person says about a device. It wins over every other claim.
type Label struct {
	// Device is any ID the device has or had; Subject, where known, is how the
	// wire showed it then. Both find the device again when its ID has changed.
	Device  ID
	Subject Subject
	Field   Field
	Value   string
	Who     string // a person's name
	At      time.Time
	Reason  string
}

// ErrLabel says that a label cannot be used.
var ErrLabel = errors.New("device: this label cannot be used")

// labelled are the fields that a person may set.
var labelled = []Field{FieldManufacturer, FieldModel, FieldModelNumber, FieldKind, FieldOS, FieldVersion, FieldSerial,
	FieldHostname, FieldLocation, FieldDepartment, FieldTier, FieldAssetID, FieldOwner}

// Validate tells what is wrong with a label, and what to do.
func (l *Label) Validate() error {
	_, known := KindNamed(l.Value)
	_, tier := tierNamed(l.Value)
	switch {
	case !slices.Contains(labelled, l.Field):
		return fmt.Errorf("%w: %q is no field that a person sets", ErrLabel, l.Field)
	case strings.TrimSpace(l.Value) == "" || len(l.Value) > MaxAssetCell || clean(l.Value) != l.Value:
		return fmt.Errorf("%w: give a value of 1 to %d characters on one line", ErrLabel, MaxAssetCell)
	case l.Field == FieldKind && !known:
		return fmt.Errorf("%w: %q is no kind of device that Ward knows, choose one of the list", ErrLabel, l.Value)
	case l.Field == FieldTier && !tier:
		return fmt.Errorf("%w: %q is no tier, choose T0 to T4", ErrLabel, l.Value)
	}
	return nil
}

// Label adds a label; one that is not valid is left out. Of several labels for
// one field of a device the latest counts.
func (v *Inventory) Label(l Label) {
	if l.Validate() == nil {
		v.labels = append(v.labels, l)
	}
}

// label adds the claims of labels.
func (d *Device) label(labels []*Label) {
	for _, l := range labels {
		saw := "label"
		if l.Who != "" {
			saw += " by " + l.Who
		}
		if l.Reason != "" {
			saw += ": " + l.Reason
		}
		d.Claims = append(d.Claims, Claim{Field: l.Field, Value: l.Value, Confidence: Human, Seen: l.At.UTC(), Count: 1,
			Source: Source{Rule: RuleHuman, Saw: saw}})
	}
}

// labelled tells whether a person said this value.
func (v *Value) labelled() bool {
	return slices.ContainsFunc(v.Claims, func(c Claim) bool { return c.Source.Rule == RuleHuman })
}

// placeLabels gives the labels of each device, of each field the latest.
func (v *Inventory) placeLabels(r *resolution, g *gathering, j *joined) map[ID][]*Label {
	if len(v.labels) == 0 {
		return nil
	}
	p := newPlaces(v, r, g, j)
	out := map[ID][]*Label{}
	for i := range v.labels {
		l := &v.labels[i]
		id := p.find(l)
		if id == "" {
			continue
		}
		same := slices.IndexFunc(out[id], func(have *Label) bool { return have.Field == l.Field })
		switch {
		case same < 0:
			out[id] = append(out[id], l)
		case l.later(out[id][same]):
			out[id][same] = l
		}
	}
	return out
}

func (l *Label) later(o *Label) bool {
	if !l.At.Equal(o.At) {
		return l.At.After(o.At)
	}
	return l.Value > o.Value
}

// places finds devices by what they were called before.
type places struct {
	r     *resolution
	g     *gathering
	known map[ID]ID // IDs of records: where their device is now
	macs  map[packet.MAC]ID
	addrs map[netip.Addr]ID // empty: several devices have it
}

func newPlaces(v *Inventory, r *resolution, g *gathering, j *joined) *places {
	p := &places{r: r, g: g, known: map[ID]ID{}, macs: map[packet.MAC]ID{}, addrs: map[netip.Addr]ID{}}
	for id, row := range j.on {
		p.known[v.assets[row].id(map[ID]int{})] = id
	}
	for row, id := range j.alone {
		if id != "" {
			p.known[id] = id
			p.see(Subject{MAC: v.assets[row].MAC}, id)
		}
	}
	for i, id := range r.ids {
		if id != "" {
			p.see(v.sightings[i].Subject, id)
		}
	}
	return p
}

func (p *places) see(at Subject, id ID) {
	if have := p.macs[at.MAC]; !at.MAC.IsZero() && have != macID(at.MAC) && (have == "" || id < have || id == macID(at.MAC)) {
		p.macs[at.MAC] = id
	}
	if !at.Addr.IsValid() || linkLocal(at.Addr) {
		return
	}
	if have, seen := p.addrs[at.Addr]; seen && have != id {
		id = ""
	}
	p.addrs[at.Addr] = id
}

// find gives the device a label speaks of, empty for none: by its ID, by the
// record it was known by, by its MAC, by its address where one device has it.
func (p *places) find(l *Label) ID {
	if _, here := p.g.at[l.Device]; here {
		return l.Device
	}
	if id := p.known[l.Device]; id != "" {
		return id
	}
	at := l.Subject
	if s, ok := strings.CutPrefix(string(l.Device), "mac:"); ok && at.MAC.IsZero() {
		at.MAC, _ = packet.ParseMAC(s)
	}
	if s, ok := strings.CutPrefix(string(l.Device), "ip:"); ok && !at.Addr.IsValid() {
		at.Addr, _ = netip.ParseAddr(s)
	}
	if id := p.macs[at.MAC]; id != "" && !at.MAC.IsZero() {
		return id
	}
	return p.addrs[at.Addr]
}
