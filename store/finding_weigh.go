package store

import (
	"context"
	"database/sql"
	"slices"

	"ward/asset/device"
)

// PutWeighed is PutAssessed where only the weight of some findings changed, as
// after a new KEV file: the findings of a device that are not handed over stay
// as they are. Each must be there with the same advisory and must not open or
// close; ErrConflict otherwise, and nothing is stored.
func (s *Store) PutWeighed(ctx context.Context, cause string, batch []Assessed) ([]FindingChange, error) {
	return s.assessed(ctx, cause, func(a *assessing) error { return a.weigh(batch) })
}

func (a *assessing) weigh(batch []Assessed) error {
	texts, err := a.learnTexts(batch)
	if err != nil {
		return err
	}
	places, err := a.places(batch)
	if err != nil {
		return err
	}
	had, err := a.weighed(batch, places)
	if err != nil {
		return err
	}
	var nums []int64
	for i := range batch {
		in := &batch[i]
		mine := texts[:len(in.Findings)]
		texts = texts[len(in.Findings):]
		at, there := places[in.Device]
		if !there {
			continue
		}
		nums = append(nums, at.num)
		mark := len(a.out)
		for j := range in.Findings {
			row, err := a.rowOf(&in.Findings[j], mine[j])
			if err != nil {
				return err
			}
			old := had[spot{at.num, row.vulnerability}]
			if old == nil || old.publication != row.publication || old.open() != row.open() {
				return ErrConflict
			}
			a.compare(at.num, in.Device, old, row, at.assessed)
		}
		a.history(at.num, false, mark)
	}
	if err := a.finish(); err != nil {
		return err
	}
	return a.resum(nums)
}

// spot is a finding's key.
type spot struct{ device, vulnerability int64 }

// place is where a device stands.
type place struct{ num, assessed int64 }

// atOnce is how many values one list of a statement has.
const atOnce = 400

// places finds the devices of the batch, by a former ID as well; those that are
// gone are left out.
func (a *assessing) places(batch []Assessed) (map[device.ID]place, error) {
	out := make(map[device.ID]place, len(batch))
	ids := make([]any, len(batch))
	for i := range batch {
		ids[i] = string(batch[i].Device)
	}
	learn := func(r *sql.Rows) error {
		var id device.ID
		var at place
		err := r.Scan(&id, &at.num, &at.assessed)
		out[id] = at
		return err
	}
	for part := range slices.Chunk(ids, atOnce) {
		if err := each(a.ctx, a, learn, "SELECT id, num, assessed FROM device WHERE gone = 0 AND id IN ("+marks(len(part))+")", part...); err != nil {
			return nil, err
		}
	}
	former := slices.DeleteFunc(ids, func(id any) bool { _, found := out[device.ID(id.(string))]; return found })
	for part := range slices.Chunk(former, atOnce) {
		if err := each(a.ctx, a, learn, `SELECT x.id, d.num, d.assessed FROM device_former x JOIN device d ON d.num = x.device
			WHERE d.gone = 0 AND x.id IN (`+marks(len(part))+")", part...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// weighed reads the findings of the batch as they stand.
func (a *assessing) weighed(batch []Assessed, places map[device.ID]place) (map[spot]*findingRow, error) {
	out := map[spot]*findingRow{}
	for part := range slices.Chunk(batch, atOnce) {
		var nums, flaws []any
		seen := map[int64]bool{}
		for i := range part {
			if at, there := places[part[i].Device]; there {
				nums = append(nums, at.num)
			}
			for j := range part[i].Findings {
				v, err := a.number("vulnerability", part[i].Findings[j].Vulnerability)
				if err != nil {
					return nil, err
				}
				if !seen[v] {
					seen[v] = true
					flaws = append(flaws, v)
				}
			}
		}
		if len(nums) == 0 || len(flaws) == 0 {
			continue
		}
		for few := range slices.Chunk(flaws, atOnce) {
			err := each(a.ctx, a, func(r *sql.Rows) error {
				device, f, err := scanFindingRow(r)
				out[spot{device, f.vulnerability}] = f
				return err
			}, findingRowQuery+" WHERE f.device IN ("+marks(len(nums))+") AND f.vulnerability IN ("+marks(len(few))+")", slices.Concat(nums, few)...)
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// resum makes the sums of devices anew from their findings.
func (a *assessing) resum(nums []int64) error {
	for part := range slices.Chunk(nums, atOnce) {
		args := []any{a.now}
		for _, n := range part {
			args = append(args, n)
		}
		_, err := a.exec(`UPDATE device SET assessed = ?,
			score = coalesce((SELECT max(f.score) FROM finding f WHERE f.device = device.num AND f.closed = 0), 0),
			band = coalesce((SELECT max(f.band) FROM finding f WHERE f.device = device.num AND f.closed = 0), 0)
			WHERE num IN (`+marks(len(part))+")", args...)
		if err != nil {
			return err
		}
	}
	return nil
}
