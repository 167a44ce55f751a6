package notify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"ward/people"
	"ward/store"
)

// State is what Decide knows beside the settings.
type State struct {
	store.NoticeMemory
	Persons []people.Person
	Zone    *time.Location
}

// Decide turns events into notices and the messages about them. It is pure: the
// same arguments give the same notices and IDs.
func Decide(now time.Time, settings Settings, state State, events []Event) ([]store.Notice, []store.Delivery) {
	d := &decision{now: now, settings: &settings, state: &state, notices: map[store.NoticeKey]*store.Notice{}, fresh: map[store.NoticeKey]bool{},
		sent: map[string][]store.Interrupt{}}
	for i := range events {
		d.take(&events[i])
	}
	batches := d.batches()
	var out []store.Notice
	for _, k := range d.order {
		out = append(out, *d.notices[k])
	}
	for _, b := range batches {
		d.tell(b)
	}
	return out, d.deliveries
}

type decision struct {
	now        time.Time
	settings   *Settings
	state      *State
	notices    map[store.NoticeKey]*store.Notice
	order      []store.NoticeKey
	fresh      map[store.NoticeKey]bool // new, or of a higher level than before
	sent       map[string][]store.Interrupt
	deliveries []store.Delivery
}

// take folds one event into its notice: the same subject and rule within the
// window is one (SR-52).
func (d *decision) take(e *Event) {
	k := e.key()
	level := d.settings.LevelOf(e.Rule, e.Tier, d.state.Precision[e.Rule])
	n := d.notices[k]
	if n == nil {
		d.order = append(d.order, k)
		if old, ok := d.state.Recent[k]; ok {
			n = &old
		} else {
			n = newNotice(d.now, k, e)
			n.Level, d.fresh[k] = level, true
		}
		d.notices[k] = n
	}
	if level.Order() > n.Level.Order() {
		n.Level, d.fresh[k] = level, true
	}
	if w := e.weight(); w > n.Weight || n.Text == "" {
		n.Weight, n.Text, n.Cause = w, line(e.Text, maxText), line(e.Cause, maxText)
	}
	n.Times, n.Last = n.Times+1, d.now
}

func newNotice(now time.Time, k store.NoticeKey, e *Event) *store.Notice {
	if e.Name == "" {
		e.Name = k.Subject
	}
	return &store.Notice{ID: digest("notice", k.Rule, k.Subject, strconv.FormatInt(now.UnixMicro(), 10)), Rule: k.Rule, Subject: k.Subject, Device: e.Device,
		Department: e.Department, Name: line(e.Name, maxName), Place: line(e.Place, maxName), Cause: line(e.Cause, maxText), Link: e.Link, First: now}
}

// digest makes an ID that follows from its parts.
func digest(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:12])
}

// batch is what is told together: fresh notices of one rule, level and cause.
type batch struct {
	id      string
	rule    Rule
	level   store.NoticeLevel
	cause   string
	notices []*store.Notice // the weightiest first
}

func (d *decision) batches() []*batch {
	by := map[string]*batch{}
	var out []*batch
	for _, k := range d.order {
		n := d.notices[k]
		if !d.fresh[k] {
			continue
		}
		id := digest("batch", n.Rule, string(n.Level), n.Cause, strconv.FormatInt(d.now.UnixMicro(), 10))
		b := by[id]
		if b == nil {
			b = &batch{id: id, rule: RuleNamed(n.Rule), level: n.Level, cause: n.Cause}
			by[id] = b
			out = append(out, b)
		}
		n.Batch = id
		b.notices = append(b.notices, n)
	}
	for _, b := range out {
		slices.SortStableFunc(b.notices, func(x, y *store.Notice) int { return y.Weight - x.Weight })
	}
	slices.SortStableFunc(out, func(x, y *batch) int {
		return cmp.Or(y.level.Order()-x.level.Order(), y.notices[0].Weight-x.notices[0].Weight)
	})
	return out
}

