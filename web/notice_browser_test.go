package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"ward/asset/device"
	"ward/internal/browser"
	"ward/internal/seed"
	"ward/notify"
	"ward/people"
	"ward/store"
	"ward/vuln/risk"
)

// fillNotices sets up mail and leaves messages that were sent, wait and failed,
// and a rule that people found useless.
func (s *site) fillNotices() {
	s.Helper()
	must := func(err error) {
		s.Helper()
		if err != nil {
			s.Fatal(err)
		}
	}
	v := notify.Defaults()
	v.Mail = notify.Mail{Enabled: true, Host: "mail.example.org", Port: 587, Security: "starttls", User: "ward", From: "ward@example.org"}
	v.Syslog.Enabled, v.Syslog.Address = true, "siem.example.org:6514"
	must(notify.Save(s.Context(), s.store, v, store.Ward))
	for _, name := range []string{"Bert Biomed", "Clara Clinic"} {
		_, err := s.store.AddPerson(s.Context(), people.Person{Name: name, Email: name[:4] + "@example.org", Roles: []people.Role{people.Biomed}})
		must(err)
	}
	n := notify.New(notify.Deps{Store: s.store})
	for i := range 20 {
		d := seed.Device(i)
		n.Raise(s.Context(), notify.Event{Rule: notify.FindingActNow, Device: d.ID, Name: d.Hostname, Place: d.Location, Department: d.Department, Tier: d.Tier, Band: risk.ActNow,
			Text: "CVE-2026-1234: found: act now, score 88", Cause: "KEV of 2026-11-20", Link: "/devices/" + string(d.ID)})
	}
	n.Raise(s.Context(), notify.Event{Rule: notify.FunctionLost, Device: "mac:1", Name: "monitor-7", Place: "ICU 2.01", Tier: device.T1, Text: "No waveform for 3 minutes.", Cause: "tap ICU", Link: "/devices/x"})
	n.FeedStale(s.Context(), store.Feed{Name: "kev", Error: "the server answered 503"})
	notices, err := s.store.Notices(s.Context(), store.NoticeFilter{Rules: []string{notify.FindingActNow}})
	must(err)
	for i, x := range notices {
		must(s.store.Judge(s.Context(), x.ID, i < 6, store.Actor{ID: s.person.ID}))
	}
	list, _, err := s.store.Deliveries(s.Context(), nil, 0, 0)
	must(err)
	for i, d := range list {
		switch i % 3 {
		case 0:
			d.State, d.Sent, d.Tries = store.DeliverySent, d.Made, 1
		case 1:
			d.State, d.Tries, d.Error = store.DeliveryFailed, 24, "notify: mail server mail.example.org: dial tcp 192.0.2.1:587: i/o timeout"
		default:
			continue
		}
		must(s.store.Delivered(s.Context(), d))
	}
}

// The pages in a real browser: no violation of WCAG that axe finds, light and
// dark, tablet and desktop; nothing wider than the window.
func TestNoticePagesInBrowser(t *testing.T) {
	s := newSite(t, 30)
	s.fillNotices()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handler.ServeHTTP(w, r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"})))
	}))
	t.Cleanup(server.Close) // after the browser has gone: it holds the stream of changes
	b := browser.Open(t)
	for _, page := range []string{"/settings/notifications", "/notifications"} {
		for _, dark := range []bool{false, true} {
			for _, width := range []int{820, 1440} {
				b.Look(width, 1000, dark)
				b.Go(server.URL + page)
				b.Axe("ui/node_modules/axe-core/axe.min.js")
				if wide := b.Eval("String(document.documentElement.scrollWidth - innerWidth > 0)"); wide != "false" {
					t.Errorf("%s is wider than %d", page, width)
				}
				b.Shot(fmt.Sprintf("notice%s-%d-%t", map[bool]string{true: "-settings"}[page[1] == 's'], width, dark))
			}
		}
	}
	b.Go(server.URL + "/settings/notifications")
	b.Do(browser.Fill("#mail_host", "relay.example.org"), browser.Fill("#mail_password", "hush"), browser.Click("form button.main"), browser.Says("Saved."))
	v, err := notify.Load(t.Context(), s.store)
	if err != nil || v.Mail.Host != "relay.example.org" || !v.Roles[people.Analyst].Page || v.Roles[people.Biomed].Budget != 1 || v.Roles[people.Biomed].QuietFrom != "22:00" {
		t.Errorf("%+v %v", v, err)
	}
}
