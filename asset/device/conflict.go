package device

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// newest is the last time a claim of the value was first made.
func (v *Value) newest() time.Time {
	var t time.Time
	for _, c := range v.Claims {
		if c.Seen.After(t) {
			t = c.Seen
		}
	}
	return t
}

// fromRecord tells claims of a maintenance system or a person.
func fromRecord(c *Claim) bool {
	return c.Source.Rule == RuleCMMS || c.Source.Rule == RuleCMMSModel || c.Source.Rule == RuleHuman
}

// Rules of claims that do not come from the wire.
const (
	RuleCMMS      = "cmms"
	RuleCMMSModel = "cmms.model" // follows from the model that the record names
	RuleHuman     = "human"
)

// comparable fields: those where a record and the wire may disagree, with the
// word that the warning uses.
var disagreeing = [...]struct {
	field Field
	word  string
}{
	{FieldManufacturer, ""}, {FieldModel, ""}, {FieldKind, ""}, {FieldOS, ""}, {FieldVersion, "version "},
	{FieldSerial, "serial "}, {FieldHostname, "host name "},
}

// disagree fills Conflicts and Warnings from the claims.
func (d *Device) disagree(same sameMaker) {
	several := d.rank(FieldBehind)
	if len(several) > 1 {
		names := make([]string, len(several))
		for i, v := range several {
			names[i] = v.Text
		}
		slices.Sort(names)
		d.Warnings = append(d.Warnings, fmt.Sprintf("%d devices behind one address: %s", len(names), strings.Join(names, ", ")))
	}
	for _, f := range disagreeing {
		ranked := d.rank(f.field)
		if len(ranked) < 2 {
			continue
		}
		d.recordAgainstWire(f.field, f.word, ranked, same)
		if len(several) < 2 {
			d.wireAgainstWire(f.field, ranked, same)
		}
	}
}

// recordAgainstWire warns where the best value of the wire differs from the
// record, whatever the wire's weight is as long as it is shown at all.
func (d *Device) recordAgainstWire(f Field, word string, ranked []Value, same sameMaker) {
	var record, wire *Claim
	var sure float64
	for i := range ranked {
		for j := range ranked[i].Claims {
			c := &ranked[i].Claims[j]
			if fromRecord(c) {
				if record == nil && c.Source.Rule != RuleCMMSModel {
					record = c
				}
			} else if wire == nil && !(f == FieldKind && coarse[c.Value]) {
				wire, sure = c, ranked[i].Sure
			}
		}
	}
	shown := Probably
	if f == FieldKind {
		shown = Sure // one hint at a class says nothing against a record
	}
	if record == nil || wire == nil || sure < shown || same.agree(f, record.Value, wire.Value) {
		return
	}
	who := "CMMS"
	if record.Source.Rule == RuleHuman {
		who = "the label"
	}
	settled := record.Source.Rule == RuleHuman // a person knows of it
	text := fmt.Sprintf("%s says %s%s, the wire says %s%s", who, word, say(f, record.Value), word, say(f, wire.Value))
	if !settled {
		d.Conflicts = append(d.Conflicts, Conflict{Field: f, Values: []string{record.Value, wire.Value}, Text: text})
	}
	d.Warnings = append(d.Warnings, fmt.Sprintf("%s (%s; %s)", text, record.Source, wire.Source))
}

// wireAgainstWire notes two values that both stand above the threshold.
func (d *Device) wireAgainstWire(f Field, ranked []Value, same sameMaker) {
	var values []string
	if ranked[0].labelled() {
		return // a person has said which it is
	}
	for _, v := range ranked {
		if v.Sure < Sure || slices.ContainsFunc(v.Claims, func(c Claim) bool { return fromRecord(&c) }) {
			continue
		}
		if f == FieldKind && coarse[v.Text] {
			continue
		}
		if !slices.ContainsFunc(values, func(have string) bool { return same.agree(f, have, v.Text) }) {
			values = append(values, v.Text)
		}
	}
	if len(values) < 2 || f == FieldVersion || f == FieldHostname {
		return
	}
	slices.Sort(values)
	said := make([]string, len(values))
	for i, v := range values {
		said[i] = say(f, v)
	}
	text := fmt.Sprintf("the wire says %s", strings.Join(said, " and "))
	if f == FieldKind || f == FieldSerial || f == FieldModel {
		text += ": perhaps several devices behind one address"
	}
	d.Conflicts = append(d.Conflicts, Conflict{Field: f, Values: values, Text: text})
	d.Warnings = append(d.Warnings, text)
}

// coarse kinds tell what a device does on the network; a device of another kind
// may do it too.
var coarse = map[string]bool{"server": true, "infrastructure": true, "network_gear": true, "router": true, "database": true,
	"storage": true, "workstation": true, "domain_controller": true, "iot": true, "mobile": true, "device_gateway": true}

func say(f Field, value string) string {
	if f == FieldKind {
		if k, ok := KindNamed(value); ok {
			return k.Label
		}
	}
	return value
}

// sameMaker tells whether two names are one maker's: "Phillips" and "Philips
// Healthcare". It may be nil.
type sameMaker func(a, b string) bool

// agree is agree with the makers' aliases.
func (same sameMaker) agree(f Field, a, b string) bool {
	return agree(f, a, b) || f == FieldManufacturer && same != nil && same(a, b)
}

// agree tells values that differ in detail only: one says all words of the
// other ("Windows 10", "Microsoft Windows 10 IoT").
func agree(f Field, a, b string) bool {
	if f == FieldManufacturer {
		a, b = makerKey(a), makerKey(b)
	}
	if f == FieldHostname {
		a, _, _ = strings.Cut(a, ".")
		b, _, _ = strings.Cut(b, ".")
	}
	if f == FieldOS && strings.Contains(strings.ToLower(a), "windows") && strings.Contains(strings.ToLower(b), "windows") {
		return sameWindows(a, b)
	}
	x, y := words(a), words(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	for _, w := range x {
		if !slices.Contains(y, w) {
			return strings.Join(words(a), "") == strings.Join(words(b), "")
		}
	}
	return true
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" ,()/_-", r) })
}

// addressNotes says for each device where an address of its own has another
// owner too. Virtual router addresses are shared by design.
func (v *Inventory) addressNotes(r *resolution) map[ID][]string {
	notes := map[ID][]string{}
	for i := range v.sightings {
		g := &v.sightings[i]
		own := r.owners[g.Addr]
		if g.MAC.IsZero() || g.bound&BindARP == 0 || len(own) < 2 || g.MAC.IsVirtualRouter() {
			continue
		}
		for _, m := range own {
			o, ok := v.index[Subject{m, g.Addr}]
			if ok && m != g.MAC && v.sightings[o].bound&BindARP != 0 && !m.IsVirtualRouter() {
				notes[macID(g.MAC)] = append(notes[macID(g.MAC)], sharedAddress(g, &v.sightings[o]))
			}
		}
	}
	return notes
}

// sharedAddress says how g and another MAC share an address over time.
func sharedAddress(g, other *sighting) string {
	switch {
	case g.last < other.first:
		return fmt.Sprintf("address %s went to %s later: replaced, or a new lease", g.Addr, other.MAC)
	case other.last < g.first:
		return fmt.Sprintf("address %s was used by %s before: replaced, or a new lease", g.Addr, other.MAC)
	}
	return fmt.Sprintf("address %s is also used by %s at the same time", g.Addr, other.MAC)
}
