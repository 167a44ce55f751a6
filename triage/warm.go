package triage

import (
	"context"
	"fmt"

	"ward/asset/device"
	"ward/store"
)

// warmDevices is how many devices one step of warming drafts, about.
const warmDevices = 200

// cold tells whether groups are not drafted yet: after a restart the plan stands
// in the store, and its parts are drafted while nothing else is to be done.
func (s *site) cold() bool { return s.undrafted > 0 }

// warm drafts some groups.
func (t *Triage) warm(ctx context.Context) error {
	s, names, n := t.site, []string(nil), 0
	for name, g := range s.groups {
		if !g.drafted {
			names, n = append(names, name), n+len(g.members)
		}
		if n >= warmDevices {
			break
		}
	}
	if err := s.draft(names, t.step(ctx, func(*member, store.Assessed) error { return nil })); err != nil {
		return fmt.Errorf("draft the plan: %w", err)
	}
	s.undrafted = 0
	for _, g := range s.groups {
		if !g.drafted {
			s.undrafted++
		}
	}
	return nil
}

// step reads devices from the store.
func (t *Triage) step(ctx context.Context, save func(*member, store.Assessed) error) step {
	return step{lock: &t.mu, save: save, load: func(id device.ID) (*device.Device, []byte, error) { return t.deps.Store.DeviceMatter(ctx, id) }}
}
