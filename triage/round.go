package triage

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ward/asset/device"
	"ward/store"
	"ward/vuln/advisory"
	"ward/vuln/remedy"
)

// round does one piece of work: what its causes can touch is found out, assessed,
// planned and stored, in this order.
func (t *Triage) round(ctx context.Context, w *work) error {
	t.progress(func(s *Status) {
		*s = Status{Busy: true, Cause: w.cause(), Since: t.deps.Store.Now(), Warnings: s.Warnings}
	})
	defer t.progress(func(s *Status) { s.Busy, s.Since = false, t.deps.Store.Now() })
	if w.all {
		if err := t.resume(ctx); err != nil {
			return err
		}
	}
	wider, err := t.refresh(ctx, w)
	if err != nil {
		return fmt.Errorf("read the devices: %w", err)
	}
	read := w.feeds || wider
	if read {
		if err := t.read(ctx, w, wider); err != nil {
			return err
		}
	}
	if err := t.circumstances(ctx); err != nil {
		return err
	}
	t.site.depend()
	t.site.compare(read, &t.mu)
	now, err := t.inForce(ctx)
	if err != nil {
		return fmt.Errorf("read the decisions: %w", err)
	}
	t.site.decide(now, &t.mu)
	if w.all {
		t.settle()
	}
	some := len(t.site.touched) > 0
	changes, err := t.assess(ctx, w.cause())
	if err != nil {
		return err
	}
	if read || some {
		threat := func(cve string) (advisory.Threat, bool) { return t.site.assessor.Threat(cve), true }
		if err := t.deps.Store.PutThreats(ctx, threat); err != nil {
			return fmt.Errorf("store what is exploited: %w", err)
		}
	}
	if err := t.plan(ctx, w.cause()); err != nil {
		return fmt.Errorf("store the plan: %w", err)
	}
	if err := t.note(ctx, true); err != nil {
		return err
	}
	if t.deps.OnChange != nil && len(changes) > 0 {
		t.deps.OnChange(ctx, w.cause(), changes)
	}
	return nil
}

// refresh reads the devices of the work from the store.
func (t *Triage) refresh(ctx context.Context, w *work) (wider bool, err error) {
	put := func(d *device.Device) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		wider = t.site.put(d) || wider
		return nil
	}
	if w.all {
		there := map[device.ID]bool{}
		err := t.deps.Store.EachDeviceBasis(ctx, func(d *device.Device, b store.Basis) error {
			there[d.ID] = true
			err := put(d)
			t.site.members[d.ID].rest(b)
			return err
		})
		if err != nil {
			return wider, err
		}
		for _, id := range slices.Collect(maps.Keys(t.site.members)) {
			if !there[id] {
				t.leave(id)
			}
		}
		return wider, nil
	}
	for id := range w.gone {
		t.leave(id)
	}
	for _, id := range slices.Sorted(maps.Keys(w.devices)) {
		d, err := t.deps.Store.Device(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			t.leave(id)
		case err != nil:
			return wider, err
		default:
			if d.ID != id { // it was renamed in the meantime
				t.leave(id)
			}
			put(d)
		}
	}
	return wider, nil
}

func (t *Triage) leave(id device.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.site.remove(id)
}

// assess assesses the touched devices and drafts the plans of their groups.
func (t *Triage) assess(ctx context.Context, cause string) ([]store.FindingChange, error) {
	t.progress(func(st *Status) { st.Done, st.Of = 0, len(t.site.touched) })
	if len(t.site.touched)+len(t.site.replan) > 0 {
		if err := t.note(ctx, false); err != nil {
			return nil, err
		}
	}
	saver := t.newSaver(ctx, cause)
	err := t.site.assessTouched(t.step(ctx, func(m *member, a store.Assessed) error {
		t.progress(func(st *Status) { st.Done++ })
		return saver.add(m, a)
	}))
	changes, err := saver.done(err)
	if err != nil {
		return nil, fmt.Errorf("store the findings: %w", err)
	}
	clear(t.site.touched)
	return changes, nil
}

// plan joins the plans of all groups and stores them where they changed.
func (t *Triage) plan(ctx context.Context, cause string) error {
	s := t.site
	if len(s.replan) == 0 {
		return nil
	}
	actions := remedy.Join(s.parts())
	if t.deps.Hours != nil {
		if hours := t.deps.Hours(); hours > 0 {
			remedy.Choose(actions, hours)
		}
	}
	text := sha256.New()
	if err := json.NewEncoder(text).Encode(actions); err != nil {
		return err
	}
	if sum := [sha256.Size]byte(text.Sum(nil)); sum != s.planned {
		if err := t.deps.Store.PutPlan(ctx, cause, remedy.Keys(actions), actions); err != nil {
			return err
		}
		s.planned = sum
	}
	clear(s.replan)
	return nil
}
