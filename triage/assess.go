package triage

import (
	"errors"
	"iter"
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
	load func(device.ID) (*device.Device, []byte, error)
	save func(*member, store.Assessed) error
}

// assessTouched assesses the touched devices and plans their groups anew. The
// other devices of these groups are weighed for the plan and not stored. A plan
// needs all groups: those that were never drafted come along.
func (s *site) assessTouched(do step) error {
	if len(s.replan) > 0 {
		for name, g := range s.groups {
			if !g.drafted {
				s.replan[name] = true
			}
		}
	}
	return s.draft(slices.Sorted(maps.Keys(s.replan)), do)
}

// draft assesses the devices of groups and drafts their plans.
func (s *site) draft(names []string, do step) error {
	planner := remedy.NewPlanner(s.context.Weights, nil)
	for _, name := range names {
		g := s.groups[name]
		if g == nil {
			continue
		}
		if len(g.members) == 0 {
			delete(s.groups, name)
			continue
		}
		draft := planner.Draft()
		for x := range ahead(slices.Sorted(maps.Keys(g.members)), do.load) {
			if err := s.assessOne(x, draft, do); err != nil {
				return err
			}
		}
		g.part, g.drafted = draft.Part(), true
	}
	return nil
}

func (s *site) assessOne(x loaded, draft *remedy.Draft, do step) error {
	if errors.Is(x.err, store.ErrNotFound) {
		return nil // gone since: the next round takes it out
	}
	if x.err != nil {
		return x.err
	}
	do.lock.Lock()
	assessed, planned := s.assess(x.device)
	do.lock.Unlock()
	draft.Add(x.device, planned)
	m := s.members[x.id]
	if !s.touched[x.id] && m.stored != nil {
		return nil
	}
	rests := s.basisOf(m, x.matter, vulnerabilitiesOf(&assessed))
	if s.touched[x.id] {
		m.basis, m.matter = rests, x.matter
		return do.save(m, assessed)
	}
	if m.basis == rests { // what is stored is what was found now
		_, _, m.stored = m.fresh(&assessed)
	}
	return nil
}

// loaded is a device that was read.
type loaded struct {
	id     device.ID
	device *device.Device
	matter []byte
	err    error
}

// readAhead is how many devices are read before they are needed.
const readAhead = 32

// ahead reads devices while those before are being assessed.
func ahead(ids []device.ID, load func(device.ID) (*device.Device, []byte, error)) iter.Seq[loaded] {
	return func(yield func(loaded) bool) {
		ready, stop := make(chan loaded, readAhead), make(chan struct{})
		defer func() {
			close(stop)
			for range ready { // the reader has ended when it is closed
			}
		}()
		go func() {
			defer close(ready)
			for _, id := range ids {
				d, matter, err := load(id)
				select {
				case ready <- loaded{id, d, matter, err}:
				case <-stop:
					return
				}
			}
		}()
		for x := range ready {
			if !yield(x) {
				return
			}
		}
	}
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
		if s.apply(&f, d.Tier) && f.Status.Open() {
			planned = append(planned, f.Assessment)
		}
		out.Findings = append(out.Findings, f)
	}
	for i := range assessments {
		add(&assessments[i])
	}
	c := s.assessor.Context(s.context)
	for i := range found {
		if f := &found[i]; !f.Status.Open() && !seen[f.Vulnerability] { // the publisher clears it: said, with its reasons
			a := c.Assess(f)
			add(&a)
		}
	}
	return out, planned
}
