package triage

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"ward/asset/device"
	"ward/store"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// step is how assessTouched gets at devices and gives away what it found.
type step struct {
	lock sync.Locker // held for one device at a time
	load func(device.ID) (*device.Device, error)
	save func(store.Assessed) error
}

// assessTouched assesses the touched devices and plans their groups anew. The
// other devices of these groups are weighed for the plan and not stored.
func (s *site) assessTouched(do step) error {
	planner := remedy.NewPlanner(s.context.Weights, nil)
	for _, name := range slices.Sorted(maps.Keys(s.replan)) {
		g := s.groups[name]
		if g == nil {
			continue
		}
		if len(g.members) == 0 {
			delete(s.groups, name)
			continue
		}
		draft := planner.Draft()
		for _, id := range slices.Sorted(maps.Keys(g.members)) {
			if err := s.assessOne(id, draft, do); err != nil {
				return err
			}
		}
		g.part = draft.Part()
	}
	return nil
}

func (s *site) assessOne(id device.ID, draft *remedy.Draft, do step) error {
	d, err := do.load(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // gone since: the next round takes it out
	}
	if err != nil {
		return err
	}
	do.lock.Lock()
	assessed, planned := s.assess(d)
	do.lock.Unlock()
	draft.Add(d, planned)
	if s.touched[id] {
		return do.save(assessed)
	}
	return nil
}

// assess gives what holds of one device: one finding for each vulnerability,
// the one that weighs most, and the assessments that the plan is made of.
func (s *site) assess(d *device.Device) (store.Assessed, []risk.Assessment) {
	found := s.assessor.Findings(d)
	assessments := s.assessor.Assess(s.context, found)
	out := store.Assessed{Device: d.ID}
	var planned []risk.Assessment
	seen := map[string]bool{}
	add := func(a *risk.Assessment) {
		seen[a.Vulnerability] = true
		f := store.Finding{Finding: *a.Finding, Assessment: *a}
		if s.apply(&f) && f.Status.Open() {
			planned = append(planned, f.Assessment)
		}
		out.Findings = append(out.Findings, f)
	}
	for i := range assessments {
		add(&assessments[i])
	}
	c := s.context
	c.Threats = s.assessor.Threat
	for i := range found {
		if f := &found[i]; !f.Status.Open() && !seen[f.Vulnerability] { // the publisher clears it: said, with its reasons
			a := c.Assess(f)
			add(&a)
		}
	}
	return out, planned
}
