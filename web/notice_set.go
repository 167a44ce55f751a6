package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"ward/notify"
	"ward/people"
	"ward/store"
)

// setNoticeSettings stores what the form says. An empty password or key leaves
// the one that is there.
func (s *Server) setNoticeSettings(w http.ResponseWriter, r *http.Request) error {
	old, err := notify.Load(r.Context(), s.Store)
	if err != nil {
		return err
	}
	v := readNoticeForm(r, old)
	password, key := r.PostFormValue("mail_password"), r.PostFormValue("webhook_key")
	var stored noticeSettings
	if err := s.noticeSecrets(r, &stored); err != nil {
		return err
	}
	if stored.HasPassword && password == "" && v.Mail.User != "" && (v.Mail.Host != old.Mail.Host || v.Mail.Port != old.Mail.Port) {
		return s.noticeForm(w, r, http.StatusUnprocessableEntity, v, "The mail server changed: enter the password once more, so that it goes nowhere by mistake.")
	}
	if err := notify.Save(r.Context(), s.Store, v, actor(r)); err != nil {
		if _, problem, ok := strings.Cut(err.Error(), notify.ErrSettings.Error()+": "); ok && errors.Is(err, notify.ErrSettings) {
			return s.noticeForm(w, r, http.StatusUnprocessableEntity, v, problem)
		}
		return err
	}
	if password != "" || stored.HasPassword && v.Mail.User == "" {
		if err := s.Store.SetSecret(r.Context(), notify.MailSecret, []byte(password), actor(r)); err != nil {
			return err
		}
	}
	if key != "" {
		if err := s.Store.SetSecret(r.Context(), notify.WebhookSecret, []byte(key), actor(r)); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/settings/notifications?saved=1", http.StatusSeeOther)
	return nil
}

// readNoticeForm reads the form over the settings as they are; what is wrong is
// said by notify.Save.
func readNoticeForm(r *http.Request, v notify.Settings) notify.Settings {
	text := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	on := func(name string) bool { return r.PostFormValue(name) != "" }
	v.Mail = notify.Mail{Enabled: on("mail_enabled"), Host: text("mail_host"), Port: number(text("mail_port")), Security: text("mail_security"),
		User: text("mail_user"), From: text("mail_from")}
	v.Webhook = notify.Webhook{Enabled: on("webhook_enabled"), URL: text("webhook_url"), Level: store.NoticeLevel(text("webhook_level")),
		Budget: number(text("webhook_budget")), Allow: strings.Fields(text("webhook_allow"))}
	v.Syslog = notify.Syslog{Enabled: on("syslog_enabled"), Address: text("syslog_address"), Network: text("syslog_network"), Level: store.NoticeLevel(text("syslog_level"))}
	v.CA = text("ca")
	v.DigestHour, v.OnCall, v.Shifts = number(text("digest_hour")), r.PostForm["on_call"], nil
	for _, field := range strings.FieldsFunc(text("shifts"), func(c rune) bool { return c == ',' || c == ' ' }) {
		v.Shifts = append(v.Shifts, number(field))
	}
	routes, rules := map[people.Role]notify.Route{}, map[string]store.NoticeLevel{}
	for role, route := range v.Roles {
		n := "_" + string(role)
		if r.PostForm.Has("budget" + n) {
			route = notify.Route{Page: on("page" + n), Today: on("today" + n), Digest: on("digest" + n), Budget: number(text("budget" + n)),
				QuietFrom: text("from" + n), QuietTo: text("to" + n)}
		}
		routes[role] = route
	}
	for _, rule := range notify.Rules() {
		if l := store.NoticeLevel(text("rule_" + rule.Name)); l != "" && l != rule.Level {
			rules[rule.Name] = l
		}
	}
	v.Roles, v.Rules = routes, rules
	return v
}

// number reads a number; what is none is -1, which no setting allows.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// numbers writes a list of numbers for a field.
func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}
