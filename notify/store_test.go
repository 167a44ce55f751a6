package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ward/asset/device"
	"ward/internal/postgres"
	"ward/people"
	"ward/store"
	"ward/vuln/risk"
)

// hub is a Notify over a real store with a clock that the test moves.
type hub struct {
	*testing.T
	*Notify
	options store.Options
	now     time.Time
	sent    *recorder
}

// recorder is a sender that a test can break.
type recorder struct {
	mu   sync.Mutex
	got  []Envelope
	fail error
}

func (r *recorder) Send(_ context.Context, e *Envelope) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	r.got = append(r.got, *e)
	return nil
}

func newHub(t *testing.T, database string) *hub {
	t.Helper()
	h := &hub{T: t, now: noon, sent: &recorder{}}
	h.options = store.Options{Path: filepath.Join(t.TempDir(), "ward.db"), Now: func() time.Time { return h.now }, Key: []byte(strings.Repeat("k", 32))}
	if database == "postgres" {
		h.options.URL = postgres.New(t)
	}
	h.start()
	t.Cleanup(func() { h.Store.Close() })
	v := open()
	v.Syslog.Enabled, v.Syslog.Address = true, "127.0.0.1:1"
	v.Mail.Host, v.Mail.From = "mail.example.org", "ward@example.org"
	h.must(Save(t.Context(), h.Store, v, store.Ward))
	return h
}

// start opens the store and makes a Notify, as a process does.
func (h *hub) start() {
	h.Helper()
	s, err := store.Open(h.Context(), h.options)
	h.must(err)
	h.Notify = New(Deps{Store: s, Base: "https://ward.example.org/", Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
		Senders: map[string]Sender{MailChannel: h.sent, WebhookChannel: h.sent, SyslogChannel: h.sent}})
}

func (h *hub) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hub) person(name string, roles ...people.Role) people.Person {
	h.Helper()
	p, err := h.Store.AddPerson(h.Context(), people.Person{Name: name, Email: name + "@example.org", Roles: roles})
	h.must(err)
	return p
}

func (h *hub) deliverAll() {
	h.Helper()
	for _, c := range Channels {
		h.must(h.deliver(h.Context(), c))
	}
}

func readMessage(t testing.TB, d store.Delivery) Message {
	t.Helper()
	var m Message
	if err := json.Unmarshal([]byte(d.Document), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func changes(from, to int) (out []store.FindingChange) {
	for n := from; n < to; n++ {
		out = append(out, store.FindingChange{Device: device.ID(fmt.Sprintf("mac:%d", n)), Vulnerability: "CVE-2026-1", Kind: "new", After: risk.ActNow, Text: "CVE-2026-1: found"})
	}
	return out
}

func onBoth(t *testing.T, test func(*hub)) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) { test(newHub(t, db)) })
	}
}

// A restart in the middle sends everything once by each channel; what was on its
// way while the process died goes again under the same ID.
func TestRestart(t *testing.T) {
	onBoth(t, func(h *hub) {
		h.person("anna", people.Analyst)
		h.person("bert", people.Biomed)
		h.Changes(h.Context(), "KEV of today", changes(0, 300))
		h.must(h.deliver(h.Context(), MailChannel)) // syslog not yet
		first := len(h.sent.got)
		h.must(h.Store.Close())
		h.start()
		h.Changes(h.Context(), "KEV of today", changes(0, 300)) // triage tells it again
		h.deliverAll()
		h.deliverAll()
		ids := map[string]int{}
		for _, e := range h.sent.got {
			ids[e.ID]++
		}
		if first != 2 || len(ids) != 3 || len(h.sent.got) != 3 {
			h.Errorf("%d before the restart, then %d messages of %d IDs", first, len(h.sent.got), len(ids))
		}
		notices, err := h.Store.NoticeCounts(h.Context(), store.NoticeFilter{})
		h.must(err)
		if notices[FindingActNow] != 300 {
			h.Errorf("notices %v", notices)
		}
	})
}

func TestRetries(t *testing.T) {
	h := newHub(t, "sqlite")
	h.person("anna", people.Analyst)
	h.sent.fail = errors.New("mail server away")
	h.Raise(h.Context(), event(FindingActNow, 1, device.T1))
	for range 5 {
		h.deliverAll() // once only: the next try is a minute away
	}
	list, _, err := h.Store.Deliveries(h.Context(), nil, 0, 0)
	h.must(err)
	if len(list) != 2 || list[0].Tries != 1 || list[0].State != store.DeliveryQueued || list[0].Error == "" {
		t.Fatalf("%+v", list)
	}
	for range maxTries {
		h.now = h.now.Add(longWait)
		h.deliverAll()
	}
	list, _, err = h.Store.Deliveries(h.Context(), []store.DeliveryState{store.DeliveryFailed}, 0, 0)
	h.must(err)
	if len(list) != 2 || list[0].Tries != maxTries {
		t.Fatalf("%+v", list)
	}
	h.sent.fail = nil
	n, err := h.Store.RetryDeliveries(h.Context(), store.Ward)
	h.must(err)
	h.deliverAll()
	if n != 2 || len(h.sent.got) != 2 || h.sent.got[0].ID != list[0].ID && h.sent.got[0].ID != list[1].ID {
		t.Errorf("%d queued again, %d sent", n, len(h.sent.got))
	}
}

