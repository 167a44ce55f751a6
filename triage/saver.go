package triage

import (
	"context"
	"errors"
	"slices"

	"ward/store"
)

const (
	// batchFindings is how many findings one transaction stores, about.
	batchFindings = 4000
	// maxChanges bounds the changes of one round that are handed on: the most
	// urgent.
	maxChanges = 10_000
)

// saver stores what was assessed while the next devices are being assessed.
type saver struct {
	store   *store.Store
	cause   string
	batches chan batch
	end     chan struct{}
	stop    context.CancelCauseFunc
	ctx     context.Context
	next    batch
	size    int
	stored  []*member             // whose prints hold only if all is stored
	changes []store.FindingChange // of the storing goroutine until end
}

// batch is what one transaction stores: devices with all their findings, or
// with those alone that weigh something else than before; then what they rest on.
type batch struct {
	whole, weighed []store.Assessed
	bases          []store.Basis
}

func (t *Triage) newSaver(ctx context.Context, cause string) *saver {
	ctx, stop := context.WithCancelCause(ctx)
	s := &saver{store: t.deps.Store, cause: cause, batches: make(chan batch, 1), end: make(chan struct{}), ctx: ctx, stop: stop}
	go func() {
		defer close(s.end)
		for b := range s.batches {
			if ctx.Err() != nil {
				continue
			}
			if err := s.put(b); err != nil {
				stop(err)
			}
		}
	}()
	return s
}

func (s *saver) put(b batch) error {
	if len(b.whole) > 0 {
		changes, err := s.store.PutAssessed(s.ctx, s.cause, b.whole)
		if err != nil {
			return err
		}
		s.keep(changes)
	}
	if len(b.weighed) > 0 {
		changes, err := s.store.PutWeighed(s.ctx, s.cause, b.weighed)
		if err != nil {
			return err
		}
		s.keep(changes)
	}
	return s.store.PutBases(s.ctx, b.bases)
}

// add stores what changed of a device.
func (s *saver) add(m *member, a store.Assessed) error {
	changed, all, prints := m.fresh(&a)
	m.stored = prints
	s.stored = append(s.stored, m)
	s.next.bases = append(s.next.bases, store.Basis{Device: m.id, Matter: m.matter, Sum: m.basis[:]})
	switch {
	case all:
		s.next.whole, s.size = append(s.next.whole, a), s.size+max(1, len(a.Findings))
	case len(changed) > 0:
		s.next.weighed, s.size = append(s.next.weighed, store.Assessed{Device: a.Device, Findings: changed}), s.size+len(changed)
	}
	if s.size < batchFindings {
		return nil
	}
	return s.send()
}

func (s *saver) send() error {
	if err := context.Cause(s.ctx); err != nil {
		return err
	}
	if s.size > 0 || len(s.next.bases) > 0 {
		s.batches <- s.next
		s.next, s.size = batch{}, 0
	}
	return nil
}

// done waits until all is stored and gives what changed. Where that failed, or
// the caller did, nothing is known of what is stored.
func (s *saver) done(failed error) ([]store.FindingChange, error) {
	if failed == nil {
		failed = s.send()
	}
	close(s.batches)
	<-s.end
	err := errors.Join(context.Cause(s.ctx), failed)
	s.stop(nil)
	if err != nil {
		for _, m := range s.stored {
			m.stored, m.basis = nil, basis{}
		}
		return nil, err
	}
	s.cut()
	return s.changes, nil
}

func (s *saver) keep(changes []store.FindingChange) {
	s.changes = append(s.changes, changes...)
	if len(s.changes) > 2*maxChanges {
		s.cut()
	}
}

func (s *saver) cut() {
	slices.SortStableFunc(s.changes, func(a, b store.FindingChange) int {
		switch {
		case worse(&a, &b):
			return -1
		case worse(&b, &a):
			return 1
		}
		return 0
	})
	if len(s.changes) > maxChanges {
		s.changes = slices.Clone(s.changes[:maxChanges])
	}
}

// worse orders changes: what became most urgent first.
func worse(a, b *store.FindingChange) bool {
	x, y := a.After, b.After
	return x != y && x.AtLeast(y)
}
