package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// member is one simulated person of the team.
type member struct{ people.Person }

func (m member) actor() store.Actor { return actor(m.Name, m.ID) }

// staff is the team: you, who looks, and three who work beside you.
type staff struct {
	you, biomed, analyst, approver member
	tap                            store.Actor // the mirror port's collector
}

// hire makes the persons. You may do everything but be your own second person.
func (d *Demo) hire(ctx context.Context) error {
	d.staff.tap = actor("mirror port (simulated)", "tap")
	for _, p := range []struct {
		to    *member
		name  string
		email string
		roles []people.Role
	}{
		{&d.staff.you, "You (demo)", "you@hospital.example", people.Roles},
		{&d.staff.biomed, "Jonas Weber (simulated)", "jonas@hospital.example", []people.Role{people.Biomed}},
		{&d.staff.analyst, "Aylin Demir (simulated)", "aylin@hospital.example", []people.Role{people.Analyst}},
		{&d.staff.approver, "Ruth Okafor (simulated)", "ruth@hospital.example", []people.Role{people.Approver}},
	} {
		person, err := d.hub.Store.AddPerson(ctx, people.Person{Name: p.name, Email: p.email, Roles: p.roles})
		if err != nil {
			return err
		}
		p.to.Person = person
	}
	return nil
}

// act is what people did by the end of a day of the history.
func (d *Demo) act(ctx context.Context, after int) error {
	switch after {
	case 2:
		return d.take(ctx, 1, d.staff.biomed, 10*day, "Asked the ward for a window; the pumps come back two at a time.")
	case 4:
		return d.take(ctx, 2, d.staff.analyst, 5*day, "Firewall rule is written, the network team tests it on Thursday.")
	case 6:
		return d.label(ctx)
	case 8:
		return d.accept(ctx, false, "Stands in a locked room; replaced with the next budget.")
	case 10:
		return d.comment(ctx, 3, d.staff.approver, "Please ask the manufacturer before anybody touches these.")
	case 12:
		return d.accept(ctx, true, "No window before the ward moves; the network is kept apart until then.")
	case 14:
		return d.finish(ctx)
	}
	return nil
}

// work is what people do in an hour of the fast time.
func (d *Demo) work(ctx context.Context, at time.Time) error {
	switch {
	case at.Sub(d.begin()) == incident:
		return d.take(ctx, 0, d.staff.analyst, 12*time.Hour, "Looking into it: an unknown device in the first ward tries remote desktop.")
	case at.Hour() == 15 && at.Day()%2 == 0:
		return d.finish(ctx)
	case at.Hour() == 10 && at.Day()%2 == 1:
		return d.take(ctx, 3, d.staff.biomed, 7*day, "Put it on this week's round.")
	}
	return nil
}

// nth gives a piece of open work by its place in the list; ok is false where the
// list is shorter.
func (d *Demo) nth(ctx context.Context, n int) (x store.Work, ok bool, err error) {
	page, err := d.hub.Store.Worklist(ctx, store.WorkFilter{Limit: n + 1})
	if err != nil || len(page.Work) <= n {
		return x, false, err
	}
	return page.Work[n], true, nil
}

// take assigns work, with a due date and a remark.
func (d *Demo) take(ctx context.Context, n int, who member, due time.Duration, text string) error {
	x, ok, err := d.nth(ctx, n)
	if err != nil || !ok {
		return err
	}
	state, until := store.WorkDoing, d.hub.Store.Now().Add(due)
	if _, err := d.hub.Store.SetWork(ctx, x.Key, x.Version, store.WorkChange{State: &state, Assignee: &who.ID, Due: &until}, who.actor()); err != nil {
		return err
	}
	_, err = d.hub.Store.AddComment(ctx, "work:"+x.Key, text, who.actor())
	return err
}

func (d *Demo) comment(ctx context.Context, n int, who member, text string) error {
	x, ok, err := d.nth(ctx, n)
	if err != nil || !ok {
		return err
	}
	_, err = d.hub.Store.AddComment(ctx, "work:"+x.Key, text, who.actor())
	return err
}

// finish ends a piece of work of the biomedical engineer.
func (d *Demo) finish(ctx context.Context) error {
	page, err := d.hub.Store.Worklist(ctx, store.WorkFilter{Assignee: d.staff.biomed.ID, States: []store.WorkState{store.WorkDoing}, Limit: 1})
	if err != nil || len(page.Work) == 0 {
		return err
	}
	done := store.WorkDone
	_, err = d.hub.Store.SetWork(ctx, page.Work[0].Key, page.Work[0].Version, store.WorkChange{State: &done}, d.staff.biomed.actor())
	return err
}

// label is a person's word on a device that the wire does not name.
func (d *Demo) label(ctx context.Context) error {
	page, err := d.hub.Store.Devices(ctx, store.DeviceFilter{Unknown: true, Limit: 1})
	if err != nil || len(page.Devices) == 0 {
		return err
	}
	_, err = d.hub.Store.Decide(ctx, store.Decision{Kind: store.Label, Device: page.Devices[0].ID, Field: device.FieldLocation,
		Value: "Server room, rack 2", Reason: "Walked there and looked."}, false, d.staff.biomed.actor())
	return err
}

// accept accepts a risk: one that needs a second person, which then waits for
// you, or one that does not.
func (d *Demo) accept(ctx context.Context, second bool, reason string) error {
	page, err := d.hub.Store.Findings(ctx, store.FindingFilter{Brief: true, Limit: 500})
	if err != nil {
		return err
	}
	slices.Reverse(page.Findings) // the least urgent first
	for _, f := range page.Findings {
		x, err := d.hub.Store.Device(ctx, f.Device)
		if err != nil {
			return fmt.Errorf("demo: accept a risk: %w", err)
		}
		if (people.NeedsSecond(x.Tier, f.Assessment.Band) != "") != second {
			continue
		}
		decision, err := d.hub.Store.Decide(ctx, store.Decision{Kind: store.AcceptRisk, Device: f.Device, Vulnerability: f.Vulnerability, Reason: reason,
			Expires: d.hub.Store.Now().Add(90 * day)}, second, d.staff.analyst.actor())
		if err == nil {
			d.hub.Triage.Decided(decision)
		}
		return err
	}
	return nil
}
