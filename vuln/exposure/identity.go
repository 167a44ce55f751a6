package exposure

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"ward/asset/device"
)

// identity is the text a spelling is read from; equal identities are matched once.
type identity struct {
	source, manufacturer, model, number, kind, version, os string
}

// identities lists what is said about a device: its best values first, then
// each claim of another maker, model or version, then its software products.
func (s *Speller) identities(d *device.Device) []identity {
	base := s.bestIdentity(d)
	var out []identity
	if !s.makerAlone(base) {
		out = append(out, base)
	}
	for _, c := range d.Claims {
		alt := base
		switch c.Field {
		case device.FieldManufacturer:
			if c.Source.Rule == device.RuleCMMSModel && d.Manufacturer != "" && !s.lex.vendors.read(d.Manufacturer).dealer {
				continue // the record names a maker: what the model sounds like is no second one
			}
			alt.manufacturer = c.Value
		case device.FieldModel:
			alt.model = c.Value
		case device.FieldVersion:
			alt.version = c.Value
		default:
			continue
		}
		alt.source = c.Source.Rule
		if !s.makerAlone(alt) {
			out = appendIdentity(out, alt)
		}
	}
	for _, s := range d.Software {
		if s.Name != "" && len(out) < maxIdentities {
			out = append(out, identity{source: "software", manufacturer: d.Manufacturer, model: s.Name, version: s.Version, os: d.OS})
		}
	}
	return out
}

// makerAlone tells identities that name no product at all. A maker's name is
// none, even where a product contains it ("Raspberry Pi"); only behind a known
// maker may the manufacturer's column go on with the model ("BD Alaris 8015").
func (s *Speller) makerAlone(x identity) bool {
	if strings.Trim(x.model+x.number, " ,") != "" {
		return false
	}
	rest, ids := s.lex.withoutVendors(tokens(x.manufacturer))
	return len(ids) == 0 || len(rest) == 0
}

// bestIdentity is what the device's best values say. Where the model names no
// product ("MONITOR"), the kind may, and at last the host name.
func (s *Speller) bestIdentity(d *device.Device) identity {
	base := identity{manufacturer: d.Manufacturer, model: d.Model, number: d.ModelNumber, kind: kindText(d), version: d.Version, os: d.OS}
	if s.names(d.Model + " , " + d.ModelNumber) {
		return base
	}
	if s.names(base.kind) {
		base.model = d.Model + " , " + base.kind
		return base
	}
	if host, _, _ := strings.Cut(d.Hostname, "."); s.names(host) {
		base.source, base.model = hostName, d.Model+" , "+host
	}
	return base
}

// kindText is what the record calls the device beside its model: the kind, and
// the columns that describe it without being a kind Ward knows.
func kindText(d *device.Device) string {
	text := strings.ReplaceAll(d.Kind, "_", " ")
	if len(d.Extra) == 0 {
		return text
	}
	for _, k := range slices.Sorted(maps.Keys(d.Extra)) {
		if describesRe.MatchString(k) && len(text)+len(d.Extra[k]) < maxText {
			text += " " + d.Extra[k]
		}
	}
	return strings.TrimSpace(text)
}

var describesRe = regexp.MustCompile(`(?i)type|kind|description|category|class|nomenclature|model|product|generic`)

// hostName is the source of an identity that only the host name gives.
const hostName = "the host name"

// names tells whether a text has a word that can name a product.
func (s *Speller) names(text string) bool {
	if strings.Trim(text, " ,") == "" {
		return false
	}
	for _, w := range s.spell(identity{model: text}).words {
		if w.class == brand || w.class == code && len(w.text) > 1 {
			return true
		}
	}
	return false
}

// maxIdentities bounds the spellings of one device.
const maxIdentities = 24

func appendIdentity(list []identity, x identity) []identity {
	for _, y := range list {
		if y.source = x.source; y == x {
			return list
		}
	}
	if len(list) >= maxIdentities {
		return list
	}
	return append(list, x)
}
