package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"ward/asset/device"
	"ward/store"
	"ward/wire/session"
)

// Sessions takes a batch of sessions of a sensor. When it returns without an
// error all of it is safe. What a sensor sends in one hour is one import.
func (in *Intake) Sessions(ctx context.Context, sensor string, batch []session.Session) error {
	byHour := map[time.Time][]*session.Session{}
	for n := range batch {
		s := &batch[n]
		hour := s.Start.UTC().Truncate(time.Hour)
		byHour[hour] = append(byHour[hour], s)
	}
	for hour, list := range byHour {
		if err := in.hour(ctx, CleanName(sensor), hour, list, nil); err != nil {
			return err
		}
	}
	in.poke()
	return nil
}

// Part takes a batch of a sensor that has read the claims itself: part is its
// piece of the inventory in the encoding of asset/device, batch the same
// sessions without their facts. A damaged part wraps device.ErrDamaged.
func (in *Intake) Part(ctx context.Context, sensor string, from time.Time, part []byte, batch []session.Session) error {
	told, err := device.Load(bytes.NewReader(part), in.options())
	if err != nil {
		return err
	}
	list := make([]*session.Session, len(batch))
	for n := range batch {
		list[n] = &batch[n]
	}
	if err := in.hour(ctx, CleanName(sensor), from.UTC().Truncate(time.Hour), list, told); err != nil {
		return err
	}
	in.poke()
	return nil
}

// hour adds sessions to one hour of a sensor. told is what the sensor made of
// them; nil: their facts are read here.
func (in *Intake) hour(ctx context.Context, sensor string, hour time.Time, list []*session.Session, told *device.Inventory) error {
	id := fmt.Sprintf("sensor-%s-%s", sensor, hour.Format("20060102T15"))
	lock := in.one(in.hours, id)
	lock.Lock()
	defer lock.Unlock()
	i, err := in.Store.Import(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		i = store.Import{ID: id, Name: sensor + " " + hour.Format("2006-01-02 15:04"), Kind: kindSessions, Via: "bus", State: store.ImportDone,
			Tap: sensor, By: sensor, At: in.Store.Now()}
	case err != nil:
		return err
	case i.State != store.ImportDone:
		return nil // taken back: the rest of the hour is not wanted either
	}
	sum := digestOf(list)
	if i.SHA256 == sum {
		return nil // the last batch once more: its receipt was lost
	}
	i.SHA256 = sum
	v, err := in.partOf(ctx, id)
	if err != nil {
		return err
	}
	rec, err := in.Record(ctx, id)
	if err != nil {
		return err
	}
	if err := in.foldBatch(v, rec, sensor, list, told, &i); err != nil {
		rec.Discard()
		return err
	}
	if err := rec.Commit(ctx); err != nil {
		return err
	}
	return in.finish(ctx, &i, partInventory, v)
}

// digestOf tells batches apart.
func digestOf(list []*session.Session) string {
	sum, b := sha256.New(), []byte{}
	for _, s := range list {
		b = binary.BigEndian.AppendUint64(b[:0], uint64(s.ID))
		for _, n := range []int64{s.Start.UnixNano(), s.Last.UnixNano(), int64(s.Part), int64(s.Orig.Bytes), int64(s.Resp.Bytes)} {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// partOf gives what an import told so far.
func (in *Intake) partOf(ctx context.Context, id string) (*device.Inventory, error) {
	v := device.NewInventory(in.options())
	parts, err := in.Store.Evidence(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, e := range parts {
		part, err := Unpack(e, device.Options{})
		if err != nil {
			return nil, err
		}
		v.Merge(part)
	}
	return v, nil
}

// foldBatch reads claims out of the sessions and folds both in.
func (in *Intake) foldBatch(v *device.Inventory, rec Recording, sensor string, list []*session.Session, told *device.Inventory, i *store.Import) error {
	o := in.options()
	o.Inputs = []string{sensor}
	batch, rules := told, in.identity.NewReader()
	if told == nil {
		batch = device.NewInventory(o)
	}
	var seen device.Observation
	for _, s := range list {
		s.Input = 0
		if told == nil {
			seen.Reset()
			rules.Read(s, &seen)
			batch.Session(s, &seen)
		}
		if err := rec.Session(s); err != nil {
			return err
		}
		if s.Part == 0 {
			i.Sessions++
		}
		if i.First.IsZero() || s.Start.Before(i.First) {
			i.First = s.Start.UTC()
		}
		if s.Last.After(i.Last) {
			i.Last = s.Last.UTC()
		}
	}
	v.Merge(batch)
	return nil
}
