package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/seed"
	"ward/notify"
	"ward/people"
	"ward/store"
)

// noticeForm is a form as the page sends it.
func noticeForm() url.Values {
	f := url.Values{"mail_enabled": {"1"}, "mail_host": {"mail.example.org"}, "mail_port": {"587"}, "mail_security": {"starttls"}, "mail_from": {"ward@example.org"},
		"mail_user": {"ward"}, "mail_password": {"hush-hush"}, "webhook_level": {"today"}, "webhook_budget": {"99"}, "syslog_network": {"tls"}, "syslog_level": {"digest"},
		"shifts": {"7, 19"}, "digest_hour": {"8"}, "rule_finding_act_now": {"digest"}, "rule_finding_new": {"page"}, "budget_analyst": {"3"}, "today_analyst": {"1"},
		"from_analyst": {"21:00"}, "to_analyst": {"05:30"}}
	return f
}

func TestNoticeSettings(t *testing.T) {
	s := newSite(t, 12)
	if w := s.do("POST", "/settings/notifications", noticeForm()); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	v, err := notify.Load(t.Context(), s.store)
	if err != nil {
		t.Fatal(err)
	}
	if r := v.Roles[people.Analyst]; !v.Mail.Enabled || v.Webhook.Budget != notify.MaxBudget || r.Budget != 3 || r.Page || !r.Today || r.QuietFrom != "21:00" || len(v.Shifts) != 2 {
		t.Errorf("%+v", v)
	}
	if v.Rules[notify.FindingActNow] != store.NoticeDigest || v.LevelOf(notify.FindingNew, device.T0, store.Precision{}) != store.NoticeDigest {
		t.Errorf("a rule was raised or not lowered: %v", v.Rules)
	}
	password, err := s.store.Secret(t.Context(), notify.MailSecret)
	if err != nil || string(password) != "hush-hush" {
		t.Errorf("%q %v", password, err)
	}
	page := s.get("/settings/notifications?saved=1")
	if strings.Contains(page, "hush-hush") || !strings.Contains(page, "mail.example.org") || !strings.Contains(page, "the one that is stored stays") {
		t.Error("the page shows the password, or not the settings")
	}
	trail, err := s.store.AuditTrail(t.Context(), store.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range trail {
		if strings.Contains(e.Detail, "hush-hush") {
			t.Error("the audit trail holds the password")
		}
	}
	f := noticeForm() // the stored password goes to no other server
	f.Set("mail_password", "")
	f.Set("mail_host", "evil.example.org")
	if w := s.do("POST", "/settings/notifications", f); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "enter the password once more") {
		t.Errorf("%d", w.Code)
	}
	for field, wrong := range map[string]string{"mail_from": "nobody\r\nBcc: x@example.org", "mail_host": "a b", "from_analyst": "99:00", "webhook_allow": "10.0.0.0/99", "ca": "x", "syslog_network": "carrier pigeon"} {
		f := noticeForm()
		f.Set(field, wrong)
		if w := s.do("POST", "/settings/notifications", f); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("%s %q: %d", field, wrong, w.Code)
		}
	}
	if w := s.do("POST", "/settings/notifications/test", url.Values{"channel": {"webhook"}}); w.Code != http.StatusBadGateway || !strings.Contains(w.Body.String(), "switched off") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A person sees and judges notices of their departments alone.
func TestNotices(t *testing.T) {
	s := newSite(t, 12)
	d := seed.Device(0)
	n := notify.New(notify.Deps{Store: s.store})
	n.Raise(t.Context(), notify.Event{Rule: notify.FindingActNow, Device: d.ID, Name: "<b>pump", Department: d.Department, Text: "found", Cause: "KEV", Link: "/devices/x"})
	found, err := s.store.Notices(t.Context(), store.NoticeFilter{})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	page := s.get("/notifications")
	if strings.Contains(page, "<b>pump") || !strings.Contains(page, "&lt;b&gt;pump") {
		t.Error("the name is not escaped")
	}
	path := "/notifications/" + found[0].ID + "/verdict"
	if w := s.do("POST", path, url.Values{"useful": {"no"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.do("POST", path, url.Values{"useful": {"perhaps"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	if page := s.get("/notifications"); !strings.Contains(page, `value="no" aria-pressed="true"`) || strings.Contains(page, `value="yes" aria-pressed="true"`) {
		t.Error("the verdict does not show")
	}
	s.person.Departments = []string{"nowhere"}
	if strings.Contains(s.get("/notifications"), "pump") {
		t.Error("a notice of another department is shown")
	}
	if w := s.do("POST", path, url.Values{"useful": {"no"}}); w.Code != http.StatusNotFound {
		t.Errorf("judged a notice of another department: %d", w.Code)
	}
}

// Titles and problems come from package notify: each has its German.
func TestNoticeTextsAreTranslated(t *testing.T) {
	s := newSite(t, 0)
	s.person.Language = "de"
	page := s.get("/settings/notifications")
	for _, r := range notify.Rules() {
		if strings.Contains(page, ">"+r.Title+"<") {
			t.Errorf("no German for %q", r.Title)
		}
	}
	f := noticeForm()
	f.Set("mail_host", "a b")
	if w := s.do("POST", "/settings/notifications", f); !strings.Contains(w.Body.String(), "Geben Sie Name und Port des Mailservers an") {
		t.Error("the problem is not translated")
	}
}
