package web

import (
	"net/http"

	"ward/asset/device"
	"ward/store"
	"ward/triage"
)

// sparedGroup is devices alike that an advisory does not concern, and why.
type sparedGroup struct {
	triage.Spared
	Advisory string
	Named    []store.DeviceLine
	More     int
}

// maxSparedAdvisories is for how many advisories the spared devices are looked
// for on one page.
const maxSparedAdvisories = 3

// spared gives the devices of the makers that an advisory names which it does
// not concern, within the person's departments, and how many groups there are.
func (s *Server) spared(r *http.Request, id string) ([]sparedGroup, int, error) {
	if s.Triage == nil {
		return nil, 0, nil
	}
	keep := func(device.ID) bool { return true }
	if only := scope(r); len(only) > 0 {
		mine := map[device.ID]bool{}
		err := s.Store.EachDevice(r.Context(), store.DeviceFilter{Departments: only}, func(d *store.DeviceLine) error { mine[d.ID] = true; return nil })
		if err != nil {
			return nil, 0, err
		}
		keep = func(id device.ID) bool { return mine[id] }
	}
	list, whole := s.Triage.SparedAmong(id, keep)
	var out []sparedGroup
	for _, x := range list {
		g := sparedGroup{Spared: x, Advisory: id, More: x.Count - len(x.Devices)}
		for _, d := range x.Devices {
			l, err := s.line(r, d)
			if err != nil {
				return nil, 0, err
			}
			g.Named = append(g.Named, l)
		}
		out = append(out, g)
	}
	return out, whole, nil
}

func (s *Server) readSpared(r *http.Request, data *vulnerabilityData) error {
	for _, id := range data.Line.Advisories[:min(len(data.Line.Advisories), maxSparedAdvisories)] {
		list, _, err := s.spared(r, id)
		if err != nil {
			return err
		}
		data.Spared = append(data.Spared, list...)
	}
	return nil
}
