package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"ward/asset/device"
	"ward/vuln/risk"
)

// maxFacet is how many values of a field are counted apart for a list.
const maxFacet = 200

// facetRow is what the counts need of one device.
type facetRow struct {
	tier, kind, location, department, manufacturer string
	band                                           int64
	onWire, internet, cleartext, conflicts         int64
}

// DeviceFacets counts what the filter chooses; each facet ignores its own field.
// The fields of facets are left out of the SQL and looked at here, so that one
// pass does.
func (s *Store) DeviceFacets(ctx context.Context, f DeviceFilter) (Facets, error) {
	key := f.key()
	kept, age, found := s.facets.get(key)
	if found {
		return kept, nil
	}
	loose := f
	loose.Tiers, loose.Kinds, loose.Bands, loose.Location, loose.Department, loose.Manufacturer = nil, nil, nil, "", "", ""
	c := loose.clause(s.dialect)
	var t tally
	err := each(ctx, s, func(r *sql.Rows) error {
		var n int
		var w facetRow
		if err := r.Scan(&w.tier, &w.kind, &w.location, &w.department, &w.manufacturer, &w.band,
			&w.onWire, &w.internet, &w.cleartext, &w.conflicts, &n); err != nil {
			return err
		}
		t.add(&f, &w, n)
		return nil
	}, `SELECT d.tier, d.kind, d.location, d.department, d.manufacturer, d.band, d.on_wire, d.internet, d.cleartext,
		CASE WHEN d.conflicts > 0 THEN 1 ELSE 0 END AS disputed, count(*) FROM device d`+c.where()+
		` GROUP BY d.tier, d.kind, d.location, d.department, d.manufacturer, d.band, d.on_wire, d.internet, d.cleartext, disputed`, c.args...)
	out := t.facets()
	if err == nil {
		s.facets.put(key, age, out)
	}
	return out, err
}

// tally sums up facet rows.
type tally struct {
	Facets
	fields [6]map[string]int // in the order of fits
}

// add counts n devices that are alike.
func (t *tally) add(f *DeviceFilter, w *facetRow, n int) {
	word := risk.Band("")
	if w.band > 0 && w.band < int64(len(bandCodes)) {
		word = bandCodes[w.band]
	}
	values := [6]string{w.tier, w.kind, string(word), w.location, w.department, w.manufacturer}
	fits := [6]bool{
		len(f.Tiers) == 0 || slices.Contains(f.Tiers, device.TierName(w.tier)),
		len(f.Kinds) == 0 || slices.Contains(f.Kinds, w.kind),
		len(f.Bands) == 0 || slices.Contains(f.Bands, word),
		f.Location == "" || f.Location == w.location,
		f.Department == "" || f.Department == w.department,
		f.Manufacturer == "" || f.Manufacturer == w.manufacturer,
	}
	misses, missed := 0, 0
	for i, ok := range fits {
		if !ok {
			misses, missed = misses+1, i
		}
	}
	for i, v := range values {
		if v != "" && (misses == 0 || misses == 1 && missed == i) {
			if t.fields[i] == nil {
				t.fields[i] = map[string]int{}
			}
			t.fields[i][v] += n
		}
	}
	if misses > 0 {
		return
	}
	t.Total += n
	t.OnWire += n * int(w.onWire)
	t.Internet += n * int(w.internet)
	t.Cleartext += n * int(w.cleartext)
	t.Conflicts += n * int(w.conflicts)
	if w.kind == "" {
		t.Unknown += n
	}
}

// facets writes the counts down, the largest first.
func (t *tally) facets() Facets {
	for i, into := range []*[]Facet{&t.Tiers, &t.Kinds, &t.Bands, &t.Locations, &t.Departments, &t.Manufacturers} {
		*into = []Facet{}
		for v, n := range t.fields[i] {
			*into = append(*into, Facet{v, n})
		}
		slices.SortFunc(*into, func(a, b Facet) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
		if len(*into) > maxFacet {
			*into = (*into)[:maxFacet]
		}
	}
	return t.Facets
}
