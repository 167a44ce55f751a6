package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"ward/store"
	"ward/web/ui"
)

// Bounds of settings.
const (
	maxSite     = 80
	maxHours    = 2000 // per week, of a whole team
	maxNetworks = 200
	maxDays     = 36500
)

// setSettings stores name, hours and networks of the site.
func (s *Server) setSettings(w http.ResponseWriter, r *http.Request) error {
	site := strings.TrimSpace(ui.Neutral(r.FormValue("site")))
	if len([]rune(site)) > maxSite {
		return refuse(http.StatusUnprocessableEntity, "The name of the site is too long.", "Write at most 80 characters.")
	}
	hours, err := parseHours(r.FormValue("hours"))
	if err != nil {
		return err
	}
	networks, err := parseNetworks(r.FormValue("networks"))
	if err != nil {
		return err
	}
	for _, set := range []struct {
		name  string
		value any
	}{{SettingSite, site}, {SettingHours, hours}, {SettingNetworks, networks}} {
		if err := s.Store.SetSetting(r.Context(), set.name, set.value, actor(r)); err != nil {
			return err
		}
	}
	s.UI.SetSite(site)
	http.Redirect(w, r, "/settings?saved=1", http.StatusSeeOther)
	return nil
}

// nameSite puts the stored name of the site on the pages.
func (s *Server) nameSite() {
	var site string
	if err := s.Store.Setting(context.Background(), SettingSite, &site); err != nil && !errors.Is(err, store.ErrNotFound) {
		s.Log.Error("the name of the site was not read", "err", err)
	}
	s.UI.SetSite(site)
}

// parseHours reads a number with a point or a comma; nothing is 0, no limit.
func parseHours(text string) (float64, error) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	if text == "" {
		return 0, nil
	}
	h, err := strconv.ParseFloat(text, 64)
	if err != nil || !(h >= 0 && h <= maxHours) {
		return 0, refuse(http.StatusUnprocessableEntity, "This is no number of hours.", "Write the hours per week, for example 20; 0 or nothing sets no limit.")
	}
	return h, nil
}

// parseNetworks reads one range (RFC 4632) a line.
func parseNetworks(text string) ([]string, error) {
	out := []string{}
	for _, line := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == ',' || c == ' ' || c == '\r' || c == ';' }) {
		p, err := netip.ParsePrefix(line)
		if a, bad := netip.ParseAddr(line); err != nil && bad == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil || p.Bits() == 0 || len(out) == maxNetworks {
			return nil, refuse(http.StatusUnprocessableEntity, "A line is no range of addresses.", "Write one range a line, for example 192.0.2.0/24 or 2001:db8::/32.")
		}
		out = append(out, p.Masked().String())
	}
	return out, nil
}

// retentionField joins the name of a form's field with the value.
type retentionField struct {
	name string
	days *int
}

func retentionFields(k *store.Retention) []retentionField {
	return []retentionField{{"sessions", &k.Sessions}, {"rollups", &k.Rollups}, {"changes", &k.Changes}, {"closed_findings", &k.ClosedFindings},
		{"import_files", &k.ImportFiles}, {"notices", &k.Notices}}
}

// setRetention stores for how many days each kind of data is kept.
func (s *Server) setRetention(w http.ResponseWriter, r *http.Request) error {
	keep, err := s.Store.Retention(r.Context())
	if err != nil {
		return err
	}
	for _, f := range retentionFields(&keep) {
		n, err := strconv.Atoi(strings.TrimSpace(r.FormValue(f.name)))
		if err != nil || n < 0 || n > maxDays {
			return refuse(http.StatusUnprocessableEntity, "A number of days is missing or wrong.", "Write whole days; 0 keeps the data always.")
		}
		*f.days = n
	}
	if err := s.Store.SetRetention(r.Context(), keep, actor(r)); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings?saved=1#keep", http.StatusSeeOther)
	return nil
}
