package store

import (
	"slices"
	"strings"

	"ward/asset/device"
)

// heir finds the device of this inventory that a lost one now is: an address
// whose MAC became known, an asset that was found on the wire. Empty for none.
func (f *fold) heir(id device.ID) (device.ID, error) {
	names := []string{string(id)}
	if strings.HasPrefix(string(id), "mac:") {
		var asset string
		if err := f.row("SELECT asset_id FROM device WHERE num = ?", f.have[id].num).Scan(&asset); err != nil {
			return "", err
		}
		if asset == "" {
			return "", nil
		}
		names = []string{"asset:" + asset}
	}
	found, err := column[device.ID](f.ctx, f, `SELECT d.id FROM device_subject s JOIN device d ON d.num = s.device
		WHERE s.subject = ? AND d.gone = 0 AND d.id <> ? ORDER BY d.id`, names[0], string(id))
	if err != nil {
		return "", err
	}
	found = slices.DeleteFunc(found, func(to device.ID) bool {
		k := f.have[to]
		return k != nil && !k.seen
	})
	if len(found) != 1 {
		return "", nil // nobody, or nobody knows which
	}
	return found[0], nil
}

// rename gives everything that was known about a device to the one it now is.
// A device that is new takes the place of the old row; one that was there
// already takes its history over.
func (f *fold) rename(from, to device.ID) error {
	old := f.have[from].num
	a, fresh := f.fresh[to]
	num := a.num
	if !fresh {
		num = f.have[to].num
	}
	f.done.Renamed[from] = to
	delete(f.fresh, to)
	if !slices.Contains(f.done.Changed, to) {
		f.done.Changed = append(f.done.Changed, to)
	}
	if err := f.move(old, num); err != nil {
		return err
	}
	f.moved = true
	f.have[to] = &known{num: num, seen: true}
	f.note("device_renamed", num, string(from)+" is now known as "+string(to))
	for _, q := range []string{
		"UPDATE device_former SET device = ? WHERE device = ?",
		"INSERT INTO device_former (id, device, since) SELECT id, ?, ? FROM device WHERE num = ? ON CONFLICT (id) DO UPDATE SET device = excluded.device",
	} {
		args := []any{num, old}
		if strings.HasPrefix(q, "INSERT") {
			args = []any{num, micros(f.now), old}
		}
		if _, err := f.exec(q, args...); err != nil {
			return err
		}
	}
	for _, q := range []string{"DELETE FROM device_subject WHERE device = ?", "DELETE FROM device_document WHERE device = ?", "DELETE FROM device WHERE num = ?"} {
		if _, err := f.exec(q, old); err != nil {
			return err
		}
	}
	return nil
}

// move hands findings, decisions, comments, work and history on. Where both
// devices have the same finding, that of the new one stays.
func (f *fold) move(from, to int64) error {
	for _, num := range []int64{from, to} {
		if err := f.forgetBasis(num); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		query string
		args  []any
	}{
		{"DELETE FROM finding WHERE device = ? AND vulnerability IN (SELECT vulnerability FROM finding WHERE device = ?)", []any{from, to}},
		{"UPDATE finding SET device = ? WHERE device = ?", []any{to, from}},
		{"DELETE FROM work_device WHERE device = ? AND work IN (SELECT work FROM work_device WHERE device = ?)", []any{from, to}},
		{"UPDATE work_device SET device = ? WHERE device = ?", []any{to, from}},
		{"UPDATE decision_state SET device = ? WHERE device = ?", []any{to, from}},
		{"UPDATE change SET device = ? WHERE device = ?", []any{to, from}},
		{"UPDATE comment SET subject = ? WHERE subject = ?", []any{deviceSubject(to), deviceSubject(from)}},
		{"UPDATE device SET assessed = (SELECT max(assessed) FROM device WHERE num IN (?, ?)) WHERE num = ?", []any{from, to, to}},
	} {
		if _, err := f.exec(m.query, m.args...); err != nil {
			return err
		}
	}
	prefix := findingSubject(from, "")
	subjects, err := column[string](f.ctx, f, "SELECT DISTINCT subject FROM comment WHERE subject >= ? AND subject < ?", prefix, prefix+"\x7f")
	if err != nil {
		return err
	}
	for _, s := range subjects {
		if _, err := f.exec("UPDATE comment SET subject = ? WHERE subject = ?", findingSubject(to, strings.TrimPrefix(s, prefix)), s); err != nil {
			return err
		}
	}
	return nil
}
