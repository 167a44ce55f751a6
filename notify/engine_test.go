package notify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/vuln/risk"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func person(id string, roles ...people.Role) people.Person {
	return people.Person{ID: id, Name: id, Email: id + "@example.org", Roles: roles}
}

func open() Settings {
	v := Defaults()
	v.Mail.Enabled = true
	return v
}

func stateOf(persons ...people.Person) State {
	return State{Persons: persons, Zone: time.UTC, NoticeMemory: store.NoticeMemory{Recent: map[store.NoticeKey]store.Notice{}, Interrupts: map[string][]store.Interrupt{}}}
}

// after remembers what was decided, as the store does.
func (s *State) after(notices []store.Notice, deliveries []store.Delivery) {
	for _, n := range notices {
		s.Recent[store.NoticeKey{Subject: n.Subject, Rule: n.Rule}] = n
	}
	for _, d := range deliveries {
		if d.Interrupts {
			s.Interrupts[d.Recipient] = append(s.Interrupts[d.Recipient], store.Interrupt{Due: d.Due, Level: d.Level})
		}
	}
}

func event(rule string, n int, tier device.TierName) Event {
	return Event{Rule: rule, Device: device.ID(fmt.Sprintf("mac:%d", n)), Name: fmt.Sprintf("pump-%d", n), Tier: tier, Band: risk.ActNow, Text: "it happened", Cause: fmt.Sprintf("cause %d", n), Link: "/devices/x"}
}

// Only the four rules of SR-50 page; settings lower, never raise.
func TestLevels(t *testing.T) {
	mayPage := []string{FunctionLost, MalwareSpread, SafetyFlag, FailingOpen}
	raise := Settings{Rules: map[string]store.NoticeLevel{}}
	for _, r := range Rules() {
		raise.Rules[r.Name] = store.NoticePage
	}
	raise.bound()
	for _, r := range Rules() {
		for _, tier := range []device.TierName{device.T0, device.T1, device.T2, device.T3, device.T4, ""} {
			want := r.Level
			if r.Name == FunctionLost && tier != device.T0 && tier != device.T1 {
				want = store.NoticeToday
			}
			if got := raise.LevelOf(r.Name, tier, store.Precision{}); got != want {
				t.Errorf("%s of tier %q: %s, want %s", r.Name, tier, got, want)
			}
		}
		if (r.Level == store.NoticePage) != slices.Contains(mayPage, r.Name) {
			t.Errorf("%s has level %s", r.Name, r.Level)
		}
		low := Settings{Rules: map[string]store.NoticeLevel{r.Name: store.NoticeDigest}}
		if got := low.LevelOf(r.Name, device.T0, store.Precision{}); got != store.NoticeDigest {
			t.Errorf("%s was not lowered: %s", r.Name, got)
		}
		if got := raise.LevelOf(r.Name, device.T0, store.Precision{Judged: 20, Useful: 9}); got != store.NoticeDigest {
			t.Errorf("%s was not demoted: %s", r.Name, got)
		}
	}
	for _, p := range []store.Precision{{Judged: 19}, {Judged: 20, Useful: 10}} {
		if Demoted(p) {
			t.Errorf("%+v is demoted", p)
		}
	}
}

// Who hears a rule: role of the rule, route of the role, department, on call.
func TestRouting(t *testing.T) {
	icu := person("icu", people.Analyst)
	icu.Departments = []string{"ICU"}
	off := person("off", people.Analyst)
	off.Disabled = true
	everybody := []people.Person{person("viewer", people.Viewer), person("biomed", people.Biomed), person("second", people.Biomed), person("analyst", people.Analyst),
		person("approver", people.Approver), person("admin", people.Administrator), icu, off}
	tests := []struct {
		rule, department string
		onCall           []string
		want             []string
	}{
		{FunctionLost, "Surgery", nil, []string{"biomed", "second", "analyst"}},
		{FunctionLost, "ICU", []string{"second"}, []string{"second", "analyst", "icu"}},
		{FindingActNow, "Surgery", nil, []string{"biomed", "second", "analyst"}},
		{SafetyFlag, "Surgery", nil, []string{"biomed", "second", "analyst", "approver"}},
		{FailingOpen, "", nil, []string{"analyst", "admin"}},
		{FindingNew, "ICU", nil, nil},
		{"unheard_of", "ICU", nil, nil},
	}
	for _, x := range tests {
		v := open()
		v.OnCall = x.onCall
		e := event(x.rule, 1, device.T0)
		e.Department = x.department
		_, deliveries := Decide(noon, v, stateOf(everybody...), []Event{e})
		var got []string
		for _, d := range deliveries {
			got = append(got, d.Recipient)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s in %q: %v, want %v", x.rule, x.department, got, x.want)
		}
	}
}

