package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/klauspost/compress/zstd"

	"ward/wire/session"
)

// Bounds of one batch.
const (
	MaxMessage  = 1 << 20  // bytes on the bus
	MaxUnpacked = 16 << 20 // bytes after decompression
	MaxSessions = 4096
)

// Errors that callers tell apart.
var (
	ErrBatch   = errors.New("bus: no valid batch")
	ErrTooBig  = errors.New("bus: batch too big: send fewer sessions at once")
	ErrRefused = errors.New("bus: batch refused") // a consumer wraps it: never try again
	ErrSensor  = errors.New("bus: sensor names are 1 to 63 of a-z, 0-9 and - and begin with a letter")
)

// Batch is what a sensor tells of a span of time. Sessions carry no facts: what
// these tell about devices is in Inventory.
type Batch struct {
	Sensor    string            `json:"sensor"`
	Seq       uint64            `json:"seq"` // counts the batches of a sensor
	From      time.Time         `json:"from"`
	To        time.Time         `json:"to"`
	Inventory []byte            `json:"inventory,omitempty"` // in the encoding of asset/device
	Sessions  []session.Session `json:"sessions,omitempty"`
}

var sensorName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// encode packs a batch: JSON, then zstd (RFC 8878).
func encode(b *Batch) ([]byte, error) {
	if !sensorName.MatchString(b.Sensor) {
		return nil, fmt.Errorf("%w: %q", ErrSensor, b.Sensor)
	}
	if len(b.Sessions) > MaxSessions {
		return nil, ErrTooBig
	}
	c := *b
	c.Sessions = make([]session.Session, len(b.Sessions))
	for i, s := range b.Sessions {
		s.Facts = nil
		c.Sessions[i] = s
	}
	text, err := json.Marshal(&c)
	if err != nil {
		return nil, err
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	packed := w.EncodeAll(text, nil)
	if len(text) > MaxUnpacked || len(packed) > MaxMessage {
		return nil, ErrTooBig
	}
	return packed, nil
}

// decode unpacks a batch of a sensor; it trusts nothing inside of it.
func decode(packed []byte, sensor string) (Batch, error) {
	if len(packed) > MaxMessage {
		return Batch{}, ErrTooBig
	}
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxUnpacked))
	if err != nil {
		return Batch{}, err
	}
	defer r.Close()
	text, err := r.DecodeAll(packed, nil)
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	var b Batch
	if err := json.Unmarshal(text, &b); err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	switch {
	case b.Sensor != sensor:
		return Batch{}, fmt.Errorf("%w: it says it is of sensor %q, but %q sent it", ErrBatch, b.Sensor, sensor)
	case len(b.Sessions) > MaxSessions:
		return Batch{}, fmt.Errorf("%w: %d sessions", ErrBatch, len(b.Sessions))
	}
	return b, nil
}
