package web

import (
	"net/http"
	"strconv"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/triage"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// What the worklist shows at once.
const (
	workPage      = 20
	maxGaps       = 8
	maxNamed      = 4 // devices named on a line of work
	workYesterday = 24 * time.Hour
)

// worklist is what the home page shows.
type worklist struct {
	Work    []workLine
	Total   int
	Offset  int
	Limit   int
	Devices int
	Filter  store.WorkFilter
	Since   []store.Change
	Where   map[device.ID]string // names of the devices of Since
	Gaps    []triage.Gap
	Hours   float64 // of the work shown
	People  []people.Person
	Names   map[string]string
	State   string
}

// workLine is one piece of work with what a person needs to act.
type workLine struct {
	store.Work
	Named  []store.DeviceLine
	More   int
	Before float64 // of the worst finding
	After  float64
	Plain  []string // why, in plain words
	Names  map[string]string
	People []people.Person
	May    bool
}

// listWork shows the worklist: what to do today, why, where, and what changed.
func (s *Server) listWork(w http.ResponseWriter, r *http.Request) error {
	f := workFilter(r)
	page, err := s.Store.Worklist(r.Context(), f)
	if err != nil {
		return err
	}
	data := worklist{Total: page.Total, Offset: f.Offset, Limit: workPage, Filter: f, State: r.FormValue("state")}
	if data.Names, data.People, err = s.names(r); err != nil {
		return err
	}
	may := people.FromContext(r.Context()).May(people.DoWork)
	var named []device.ID
	for i := range page.Work {
		named = append(named, page.Work[i].Devices[:min(len(page.Work[i].Devices), maxNamed)]...)
	}
	lines, err := s.Store.DeviceLines(r.Context(), named)
	if err != nil {
		return err
	}
	for _, x := range page.Work {
		l, err := s.workLine(r, x, lines)
		if err != nil {
			return err
		}
		l.Names, l.People, l.May = data.Names, data.People, may
		data.Hours += x.Hours
		data.Work = append(data.Work, l)
	}
	if err := s.around(r, &data); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "work_list", "Worklist", data)
	return nil
}

func workFilter(r *http.Request) store.WorkFilter {
	f := store.WorkFilter{Departments: scope(r), Limit: workPage, Offset: offset(r)}
	switch state := r.FormValue("state"); state {
	case "done":
		f.States = []store.WorkState{store.WorkDone, store.WorkDismissed, store.WorkGone}
	case "mine":
		f.Assignee = people.FromContext(r.Context()).Person.ID
	}
	for _, b := range r.Form["band"] {
		f.Bands = append(f.Bands, risk.Band(b))
	}
	for _, k := range r.Form["kind"] {
		f.Kinds = append(f.Kinds, remedy.Kind(k))
	}
	return f
}

// around reads what stands beside the work: changes since yesterday and gaps.
func (s *Server) around(r *http.Request, data *worklist) error {
	ctx, since := r.Context(), s.Store.Now().Add(-workYesterday)
	all, err := s.Store.Devices(ctx, store.DeviceFilter{Departments: scope(r), Limit: 1})
	if err != nil {
		return err
	}
	data.Devices = all.Total
	data.Since, err = s.Store.Changes(ctx, store.ChangeFilter{Since: since, Departments: scope(r), Limit: 10,
		Kinds: []string{"finding_new", "finding_worse", "work_new", "advisory_revised", "device_new", "decision"}})
	if err != nil {
		return err
	}
	if data.Where, err = s.whereOf(r, data.Since); err != nil || s.Triage == nil {
		return err
	}
	data.Gaps, err = s.gaps.of(ctx, s.Triage, scope(r))
	return err
}

// workLine names the devices of a piece of work.
func (s *Server) workLine(r *http.Request, x store.Work, lines map[device.ID]store.DeviceLine) (workLine, error) {
	l := workLine{Work: x, More: max(0, len(x.Devices)-maxNamed)}
	worst := 0
	for i, e := range x.Effects {
		if e.Before > l.Before {
			l.Before, l.After, worst = e.Before, e.After, i
		}
	}
	if l.Before > 0 {
		var err error
		if l.Plain, err = s.plainly(r, x.Effects[worst]); err != nil {
			return l, err
		}
	}
	for _, id := range x.Devices[:min(len(x.Devices), maxNamed)] {
		d, there := lines[id]
		if !there { // renamed or gone since the plan was made
			var err error
			if d, err = s.line(r, id); err != nil {
				return l, err
			}
		}
		l.Named = append(l.Named, d)
	}
	return l, nil
}

// line gives the short form of one device.
func (s *Server) line(r *http.Request, id device.ID) (store.DeviceLine, error) {
	l, err := s.Store.DeviceLine(r.Context(), id)
	if err == store.ErrNotFound {
		return store.DeviceLine{ID: id, Name: string(id)}, nil // gone since the plan was made
	}
	return l, err
}

// shortName is the name a person knows a device by.
func shortName(d *device.Device) string {
	switch {
	case d.Hostname != "":
		return d.Hostname
	case d.AssetID != "":
		return d.AssetID
	case len(d.Addresses) > 0:
		return d.Addresses[0].String()
	}
	return string(d.ID)
}

// maxOffset bounds how far one can page.
const maxOffset = 10_000_000

func offset(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("offset"))
	if err != nil || n < 0 || n > maxOffset {
		return 0
	}
	return n
}