// tell makes the messages about one batch.
func (d *decision) tell(b *batch) {
	if d.settings.Mail.Enabled && b.level != store.NoticeDigest {
		for i := range d.state.Persons {
			d.tellPerson(b, &d.state.Persons[i])
		}
	}
	if w := d.settings.Webhook; w.Enabled && b.level != store.NoticeDigest && b.level.Order() >= w.Level.Order() &&
		d.allowed(WebhookChannel, b.level, d.now, w.Budget) {
		d.queue(b, WebhookChannel, WebhookChannel, d.now, true, message(b.level, b.rule, b.notices, maxItems))
	}
	if s := d.settings.Syslog; s.Enabled && b.level.Order() >= s.Level.Order() {
		d.queue(b, SyslogChannel, SyslogChannel, d.now, false, message(b.level, b.rule, b.notices, maxSyslogItems))
	}
}

// tellPerson sends a batch to one person: what their departments reach, if one
// of their roles hears the level, within their budget, after quiet hours.
func (d *decision) tellPerson(b *batch, p *people.Person) {
	budget, due, hears := d.routeOf(p, b)
	if !hears {
		return
	}
	mine := inScope(b.notices, p.Departments)
	if len(mine) == 0 || !d.allowed(p.ID, b.level, due, budget) {
		return // stays for the digest: "n more"
	}
	d.queue(b, MailChannel, p.ID, due, true, message(b.level, b.rule, mine, maxItems))
}

// routeOf gives the budget of a person for a batch and when it may reach them.
func (d *decision) routeOf(p *people.Person, b *batch) (budget int, due time.Time, hears bool) {
	if p.Disabled || p.Email == "" {
		return 0, due, false
	}
	for _, role := range p.Roles {
		route := d.settings.Roles[role]
		if !slices.Contains(b.rule.Roles, role) || !route.hears(b.level) || role == people.Biomed && !d.settings.isOnCall(p.ID) {
			continue
		}
		at := d.now
		if b.level != store.NoticePage {
			at = route.awake(d.now, d.state.Zone)
		}
		if !hears || at.Before(due) {
			due = at
		}
		budget, hears = max(budget, route.Budget), true
	}
	return budget, due, hears
}

// isOnCall tells whether a biomed may be interrupted; with nobody named, all may.
func (v *Settings) isOnCall(person string) bool {
	return len(v.OnCall) == 0 || slices.Contains(v.OnCall, person)
}

func inScope(notices []*store.Notice, departments []string) []*store.Notice {
	if len(departments) == 0 {
		return notices
	}
	var out []*store.Notice
	for _, n := range notices {
		if n.Device == "" || slices.Contains(departments, n.Department) {
			out = append(out, n)
		}
	}
	return out
}

// allowed tells whether one more message fits the recipient's budget in the
// shift of due (SR-51). The first page of a shift always goes out: a message of
// level today must not silence it.
func (d *decision) allowed(recipient string, level store.NoticeLevel, due time.Time, budget int) bool {
	from, to := d.settings.shiftOf(due, d.state.Zone)
	used, pages := 0, 0
	for _, list := range [][]store.Interrupt{d.state.Interrupts[recipient], d.sent[recipient]} {
		for _, i := range list {
			if i.Due.Before(from) || !i.Due.Before(to) {
				continue
			}
			used++
			if i.Level == store.NoticePage {
				pages++
			}
		}
	}
	return used < budget || level == store.NoticePage && pages == 0
}

func (d *decision) queue(b *batch, channel, recipient string, due time.Time, interrupts bool, m Message) {
	m.At = d.now
	document, err := json.Marshal(m)
	if err != nil {
		panic("notify: " + err.Error()) // our own types always marshal
	}
	if interrupts {
		d.sent[recipient] = append(d.sent[recipient], store.Interrupt{Due: due, Level: b.level})
	}
	d.deliveries = append(d.deliveries, store.Delivery{ID: digest("delivery", b.id, channel, recipient), Channel: channel, Recipient: recipient,
		Kind: "notice", Level: b.level, Interrupts: interrupts, Batch: b.id, Document: string(document), Made: d.now, Due: due})
}
