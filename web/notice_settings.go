package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"ward/notify"
	"ward/people"
	"ward/store"
)

// maxOutbox is how many deliveries the page of settings shows.
const maxOutbox = 30

// noticeSettings is what the page shows.
type noticeSettings struct {
	notify.Settings
	Problem               string
	Roles                 []noticeRole
	Rules                 []noticeRule
	Biomeds               []noticePerson
	Shifts                string
	Allow                 string
	HasPassword           bool
	HasKey                bool
	Outbox                []outboxLine
	Waiting, Sent, Failed int
}

type noticeRole struct {
	Role people.Role
	notify.Route
}

type noticeRule struct {
	notify.Rule
	Set       store.NoticeLevel // after the settings
	Levels    []store.NoticeLevel
	Precision store.Precision
	Demoted   bool
}

type noticePerson struct {
	people.Person
	On bool
}

type outboxLine struct {
	store.Delivery
	To string
}

// showNoticeSettings shows who hears what, how and when, and the outbox.
func (s *Server) showNoticeSettings(w http.ResponseWriter, r *http.Request) error {
	v, err := notify.Load(r.Context(), s.Store)
	if err != nil {
		return err
	}
	return s.noticeForm(w, r, http.StatusOK, v, "")
}

func (s *Server) noticeForm(w http.ResponseWriter, r *http.Request, status int, v notify.Settings, problem string) error {
	data := noticeSettings{Settings: v, Problem: problem, Shifts: numbers(v.Shifts), Allow: strings.Join(v.Webhook.Allow, "\n")}
	for _, role := range []people.Role{people.Biomed, people.Analyst, people.Approver, people.Administrator} {
		data.Roles = append(data.Roles, noticeRole{role, v.Roles[role]})
	}
	for _, add := range []func(*http.Request, *noticeSettings) error{s.noticeRules, s.noticeSecrets, s.noticeOutbox} {
		if err := add(r, &data); err != nil {
			return err
		}
	}
	s.UI.Page(w, r, status, "notice_settings", "Notifications", data)
	return nil
}

// noticeRules adds each rule with its level and how useful people found it.
func (s *Server) noticeRules(r *http.Request, data *noticeSettings) error {
	precision, err := s.Store.Precisions(r.Context(), notify.Verdicts)
	if err != nil {
		return err
	}
	for _, rule := range notify.Rules() {
		line := noticeRule{Rule: rule, Set: rule.Level, Precision: precision[rule.Name], Demoted: notify.Demoted(precision[rule.Name])}
		if set, ok := data.Settings.Rules[rule.Name]; ok {
			line.Set = set
		}
		for _, l := range []store.NoticeLevel{store.NoticePage, store.NoticeToday, store.NoticeDigest} {
			if l.Order() <= rule.Level.Order() {
				line.Levels = append(line.Levels, l)
			}
		}
		data.Rules = append(data.Rules, line)
	}
	return nil
}

// noticeSecrets adds whether secrets are stored, never what they are.
func (s *Server) noticeSecrets(r *http.Request, data *noticeSettings) error {
	for _, x := range []struct {
		name string
		has  *bool
	}{{notify.MailSecret, &data.HasPassword}, {notify.WebhookSecret, &data.HasKey}} {
		_, err := s.Store.Secret(r.Context(), x.name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		*x.has = err == nil
	}
	return nil
}

// noticeOutbox adds the newest deliveries and who may be on call.
func (s *Server) noticeOutbox(r *http.Request, data *noticeSettings) error {
	persons, err := s.Store.Persons(r.Context())
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range persons {
		names[p.ID] = p.Name
		if !p.Disabled && slices.Contains(p.Roles, people.Biomed) {
			data.Biomeds = append(data.Biomeds, noticePerson{p, slices.Contains(data.OnCall, p.ID)})
		}
	}
	counts, err := s.Store.DeliveryCounts(r.Context())
	if err != nil {
		return err
	}
	data.Waiting, data.Sent, data.Failed = counts[store.DeliveryQueued], counts[store.DeliverySent], counts[store.DeliveryFailed]
	list, _, err := s.Store.Deliveries(r.Context(), nil, 0, maxOutbox)
	if err != nil {
		return err
	}
	failed, _, err := s.Store.Deliveries(r.Context(), []store.DeliveryState{store.DeliveryFailed}, 0, maxOutbox)
	if err != nil {
		return err
	}
	for _, d := range append(failed, list...) {
		if !slices.ContainsFunc(data.Outbox, func(o outboxLine) bool { return o.ID == d.ID }) {
			data.Outbox = append(data.Outbox, outboxLine{d, names[d.Recipient]})
		}
	}
	return nil
}
