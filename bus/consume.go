package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	ackWait  = 2 * time.Minute
	maxDelay = 5 * time.Minute // between tries
)

// Consume hands each batch to store, one at a time, until ctx ends. A batch is
// forgotten only after store has returned nil. An error of store is tried again
// later, for ever; one that wraps ErrRefused, and a batch that cannot be read, go
// to the dead letters with the reason.
func (b *Bus) Consume(ctx context.Context, store func(context.Context, Batch) error) error {
	for ctx.Err() == nil {
		got, err := b.hub.Fetch(1, jetstream.FetchContext(ctx))
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("bus: read: %w", err)
		}
		for m := range got.Messages() {
			if err := b.take(ctx, m, store); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
	return nil
}

// take handles one message.
func (b *Bus) take(ctx context.Context, m jetstream.Msg, store func(context.Context, Batch) error) error {
	sensor := strings.TrimPrefix(m.Subject(), subject)
	batch, err := decode(m.Data(), sensor)
	if err != nil {
		return b.bury(ctx, m, sensor, err)
	}
	err = store(ctx, batch)
	switch {
	case err == nil:
		return m.DoubleAck(ctx)
	case errors.Is(err, ErrRefused):
		return b.bury(ctx, m, sensor, err)
	}
	delay := maxDelay
	if meta, e := m.Metadata(); e == nil && meta.NumDelivered < 8 {
		delay = min(maxDelay, time.Second<<meta.NumDelivered)
	}
	return m.NakWithDelay(delay)
}

// bury keeps a batch that nobody can use, with the reason, and takes it out of
// the queue.
func (b *Bus) bury(ctx context.Context, m jetstream.Msg, sensor string, why error) error {
	reason := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, why.Error())
	d := &nats.Msg{Subject: dead + sensor, Data: m.Data(), Header: nats.Header{"Ward-Reason": {reason}}}
	if _, err := b.js.PublishMsg(ctx, d); err != nil {
		return fmt.Errorf("bus: keep a dead letter: %w", err)
	}
	return m.DoubleAck(ctx)
}

// Stats is how full the bus is.
type Stats struct {
	Waiting uint64 `json:"waiting"` // batches that are not stored yet
	Bytes   uint64 `json:"bytes"`
	Dead    uint64 `json:"dead"`
}

// Stats counts what waits and what is dead.
func (b *Bus) Stats(ctx context.Context) (Stats, error) {
	i, err := b.stream.Info(ctx)
	if err != nil {
		return Stats{}, err
	}
	s, err := b.js.Stream(ctx, "DEAD")
	if err != nil {
		return Stats{}, err
	}
	d, err := s.Info(ctx)
	if err != nil {
		return Stats{}, err
	}
	return Stats{i.State.Msgs, i.State.Bytes, d.State.Msgs}, nil
}