// Verdicts demote a rule; the person's last word counts.
func TestVerdicts(t *testing.T) {
	onBoth(t, func(h *hub) {
		anna := h.person("anna", people.Analyst)
		by := store.Actor{ID: anna.ID}
		for n := range 20 {
			h.now = h.now.Add(time.Second)
			h.Raise(h.Context(), event(FindingActNow, n, device.T1))
		}
		notices, err := h.Store.Notices(h.Context(), store.NoticeFilter{})
		h.must(err)
		for i, n := range notices {
			h.must(h.Store.Judge(h.Context(), n.ID, true, by))
			h.must(h.Store.Judge(h.Context(), n.ID, i < 9, by))
		}
		p, err := h.Store.Precisions(h.Context(), Verdicts)
		h.must(err)
		if got := p[FindingActNow]; got.Judged != 20 || got.Useful != 9 || !Demoted(got) {
			h.Fatalf("%+v", got)
		}
		h.now = h.now.Add(30 * time.Hour)
		h.Raise(h.Context(), event(FindingActNow, 100, device.T1))
		notices, err = h.Store.Notices(h.Context(), store.NoticeFilter{Limit: 1})
		h.must(err)
		if notices[0].Level != store.NoticeDigest {
			h.Errorf("%+v", notices[0])
		}
		if err := h.Store.Judge(h.Context(), "nothing", true, by); !errors.Is(err, store.ErrNotFound) {
			h.Error(err)
		}
	})
}

// The digest holds what a person was not told, counts the rest, comes once a day
// and only where there is something.
func TestDigest(t *testing.T) {
	onBoth(t, func(h *hub) {
		anna := h.person("anna", people.Analyst)
		h.person("vera", people.Viewer)
		icu := people.Person{Name: "ina", Email: "ina@example.org", Roles: []people.Role{people.Analyst}, Departments: []string{"ICU"}}
		ina, err := h.Store.AddPerson(h.Context(), icu)
		h.must(err)
		for n := range 30 { // five are told at once, 25 are left
			e := event(FindingActNow, n, device.T1)
			e.Department = "Surgery"
			h.Raise(h.Context(), e)
			h.now = h.now.Add(time.Second)
		}
		e := event(FindingNew, 99, device.T4)
		e.Department = "ICU"
		h.Raise(h.Context(), e)
		h.deliverAll()
		h.sent.got = nil
		h.now = time.Date(2026, 11, 21, 6, 59, 0, 0, time.UTC)
		h.look(h.Context())
		h.deliverAll()
		if len(h.sent.got) != 0 {
			h.Fatalf("too early: %+v", h.sent.got)
		}
		h.now = h.now.Add(2 * time.Minute)
		for range 3 {
			h.look(h.Context())
			h.lastDigest = time.Time{} // as after a restart
		}
		h.deliverAll()
		if len(h.sent.got) != 2 {
			h.Fatalf("%d digests", len(h.sent.got))
		}
		for _, e := range h.sent.got {
			m := e.Message
			switch {
			case e.To.ID == anna.ID && len(m.Sections) == 2 && m.count() == 26 && m.Sections[0].More == 15:
			case e.To.ID == ina.ID && len(m.Sections) == 1 && m.count() == 1 && m.Sections[0].Rule == FindingNew:
			default:
				h.Errorf("%s: %+v", e.To.Name, m)
			}
		}
		h.now = h.now.Add(24 * time.Hour)
		h.look(h.Context())
		h.deliverAll()
		if len(h.sent.got) != 2 {
			h.Error("an empty digest was sent")
		}
	})
}

// Feeds that grow stale and imports that fail are told without being asked for.
func TestLook(t *testing.T) {
	h := newHub(t, "sqlite")
	h.person("anna", people.Analyst)
	h.must(h.Store.PutFeed(h.Context(), store.Feed{Name: "kev", Enabled: true, StaleDays: 3, Updated: noon.Add(-5 * 24 * time.Hour)}))
	h.must(h.Store.PutImport(h.Context(), store.Import{ID: "i1", Name: "tap.pcap\r\nBcc: x", State: store.ImportFailed, Error: "cut short", At: noon, Finished: noon}))
	h.must(h.Store.PutImport(h.Context(), store.Import{ID: "i2", Name: "old.pcap", State: store.ImportFailed, At: noon.Add(-48 * time.Hour), Finished: noon.Add(-48 * time.Hour)}))
	for range 3 {
		h.look(h.Context())
	}
	h.TapSilent(h.Context(), "tap1", noon)
	notices, err := h.Store.Notices(h.Context(), store.NoticeFilter{Weightiest: true})
	h.must(err)
	var got []string
	for _, n := range notices {
		got = append(got, n.Subject+" "+n.Name)
	}
	slices.Sort(got)
	if want := []string{"feed:kev kev", "import:i1 tap.pcap  Bcc: x", "tap:tap1 tap1"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestPersonLeft(t *testing.T) {
	h := newHub(t, "sqlite")
	anna := h.person("anna", people.Analyst)
	h.Raise(h.Context(), event(FindingActNow, 1, device.T1))
	anna.Disabled = true
	h.must(h.Store.SetPerson(h.Context(), anna))
	h.must(h.deliver(h.Context(), MailChannel))
	counts, err := h.Store.DeliveryCounts(h.Context())
	h.must(err)
	if len(h.sent.got) != 0 || counts[store.DeliveryDropped] != 1 {
		t.Errorf("%v, %d sent", counts, len(h.sent.got))
	}
}

func TestPrune(t *testing.T) {
	onBoth(t, func(h *hub) {
		h.person("anna", people.Analyst)
		h.Raise(h.Context(), event(FindingActNow, 1, device.T1))
		h.deliverAll()
		h.now = h.now.Add(100 * 24 * time.Hour)
		h.Raise(h.Context(), event(FindingActNow, 2, device.T1))
		n, err := h.Store.PruneNotices(h.Context(), h.now.Add(-90*24*time.Hour))
		h.must(err)
		left, err := h.Store.Notices(h.Context(), store.NoticeFilter{})
		h.must(err)
		if n != 3 || len(left) != 1 {
			h.Errorf("%d removed, %d left", n, len(left))
		}
	})
}
