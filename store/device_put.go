package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ward/asset/device"
)

// known is what PutDevices holds in memory of each device that was there.
type known struct {
	num    int64
	whole  [16]byte
	gone   bool
	seen   bool
	scored bool // it has open findings
}

// arrival is a device that was not there before.
type arrival struct {
	num  int64
	text string // for the history
}

// fold is one run of PutDevices.
type fold struct {
	*tx
	now     time.Time
	cause   string
	have    map[device.ID]*known
	fresh   map[device.ID]arrival // devices that are new
	done    DeviceChanges
	changes []changeRow
	moved   bool // findings were moved or closed: the sums must be made anew
}

// PutDevices replaces the inventory by the devices that each hands to its
// argument: new, changed and gone devices are found out, history and decisions
// follow a device whose ID changed. It is one transaction.
func (s *Store) PutDevices(ctx context.Context, cause string, each func(put func(*device.Device) error) error) (DeviceChanges, error) {
	var f *fold
	err := s.inTx(ctx, func(t *tx) error {
		f = &fold{tx: t, now: s.Now(), cause: cause, fresh: map[device.ID]arrival{}, done: DeviceChanges{Renamed: map[device.ID]device.ID{}}}
		if err := t.turn(turnInventory); err != nil {
			return err
		}
		if err := f.load(); err != nil {
			return err
		}
		if err := each(f.put); err != nil {
			return err
		}
		return f.finish()
	})
	if err != nil {
		return DeviceChanges{}, err
	}
	s.changed(TopicDevices, "")
	return f.done, nil
}

func (f *fold) load() error {
	f.have = map[device.ID]*known{}
	return each(f.ctx, f, func(r *sql.Rows) error {
		var id device.ID
		var whole []byte
		k := new(known)
		if err := r.Scan(&id, &k.num, &whole, &k.gone, &k.scored); err != nil {
			return err
		}
		copy(k.whole[:], whole)
		f.have[id] = k
		return nil
	}, "SELECT id, num, whole, gone <> 0, findings > 0 FROM device")
}

// put takes one device of the fold.
func (f *fold) put(d *device.Device) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	whole := fingerprint(text)
	k := f.have[d.ID]
	switch {
	case k == nil:
		return f.add(d, text, whole)
	case k.gone:
		k.seen, k.gone = true, false
		f.done.New = append(f.done.New, d.ID)
		f.note("device_new", k.num, "seen again: "+describe(d))
		return f.store(k.num, d, text, whole)
	case bytes.Equal(whole, k.whole[:]):
		k.seen = true
		return nil
	}
	k.seen = true
	return f.update(k, d, text, whole)
}

// add stores a device nobody had by this ID.
func (f *fold) add(d *device.Device, text, whole []byte) error {
	l := lineOf(d)
	args := append(l.values(), whole, matter(d))
	var num int64
	err := f.row("INSERT INTO device ("+deviceColumns+", whole, matter) VALUES ("+marks(len(args))+") RETURNING num", args...).Scan(&num)
	if err != nil {
		return err
	}
	f.fresh[d.ID] = arrival{num, describe(d)}
	return f.attach(num, &l, text)
}

// attach stores what hangs on a device's row.
func (f *fold) attach(num int64, l *DeviceLine, text []byte) error {
	if _, err := f.exec("INSERT INTO device_document (device, document) VALUES (?, ?) ON CONFLICT (device) DO UPDATE SET document = excluded.document", num, pack(text)); err != nil {
		return err
	}
	if _, err := f.exec("DELETE FROM device_subject WHERE device = ?", num); err != nil {
		return err
	}
	var rows [][]any
	for _, s := range l.subjects() {
		rows = append(rows, []any{s, num})
	}
	return f.insert("device_subject (subject, device)", "ON CONFLICT DO NOTHING", rows)
}

// update stores a device that differs, and says so where it matters.
func (f *fold) update(k *known, d *device.Device, text, whole []byte) error {
	var before device.Device
	var had []byte
	err := f.row("SELECT x.document, d.matter FROM device d JOIN device_document x ON x.device = d.num WHERE d.num = ?", k.num).Scan(packed{&before}, &had)
	if err != nil {
		return err
	}
	if !bytes.Equal(had, matter(d)) {
		f.done.Changed = append(f.done.Changed, d.ID)
		f.note("device_changed", k.num, differences(&before, d))
	}
	return f.store(k.num, d, text, whole)
}

// store writes a device into the row that it has.
func (f *fold) store(num int64, d *device.Device, text, whole []byte) error {
	l := lineOf(d)
	set := strings.ReplaceAll(deviceColumns, ",", " = ?,") + " = ?"
	args := append(l.values(), whole, matter(d), num)
	if _, err := f.exec("UPDATE device SET "+set+", whole = ?, matter = ?, gone = 0 WHERE num = ?", args...); err != nil {
		return err
	}
	return f.attach(num, &l, text)
}

// finish finds out which devices are gone and which only have a better name.
func (f *fold) finish() error {
	var gone []device.ID
	for id, k := range f.have {
		if !k.seen && !k.gone {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		to, err := f.heir(id)
		if err != nil {
			return err
		}
		if to != "" {
			err = f.rename(id, to)
		} else {
			err = f.lose(id)
		}
		if err != nil {
			return err
		}
	}
	for id := range f.fresh {
		f.done.New = append(f.done.New, id)
	}
	slices.Sort(f.done.New)
	for _, id := range f.done.New {
		if a, ok := f.fresh[id]; ok {
			f.note("device_new", a.num, a.text)
		}
	}
	if f.moved {
		if err := f.recount(); err != nil {
			return err
		}
	}
	return f.putChanges(f.changes)
}

// lose marks a device that the inventory no longer has; its history stays.
func (f *fold) lose(id device.ID) error {
	k := f.have[id]
	f.done.Gone = append(f.done.Gone, id)
	f.note("device_gone", k.num, string(id)+" is no longer in the inventory")
	f.moved = f.moved || k.scored
	now := micros(f.now)
	if err := f.forgetBasis(k.num); err != nil {
		return err
	}
	if _, err := f.exec("UPDATE finding SET closed = ?, last = (SELECT assessed FROM device WHERE num = ?), changed = ? WHERE device = ? AND closed = 0", now, k.num, now, k.num); err != nil {
		return err
	}
	_, err := f.exec("UPDATE device SET gone = ?, score = 0, band = 0, findings = 0 WHERE num = ?", now, k.num)
	return err
}

// note adds a line to the history of a device.
func (f *fold) note(kind string, num int64, text string) {
	f.changes = append(f.changes, changeRow{at: f.now, kind: kind, device: num, text: text, cause: f.cause})
}