// Ten thousand events of ten thousand causes, one after the other, for a day: no
// shift of a person goes above the budget (SR-51).
func TestFlood(t *testing.T) {
	for _, x := range []struct {
		name string
		rule func(n int) string
		over int // the one page that level today must not silence
	}{
		{"today", func(int) string { return FindingActNow }, 0},
		{"page", func(int) string { return FunctionLost }, 0},
		{"today, then page", func(n int) string {
			if n%1000 < 500 {
				return FindingActNow
			}
			return FunctionLost
		}, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			state, v := stateOf(person("analyst", people.Analyst), person("biomed", people.Biomed)), open()
			v.Webhook.Enabled = true
			perShift := map[string]int{}
			told := 0
			for n := range 10000 {
				now := noon.Add(time.Duration(n) * 8 * time.Second)
				notices, deliveries := Decide(now, v, state, []Event{event(x.rule(n), n, device.T0)})
				state.after(notices, deliveries)
				told += len(notices)
				for _, d := range deliveries {
					from, _ := v.shiftOf(d.Due, time.UTC)
					perShift[d.Recipient+from.Format(" 02 15h")]++
				}
			}
			if told != 10000 {
				t.Errorf("%d notices are kept, want all", told)
			}
			if len(perShift) < 6 {
				t.Errorf("not enough was told: %v", perShift)
			}
			for who, n := range perShift {
				if budget := map[byte]int{'a': 5, 'b': 1, 'w': 5}[who[0]]; n > budget+x.over {
					t.Errorf("%s: %d messages, budget %d", who, n, budget)
				}
			}
		})
	}
}

// Ten thousand devices by one cause are one message with "n more".
func TestOneCauseIsOneMessage(t *testing.T) {
	var events []Event
	for n := range 10000 {
		e := event(FindingActNow, n, device.T3)
		e.Cause = "KEV of 2026-11-20"
		if n == 9999 {
			e.Tier = device.T0
		}
		events = append(events, e)
	}
	notices, deliveries := Decide(noon, open(), stateOf(person("analyst", people.Analyst)), events)
	if len(notices) != 10000 || len(deliveries) != 1 {
		t.Fatalf("%d notices, %d messages", len(notices), len(deliveries))
	}
	m := readMessage(t, deliveries[0])
	if s := m.Sections[0]; len(s.Items) != maxItems || s.More != 10000-maxItems || s.Items[0].Name != "pump-9999" {
		t.Errorf("%d items, %d more, first %q", len(s.Items), s.More, s.Items[0].Name)
	}
}

// The same device and rule within 24 hours is one notice, told once (SR-52).
func TestSameCauseIsOneNotice(t *testing.T) {
	state, messages := stateOf(person("analyst", people.Analyst)), 0
	var last store.Notice
	for hour := range 25 {
		now := noon.Add(time.Duration(hour) * time.Hour)
		for k, n := range state.Recent { // the store gives those of the window
			if !n.First.After(now.Add(-window)) {
				delete(state.Recent, k)
			}
		}
		notices, deliveries := Decide(now, open(), state, []Event{event(FindingActNow, 1, device.T2), event(FindingActNow, 1, device.T2)})
		state.after(notices, deliveries)
		messages += len(deliveries)
		if hour == 23 {
			last = notices[0]
		}
		if len(notices) != 1 {
			t.Fatalf("%d notices", len(notices))
		}
	}
	if last.Times != 48 || messages != 2 {
		t.Errorf("%d times in the first window, %d messages in 25 hours", last.Times, messages)
	}
}

// What was told for today and then becomes a page is told again.
func TestHigherLevelIsToldAgain(t *testing.T) {
	state := stateOf(person("analyst", people.Analyst))
	notices, deliveries := Decide(noon, open(), state, []Event{event(FunctionLost, 1, "")})
	state.after(notices, deliveries)
	notices, again := Decide(noon.Add(time.Minute), open(), state, []Event{event(FunctionLost, 1, device.T0)})
	if len(again) != 1 || again[0].Level != store.NoticePage || again[0].ID == deliveries[0].ID || notices[0].Level != store.NoticePage {
		t.Errorf("%+v", again)
	}
}

func TestQuietHours(t *testing.T) {
	night := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC)
	morning := time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		name string
		at   time.Time
		rule string
		want time.Time
	}{
		{"today waits for the morning", night, FindingActNow, morning},
		{"after midnight too", morning.Add(-time.Minute), FindingActNow, morning},
		{"a page does not", night, FunctionLost, night},
		{"by day nothing waits", noon, FindingActNow, noon},
		{"at the end they are over", morning, FindingActNow, morning},
	} {
		_, deliveries := Decide(x.at, open(), stateOf(person("analyst", people.Analyst)), []Event{event(x.rule, 1, device.T0)})
		if len(deliveries) != 1 || !deliveries[0].Due.Equal(x.want) {
			t.Errorf("%s: %+v", x.name, deliveries)
		}
	}
	// Across the change to summer time: 02:00 to 03:00 does not exist.
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := Route{QuietFrom: "22:00", QuietTo: "06:00"}
	if got, want := r.awake(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC), berlin), time.Date(2026, 3, 29, 4, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("awake at %s, want %s", got, want)
	}
}

func TestShifts(t *testing.T) {
	v := open()
	for _, x := range []struct{ at, from, to string }{
		{"2026-11-20T12:00", "2026-11-20T06:00", "2026-11-20T14:00"}, {"2026-11-20T06:00", "2026-11-20T06:00", "2026-11-20T14:00"},
		{"2026-11-20T23:00", "2026-11-20T22:00", "2026-11-21T06:00"}, {"2026-11-20T05:59", "2026-11-19T22:00", "2026-11-20T06:00"},
	} {
		at, _ := time.Parse("2006-01-02T15:04", x.at)
		from, to := v.shiftOf(at, time.UTC)
		if from.Format("2006-01-02T15:04") != x.from || to.Format("2006-01-02T15:04") != x.to {
			t.Errorf("%s: %s to %s", x.at, from, to)
		}
	}
	v.Shifts = []int{7}
	if from, to := v.shiftOf(noon, time.UTC); from.Hour() != 7 || to.Sub(from) != 24*time.Hour {
		t.Errorf("one shift: %s to %s", from, to)
	}
}
