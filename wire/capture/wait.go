package capture

import (
	"context"
	"io"
	"os"
)

// Until makes reading of a pipe end with ctx even while it waits for bytes; the
// Reader then fails with ctx's error after everything that came before.
// Regular files never wait, and are read without it.
func Until(ctx context.Context) Option {
	return func(s *source) {
		if f, ok := s.in.(*os.File); ok {
			if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
				return
			}
		}
		s.in = &waiter{ctx: ctx, in: s.in, got: make(chan piece, 1)}
	}
}

// pipeRead is how much is asked of a pipe at a time.
const pipeRead = 64 << 10

// waiter reads in a goroutine of its own, one read at a time, which it leaves
// behind where ctx ends first.
type waiter struct {
	ctx  context.Context
	in   io.Reader
	own  []byte     // the goroutine's while a read is under way
	got  chan piece // what the read under way brought
	left []byte     // part of own that was not handed on yet
	err  error      // comes after left
}

type piece struct {
	n   int
	err error
}

func (w *waiter) Read(b []byte) (int, error) {
	if len(w.left) == 0 && w.err == nil {
		w.fetch()
	}
	n := copy(b, w.left)
	w.left = w.left[n:]
	if len(w.left) > 0 {
		return n, nil
	}
	return n, w.err
}

// fetch waits for the next bytes or for the end of ctx.
func (w *waiter) fetch() {
	if w.own == nil {
		w.own = make([]byte, pipeRead)
	}
	go func() {
		n, err := w.in.Read(w.own)
		w.got <- piece{n, err}
	}()
	select {
	case p := <-w.got:
		w.left, w.err = w.own[:p.n], p.err
	case <-w.ctx.Done():
		w.err = w.ctx.Err()
	}
}
