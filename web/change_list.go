package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"ward/asset/device"
	"ward/store"
)

// changePage is how many changes the page shows at once.
const changePage = 100

// changeGroups are the chips of the page and the kinds that each shows.
var changeGroups = []struct {
	Name  string
	Kinds []string
}{
	{"devices", []string{"device_new", "device_changed", "device_gone", "device_renamed"}},
	{"findings", []string{"finding_new", "finding_closed", "finding_worse", "finding_better", "finding_status"}},
	{"advisories", []string{"advisory_new", "advisory_revised"}},
	{"work", []string{"work_new", "work_gone"}},
	{"decisions", []string{"decision"}},
	{"inputs", []string{"import", "feed"}},
}

// changeSpans are how far back the page can look, in days; 0 is all.
var changeSpans = []int{1, 7, 30, 0}

// changeTable is what the page of changes shows.
type changeTable struct {
	Changes []store.Change
	Where   map[device.ID]string
	Groups  []changeGroup
	Group   string
	Days    int
	Spans   []int
	Next    int64 // ID to go on before; 0: this is all
}

type changeGroup struct {
	Name  string
	Count int
}

// listChanges shows what changed, the newest first.
func (s *Server) listChanges(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	data := changeTable{Group: q.Get("kind"), Days: 7, Spans: changeSpans}
	if n, err := strconv.Atoi(q.Get("days")); err == nil && slices.Contains(changeSpans, n) {
		data.Days = n
	}
	f := store.ChangeFilter{Departments: scope(r), Limit: changePage + 1}
	if data.Days > 0 {
		f.Since = s.Store.Now().Add(-time.Duration(data.Days) * 24 * time.Hour)
	}
	if n, err := strconv.ParseInt(q.Get("before"), 10, 64); err == nil {
		f.Before = n
	}
	counts, err := s.Store.ChangeCounts(r.Context(), f.Since, f.Departments)
	if err != nil {
		return err
	}
	for _, g := range changeGroups {
		n := 0
		for _, k := range g.Kinds {
			n += counts[k]
		}
		data.Groups = append(data.Groups, changeGroup{g.Name, n})
		if g.Name == data.Group {
			f.Kinds = g.Kinds
		}
	}
	if data.Changes, err = s.Store.Changes(r.Context(), f); err != nil {
		return err
	}
	if len(data.Changes) > changePage {
		data.Changes = data.Changes[:changePage]
		data.Next = data.Changes[changePage-1].ID
	}
	if data.Where, err = s.whereOf(r, data.Changes); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "change_list", "Changes", data)
	return nil
}

// whereOf names the devices of changes that speak of a finding alone.
func (s *Server) whereOf(r *http.Request, changes []store.Change) (map[device.ID]string, error) {
	var ids []device.ID
	for _, c := range changes {
		if c.Device != "" && c.Vulnerability != "" {
			ids = append(ids, c.Device)
		}
	}
	lines, err := s.Store.DeviceLines(r.Context(), ids)
	out := map[device.ID]string{}
	for id, l := range lines {
		out[id] = l.Name
	}
	return out, err
}
