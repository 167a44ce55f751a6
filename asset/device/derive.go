package device

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Thresholds of identification.md section 5.
const (
	Sure     = 0.7 // shown as it is
	Probably = 0.4 // shown as "probably"
)

// derive computes the best value of every field from d.Claims, and sorts them.
// The notes become warnings beside those that the claims themselves give.
func (d *Device) derive(notes []string, same sameMaker) {
	slices.SortFunc(d.Claims, func(a, b Claim) int {
		return cmp.Or(keyOf(&a).compare(keyOf(&b)), a.Source.compare(b.Source))
	})
	d.Conflicts, d.Warnings, d.AETitles, d.Roles = nil, slices.Clone(notes), nil, nil
	d.support()
	d.computer()
	several := len(d.rank(FieldBehind)) > 1
	best := func(f Field) string {
		ranked := d.rank(f)
		if len(ranked) == 0 {
			return ""
		}
		if several && behind[f] && !slices.ContainsFunc(ranked[0].Claims, func(c Claim) bool { return fromRecord(&c) }) {
			return "" // of which of them?
		}
		if f == FieldOS && !ranked[0].labelled() {
			return narrowest(ranked)
		}
		if f == FieldSerial && len(ranked) > 1 && ranked[0].Sure < Sure {
			d.Warnings = append(d.Warnings, fmt.Sprintf("%d serial numbers were seen, none of them sure: perhaps several devices behind one address", len(ranked)))
			return ""
		}
		return ranked[0].Text
	}
	d.Manufacturer, d.Model, d.ModelNumber = best(FieldManufacturer), best(FieldModel), best(FieldModelNumber)
	d.OS, d.Version, d.Serial = best(FieldOS), best(FieldVersion), best(FieldSerial)
	d.Hostname, d.AssetID, d.Owner = best(FieldHostname), best(FieldAssetID), best(FieldOwner)
	d.Location, d.Department = best(FieldLocation), best(FieldDepartment)
	d.Kind, d.KindSure = Unknown, 0
	if k := d.rank(FieldKind); len(k) > 0 && k[0].Sure >= Probably {
		for len(k) > 1 && coarse[k[0].Text] && !k[0].labelled() && k[1].Sure == k[0].Sure {
			k = k[1:] // as sure, and it says more
		}
		d.Kind, d.KindSure = k[0].Text, k[0].Sure
	}
	d.Tier = TierFor(d.Kind, d.Location, d.Department)
	if t, ok := tierNamed(best(FieldTier)); ok {
		d.Tier = t
	}
	for _, v := range d.rank(FieldAETitle) {
		d.AETitles = append(d.AETitles, v.Text)
	}
	for _, v := range d.rank(FieldRole) {
		d.Roles = append(d.Roles, v.Text)
	}
	slices.Sort(d.AETitles)
	slices.Sort(d.Roles)
	d.Software = d.software()
	d.weaknesses()
	d.disagree(same)
	slices.Sort(d.Warnings)
	d.Warnings = slices.Compact(d.Warnings)
}

// narrowest picks the best operating system: of values that agree the one that
// says most, since a family such as "Linux" has more witnesses than a version.
func narrowest(ranked []Value) string {
	if ranked[0].Sure < Probably {
		return ""
	}
	best := ranked[0].Text
	for _, v := range ranked[1:] {
		if v.Sure >= Probably && len(words(v.Text)) > len(words(best)) && agree(FieldOS, best, v.Text) {
			best = v.Text
		}
	}
	return best
}

// behind are the fields that mean nothing where several devices speak through
// one address.
var behind = map[Field]bool{FieldManufacturer: true, FieldModel: true, FieldModelNumber: true, FieldVersion: true, FieldSerial: true}

