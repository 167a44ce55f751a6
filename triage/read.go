package triage

import (
	"context"
	"fmt"

	"ward/pipeline"
)

// read reads the folder of feeds into a new assessor, which takes the place of
// the old one only when it is whole.
func (t *Triage) read(ctx context.Context, w *work, wider bool) error {
	if t.deps.Feeds == "" {
		return nil
	}
	if !wider {
		fresh, done, err := t.site.assessor.Refresh(t.deps.Feeds)
		if err != nil {
			return fmt.Errorf("read the feeds, everything stays as it was: %w", err)
		}
		if done {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.site.assessor = fresh
			return nil
		}
	}
	fresh := pipeline.NewAssessor(t.site.speller)
	said, err := fresh.Read(t.deps.Feeds, t.site.widen(), func(int64, int64) {})
	if err != nil {
		return fmt.Errorf("read the feeds, everything stays as it was: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.feeds && len(fresh.Advisories()) > 0 {
		if _, _, err := t.deps.Store.PutAdvisories(ctx, w.cause(), fresh.Advisories()); err != nil {
			return fmt.Errorf("store the advisories: %w", err)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.site.assessor = fresh
	t.status.Warnings = append(said.Damage, said.Notes...)
	return nil
}
