package exposure

import "testing"

// TableRow is one device of a table and what the matcher says of it, for the
// check of the whole path.
type TableRow struct {
	Manufacturer, Model, Version string
	Columns                      map[string]string
	Got                          map[string]Match // affected advisories
}

// Table works a table out without files in between.
func Table(t testing.TB, file string) []TableRow {
	advisories, devices := readTable(t, file)
	m := New(advisories)
	var out []TableRow
	for _, r := range devices {
		out = append(out, TableRow{r.manufacturer, r.model, r.version, r.columns, affectedBy(m, r.device())})
	}
	return out
}
