package web

import (
	"net/http"
	"slices"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/vuln/risk"
	"ward/web/ui"
)

// devicePage is how many devices the table shows at once.
const devicePage = 50

// deviceTable is what the page of devices shows.
type deviceTable struct {
	store.DevicePage
	Facets  store.Facets
	Filter  store.DeviceFilter
	Columns []string
	Offset  int
	Limit   int
	Views   []store.View
	Me      string
}

// Columns of the table that can be chosen; the first ones stand by default.
var (
	deviceColumns  = []string{"name", "score", "tier", "kind", "maker", "location", "address", "last_seen", "version", "findings", "serial", "mac", "os", "owner", "department", "asset_id"}
	defaultColumns = deviceColumns[:7]
)

// listDevices shows the table of devices; htmx gets table and filters alone.
func (s *Server) listDevices(w http.ResponseWriter, r *http.Request) error {
	f := deviceFilter(r)
	data := deviceTable{Filter: f, Offset: f.Offset, Limit: devicePage, Columns: chosenColumns(r)}
	var err error
	if data.DevicePage, err = s.Store.Devices(r.Context(), f); err != nil {
		return err
	}
	if data.Facets, err = s.Store.DeviceFacets(r.Context(), f); err != nil {
		return err
	}
	data.Me = people.FromContext(r.Context()).Person.ID
	if data.Views, err = s.Store.Views(r.Context(), data.Me, "devices"); err != nil {
		return err
	}
	if ui.IsHTMX(r) {
		s.UI.Fragment(w, r, http.StatusOK, "device_list", "device_results", data)
		return nil
	}
	s.UI.Page(w, r, http.StatusOK, "device_list", "Devices", data)
	return nil
}

// maxText bounds a search text.
const maxText = 200

// deviceFilter reads the query of the page's address.
func deviceFilter(r *http.Request) store.DeviceFilter {
	q := r.URL.Query()
	f := store.DeviceFilter{Text: q.Get("text"), Kinds: q["kind"], Location: q.Get("location"), Department: q.Get("department"),
		Manufacturer: q.Get("manufacturer"), Model: q.Get("model"), Vulnerability: q.Get("vulnerability"),
		Internet: q.Has("internet"), Cleartext: q.Has("cleartext"), Unknown: q.Has("unknown"), Conflicts: q.Has("conflicts"),
		Departments: scope(r), Sort: q.Get("sort"), Offset: offset(r), Limit: devicePage}
	if len(f.Text) > maxText {
		f.Text = f.Text[:maxText]
	}
	for _, t := range q["tier"] {
		f.Tiers = append(f.Tiers, device.TierName(t))
	}
	for _, b := range q["band"] {
		f.Bands = append(f.Bands, risk.Band(b))
	}
	if v := q.Get("on_wire"); v != "" {
		on := v == "yes"
		f.OnWire = &on
	}
	return f
}

func chosenColumns(r *http.Request) []string {
	var out []string
	for _, c := range r.URL.Query()["column"] {
		if slices.Contains(deviceColumns, c) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return defaultColumns
	}
	return out
}

// Shows tells whether a column is chosen.
func (t deviceTable) Shows(column string) bool { return slices.Contains(t.Columns, column) }

// AllColumns lists what can be chosen.
func (t deviceTable) AllColumns() []string { return deviceColumns }
