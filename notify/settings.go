package notify

import (
	"context"
	"errors"
	"maps"
	"slices"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// Names under which settings and secrets lie in the store.
const (
	settingName   = "notify"
	MailSecret    = "notify.mail"
	WebhookSecret = "notify.webhook"
)

// Channels by which messages go out.
const (
	MailChannel    = "mail"
	WebhookChannel = "webhook"
	SyslogChannel  = "syslog"
)

// Channels lists them.
var Channels = []string{MailChannel, WebhookChannel, SyslogChannel}

// Settings say who hears what, how and when.
type Settings struct {
	Mail       Mail                         `json:"mail"`
	Webhook    Webhook                      `json:"webhook"`
	Syslog     Syslog                       `json:"syslog"`
	CA         string                       `json:"ca,omitempty"` // PEM: further authorities that servers may show
	Roles      map[people.Role]Route        `json:"roles"`
	Rules      map[string]store.NoticeLevel `json:"rules,omitempty"` // lower than the rule's own
	Shifts     []int                        `json:"shifts"`          // hours at which shifts begin
	DigestHour int                          `json:"digest_hour"`     //
	OnCall     []string                     `json:"on_call,omitempty"`
}

// Mail is how to reach the mail server.
type Mail struct {
	Enabled  bool   `json:"enabled"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"` // starttls, tls, none
	User     string `json:"user,omitempty"`
	From     string `json:"from"`
}

// Webhook is where JSON is posted to.
type Webhook struct {
	Enabled bool              `json:"enabled"`
	URL     string            `json:"url"`
	Level   store.NoticeLevel `json:"level"` // the least: today or page
	Budget  int               `json:"budget"`
	Allow   []string          `json:"allow,omitempty"` // internal networks it may reach, CIDR
}

// Syslog is where CEF events go.
type Syslog struct {
	Enabled bool              `json:"enabled"`
	Address string            `json:"address"` // host:port
	Network string            `json:"network"` // udp, tcp, tls
	Level   store.NoticeLevel `json:"level"`   // the least
}

// Route is what a role hears by e-mail.
type Route struct {
	Page      bool   `json:"page"`
	Today     bool   `json:"today"`
	Digest    bool   `json:"digest"`
	Budget    int    `json:"budget"`               // interrupting messages per person and shift
	QuietFrom string `json:"quiet_from,omitempty"` // 22:00; empty: none
	QuietTo   string `json:"quiet_to,omitempty"`
}

// MaxBudget bounds what settings may allow per person and shift.
const MaxBudget = 10

// Defaults are the settings of a new hub: nothing goes out until somebody
// enters a server. Budgets are those of safety.md section 1.
func Defaults() Settings {
	return Settings{
		Mail:    Mail{Port: 587, Security: "starttls"},
		Webhook: Webhook{Level: store.NoticeToday, Budget: 5},
		Syslog:  Syslog{Network: "tls", Level: store.NoticeDigest},
		Roles: map[people.Role]Route{
			people.Viewer:        {Budget: 1},
			people.Biomed:        {Page: true, Today: true, Digest: true, Budget: 1, QuietFrom: "22:00", QuietTo: "06:00"},
			people.Analyst:       {Page: true, Today: true, Digest: true, Budget: 5, QuietFrom: "22:00", QuietTo: "06:00"},
			people.Approver:      {Page: true, Digest: true, Budget: 1, QuietFrom: "22:00", QuietTo: "06:00"},
			people.Procurement:   {Budget: 1},
			people.Administrator: {Page: true, Today: true, Digest: true, Budget: 5, QuietFrom: "22:00", QuietTo: "06:00"},
		},
		Shifts: []int{6, 14, 22}, DigestHour: 7,
	}
}

// Load reads the settings, the defaults where nobody set any.
func Load(ctx context.Context, s *store.Store) (Settings, error) {
	v := Defaults()
	if err := s.Setting(ctx, settingName, &v); err != nil && !errors.Is(err, store.ErrNotFound) {
		return v, err
	}
	v.bound()
	return v, nil
}

// Save stores the settings after Check; secrets have names of their own.
func Save(ctx context.Context, s *store.Store, v Settings, by store.Actor) error {
	v.bound()
	if err := v.Check(); err != nil {
		return err
	}
	return s.SetSetting(ctx, settingName, v, by)
}

// bound brings every number into its range and drops levels that would raise a
// rule.
func (v *Settings) bound() {
	v.DigestHour = min(max(v.DigestHour, 0), 23)
	v.Shifts = slices.DeleteFunc(slices.Clone(v.Shifts), func(h int) bool { return h < 0 || h > 23 })
	slices.Sort(v.Shifts)
	if v.Shifts = slices.Compact(v.Shifts); len(v.Shifts) == 0 {
		v.Shifts = []int{6, 14, 22}
	}
	v.Webhook.Budget = min(max(v.Webhook.Budget, 0), MaxBudget)
	for _, l := range []*store.NoticeLevel{&v.Webhook.Level, &v.Syslog.Level} {
		if *l != store.NoticePage && *l != store.NoticeToday {
			*l = store.NoticeDigest
		}
	}
	v.Roles = maps.Clone(v.Roles)
	for role, r := range v.Roles {
		r.Budget = min(max(r.Budget, 0), MaxBudget)
		v.Roles[role] = r
	}
	v.Rules = maps.Clone(v.Rules)
	maps.DeleteFunc(v.Rules, func(name string, l store.NoticeLevel) bool { return l.Order() >= RuleNamed(name).Level.Order() })
}

// LevelOf is the level of a rule for a device of the tier: that of the table,
// lowered by the settings and by verdicts, never raised.
func (v *Settings) LevelOf(rule string, tier device.TierName, p store.Precision) store.NoticeLevel {
	r := RuleNamed(rule)
	level := r.ceiling(tier)
	if set, ok := v.Rules[rule]; ok && set.Order() < level.Order() {
		level = set
	}
	if Demoted(p) {
		level = store.NoticeDigest
	}
	return level
}

// hears tells whether a role gets a level by e-mail.
func (r Route) hears(l store.NoticeLevel) bool {
	switch l {
	case store.NoticePage:
		return r.Page
	case store.NoticeToday:
		return r.Today
	}
	return r.Digest
}
