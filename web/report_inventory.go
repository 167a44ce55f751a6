package web

import (
	"errors"
	"net/http"
	"strings"

	"ward/report/paper"
	"ward/store"
	"ward/web/ui"
)

// reportInventory gives the devices chosen, for paper. All are counted, those
// with the highest scores are listed.
func (s *Server) reportInventory(r *http.Request) (*paper.Inventory, error) {
	h, err := s.reportHead(r, "Inventory")
	if err != nil {
		return nil, err
	}
	f := deviceFilter(r)
	f.Offset, f.Limit, f.Sort = 0, 0, "score"
	if f.Department != "" {
		h.Scope = h.T("Departments: %s", f.Department)
	}
	if chosen := chosenBy(r); chosen != "" {
		h.Scope += " · " + h.T("Chosen by: %s", chosen)
	}
	v := &paper.Inventory{Head: h}
	tiers, err := s.Store.DeviceTiers(r.Context(), f)
	if err != nil {
		return nil, err
	}
	for _, n := range tiers {
		v.Count(n.Department, string(n.Tier), n.Devices)
	}
	err = s.Store.EachDevice(r.Context(), f, func(d *store.DeviceLine) error {
		if !v.Add(inventoryLine(&h, d)) {
			return errFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return nil, err
	}
	v.Sort()
	return v, nil
}

// errFull ends the reading: the paper is full.
var errFull = errors.New("web: the paper is full")

// chosenBy names the filters beside the department.
func chosenBy(r *http.Request) string {
	var out []string
	q := r.URL.Query()
	for _, name := range []string{"text", "tier", "kind", "band", "location", "manufacturer", "model", "vulnerability", "internet", "cleartext", "unknown", "conflicts", "on_wire"} {
		if q.Has(name) {
			out = append(out, strings.TrimSpace(name+" "+strings.Join(q[name], ", ")))
		}
	}
	return strings.Join(out, "; ")
}

func inventoryLine(h *paper.Head, d *store.DeviceLine) paper.Line {
	l := paper.Line{Link: ui.DeviceLink(d.ID), Name: d.Name, Kind: kindText(h, d.Kind), Product: strings.TrimSpace(d.Manufacturer + " " + d.Model), Version: d.Version, Serial: d.Serial,
		Location: d.Location, Department: d.Department, Tier: string(d.Tier), Score: d.Score, Findings: d.Findings}
	if d.Findings > 0 {
		l.Band = h.T(d.Band.Words())
	}
	if len(d.Addresses) > 0 {
		l.Address = d.Addresses[0]
	}
	return l
}

// printInventory shows the inventory as it is printed.
func (s *Server) printInventory(w http.ResponseWriter, r *http.Request) error {
	v, err := s.reportInventory(r)
	if err != nil {
		return err
	}
	if err := s.printed(r, "devices"); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "report_inventory", "Inventory", v)
	return nil
}

// sendInventory gives the inventory as PDF.
func (s *Server) sendInventory(w http.ResponseWriter, r *http.Request) error {
	v, err := s.reportInventory(r)
	if err != nil {
		return err
	}
	return s.sendPDF(w, r, "inventory", "devices", v.PDF)
}
