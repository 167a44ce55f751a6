package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"ward/store"
)

// Names of the settings that this page sets. The hub reads them.
const (
	SettingSite     = "site"     // name of the hospital or site, a string
	SettingHours    = "hours"    // working hours per week for the plan, a number
	SettingNetworks = "networks" // public address ranges of the site, a list of prefixes
)

// settingData is what the page of settings shows.
type settingData struct {
	Site     string
	Hours    float64
	Networks []string
	Keep     []keepLine
	Drop     string // the drop folder
	DropKeep bool
	TLS      bool // the hub has an authority of its own
	Postgres bool
}

// keepLine is the retention of one kind of data.
type keepLine struct {
	Name string // of the field
	Days int
}

// showSettings shows what can be set, and where the rest is.
func (s *Server) showSettings(w http.ResponseWriter, r *http.Request) error {
	data := settingData{TLS: s.Authority != nil, Postgres: s.Store.Postgres()}
	for _, set := range []struct {
		name string
		into any
	}{{SettingSite, &data.Site}, {SettingHours, &data.Hours}, {SettingNetworks, &data.Networks}} {
		if err := s.Store.Setting(r.Context(), set.name, set.into); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	keep, err := s.Store.Retention(r.Context())
	if err != nil {
		return err
	}
	for _, f := range retentionFields(&keep) {
		data.Keep = append(data.Keep, keepLine{f.name, *f.days})
	}
	if s.Intake != nil {
		data.Drop, data.DropKeep = s.Intake.Drop.Dir, s.Intake.Drop.Keep
	}
	s.UI.Page(w, r, http.StatusOK, "setting_show", "Settings", data)
	return nil
}

// showSpace counts what each kind of data takes. It reads every table, so the
// page asks for it apart.
func (s *Server) showSpace(w http.ResponseWriter, r *http.Request) error {
	use, err := s.Store.Usage(r.Context())
	if err != nil {
		return err
	}
	slices.SortStableFunc(use, func(a, b store.Space) int { return cmp.Compare(b.Bytes, a.Bytes) })
	var all int64
	for _, u := range use {
		all += u.Bytes
	}
	s.UI.Fragment(w, r, http.StatusOK, "setting_show", "space", struct {
		Use []store.Space
		All int64
	}{use, all})
	return nil
}

// checkStore examines the store as ward doctor does.
func (s *Server) checkStore(w http.ResponseWriter, r *http.Request) error {
	found := s.Store.Check(r.Context())
	faults := 0
	for _, d := range found {
		if !d.OK {
			faults++
		}
	}
	s.UI.Page(w, r, http.StatusOK, "setting_check", "Health of the store", struct {
		Found  []store.Diagnosis
		Faults int
	}{found, faults})
	return nil
}
