package triage

import (
	"context"
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
	batches chan []store.Assessed
	end     chan struct{}
	stop    context.CancelCauseFunc
	ctx     context.Context
	batch   []store.Assessed
	size    int
	changes []store.FindingChange // of the storing goroutine until end
}

func (t *Triage) newSaver(ctx context.Context, cause string) *saver {
	ctx, stop := context.WithCancelCause(ctx)
	s := &saver{batches: make(chan []store.Assessed, 1), end: make(chan struct{}), ctx: ctx, stop: stop}
	go func() {
		defer close(s.end)
		for batch := range s.batches {
			if ctx.Err() != nil {
				continue
			}
			changes, err := t.deps.Store.PutAssessed(ctx, cause, batch)
			if err != nil {
				stop(err)
			}
			s.keep(changes)
		}
	}()
	return s
}

func (s *saver) add(a store.Assessed) error {
	s.batch, s.size = append(s.batch, a), s.size+max(1, len(a.Findings))
	if s.size < batchFindings {
		return nil
	}
	return s.send()
}

func (s *saver) send() error {
	if err := context.Cause(s.ctx); err != nil {
		return err
	}
	if len(s.batch) > 0 {
		s.batches <- s.batch
		s.batch, s.size = nil, 0
	}
	return nil
}

// done waits until all is stored and gives what changed.
func (s *saver) done() ([]store.FindingChange, error) {
	s.send()
	close(s.batches)
	<-s.end
	err := context.Cause(s.ctx)
	s.stop(nil)
	if err != nil {
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