// support adds the second trait of a modality: the worklist it asks for and the
// one kind of images it sends come in different associations.
func (d *Device) support() {
	var images, worklist *Claim
	for i := range d.Claims {
		switch c := &d.Claims[i]; {
		case c.Source.Rule == RuleSupport:
			return
		case c.Field == FieldKind && (c.Source.Rule == "dicom.storage" || c.Source.Rule == "ae_title") && c.Value != "pacs":
			if images != nil && images.Value != c.Value {
				return // images of two kinds: perhaps two devices
			}
			images = c
		case c.Field == FieldRole && c.Value == "modality":
			worklist = c
		}
	}
	if images == nil || worklist == nil {
		return
	}
	c := *worklist
	c.Field, c.Value, c.Source.Rule = FieldKind, images.Value, RuleSupport
	c.Source.Saw = "sends these images and " + worklist.Source.Saw
	d.Claims = append(d.Claims, c)
}

// RuleSupport is the rule of kind claims that join two traits of a modality.
const RuleSupport = "dicom.modality"

// Value is one value of a field with the weight of the claims behind it.
type Value struct {
	Text   string
	Sure   float64 // 1 - product(1 - w) over independent rules
	Claims []Claim
}

// rank orders the values of one field, best first. The same rule counts once
// for a value: ten frames that say the same are one trait.
func (d *Device) rank(f Field) []Value {
	byText := map[string]*Value{}
	for _, c := range d.Claims {
		if c.Field != f {
			continue
		}
		key := strings.ToLower(strings.TrimSpace(c.Value))
		if f == FieldManufacturer {
			key = makerKey(c.Value)
		}
		v := byText[key]
		if v == nil {
			v = &Value{}
			byText[key] = v
		}
		v.Claims = append(v.Claims, c)
	}
	out := make([]Value, 0, len(byText))
	for _, v := range byText {
		v.weigh()
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b Value) int {
		return cmp.Or(flag(a.labelled(), b.labelled()), cmp.Compare(b.Sure, a.Sure), b.newest().Compare(a.newest()), cmp.Compare(a.Text, b.Text))
	})
	return out
}

// weigh combines the claims of a value and picks the spelling of the best one.
func (v *Value) weigh() {
	byRule := map[string]float64{}
	best := v.Claims[0]
	for _, c := range v.Claims {
		byRule[c.Source.Rule] = max(byRule[c.Source.Rule], c.Confidence)
		if c.Confidence > best.Confidence || c.Confidence == best.Confidence && c.Value < best.Value {
			best = c
		}
	}
	v.Text = strings.TrimSpace(best.Value)
	doubt := 1.0
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		doubt *= 1 - byRule[rule]
	}
	v.Sure = 1 - doubt
}

// software lists the products with their versions. A product named without a
// version is left out where another claim knows the version.
func (d *Device) software() []Software {
	versions := map[string][]string{}
	for _, c := range d.Claims {
		if c.Field == FieldSoftware && !slices.Contains(versions[c.Name], c.Value) {
			versions[c.Name] = append(versions[c.Name], c.Value)
		}
	}
	out := []Software{}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		list := versions[name]
		slices.Sort(list)
		for _, ver := range list {
			if ver == NoVersion && len(list) > 1 {
				continue
			}
			s := Software{Name: name, Version: ver}
			if ver == NoVersion {
				s.Version = ""
			}
			out = append(out, s)
		}
	}
	return out
}

// NoVersion is the Value of a Software claim that knows no version.
const NoVersion = "-"

// makerNoise are words of company names that tell no maker from another.
const makerNoise = " inc co corp corporation ltd limited llc gmbh ag kg se sa spa srl bv nv oy ab as plc pty the and of company " +
	"medical healthcare health care healthineers systems system technologies technology electronics international group usa us deutschland germany china "

func makerKey(s string) string {
	var words []string
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" ,.&()/-", r) })
	for _, w := range fields {
		if !strings.Contains(makerNoise, " "+w+" ") {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return strings.Join(fields, " ")
	}
	return strings.Join(words, " ")
}
