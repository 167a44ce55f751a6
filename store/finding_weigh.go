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
	var a *assessing
	err := s.inTx(ctx, func(t *tx) error {
		a = &assessing{tx: t, now: micros(s.Now()), cause: cause, texts: map[[16]byte]int64{}, sums: map[int64]*sum{}, pubs: map[int64]int{},
			numbers: map[string]map[string]int64{"vulnerability": {}, "publication": {}}}
		if err := t.turn(turnInventory); err != nil {
			return err
		}
		return a.weigh(batch)
	})
	if err != nil {
		return nil, err
	}
	s.changed(TopicFindings, "")
	s.changed(TopicDevices, "")
	return a.out, nil
}

func (a *assessing) weigh(batch []Assessed) error {
	var err error
	if a.why, err = a.text([]byte(asJSON(clean(a.cause)))); err != nil {
		return err
	}
	if err := a.learnTexts(batch); err != nil {
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
		at, there := places[in.Device]
		if !there {
			continue
		}
		nums = append(nums, at.num)
		mark := len(a.out)
		for j := range in.Findings {
			row, err := a.rowOf(&in.Findings[j])
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

// learnTexts finds or stores all texts of the batch, many at once.
func (a *assessing) learnTexts(batch []Assessed) error {
	bodies := map[[16]byte][]byte{}
	for i := range batch {
		for j := range batch[i].Findings {
			shared, weighed := batch[i].Findings[j].Finding, batch[i].Findings[j].Assessment
			shared.Device, weighed.Device = "", ""
			for _, text := range [][]byte{[]byte(asJSON(shared)), []byte(asJSON(weighed))} {
				bodies[[16]byte(fingerprint(text))] = text
			}
		}
	}
	keys := make([][]byte, 0, len(bodies))
	for key := range bodies {
		keys = append(keys, key[:])
	}
	learn := func(r *sql.Rows) error {
		var hash []byte
		var num int64
		if err := r.Scan(&hash, &num); err != nil {
			return err
		}
		a.texts[[16]byte(hash)] = num
		return nil
	}
	for part := range slices.Chunk(keys, atOnce) {
		args := make([]any, len(part))
		for i := range part {
			args[i] = part[i]
		}
		if err := each(a.ctx, a, learn, "SELECT hash, num FROM text WHERE hash IN ("+marks(len(args))+")", args...); err != nil {
			return err
		}
	}
	var fresh [][]any
	for key, body := range bodies {
		if _, known := a.texts[key]; !known {
			fresh = append(fresh, []any{key[:], pack(body)})
		}
	}
	if err := a.insert("text (hash, body)", "ON CONFLICT (hash) DO NOTHING", fresh); err != nil {
		return err
	}
	for part := range slices.Chunk(fresh, atOnce) {
		args := make([]any, len(part))
		for i := range part {
			args[i] = part[i][0]
		}
		if err := each(a.ctx, a, learn, "SELECT hash, num FROM text WHERE hash IN ("+marks(len(args))+")", args...); err != nil {
			return err
		}
	}
	return nil
}

// places finds the devices of the batch; those that are gone are left out.
func (a *assessing) places(batch []Assessed) (map[device.ID]place, error) {
	out := map[device.ID]place{}
	for part := range slices.Chunk(batch, atOnce) {
		args := make([]any, len(part))
		for i := range part {
			args[i] = string(part[i].Device)
		}
		err := each(a.ctx, a, func(r *sql.Rows) error {
			var id device.ID
			var at place
			if err := r.Scan(&id, &at.num, &at.assessed); err != nil {
				return err
			}
			out[id] = at
			return nil
		}, "SELECT id, num, assessed FROM device WHERE gone = 0 AND id IN ("+marks(len(args))+")", args...)
		if err != nil {
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
				f := new(findingRow)
				var device int64
				err := r.Scan(&device, &f.vulnerability, &f.publication, &f.score, &f.band, &f.status, &f.match, &f.finding, &f.assessment, &f.why,
					&f.first, &f.last, &f.changed, &f.closed, &f.vulnerabilityID)
				out[spot{device, f.vulnerability}] = f
				return err
			}, `SELECT f.device, f.vulnerability, f.publication, f.score, f.band, f.status, f.matched, f.finding, f.assessment, f.why,
				f.first, f.last, f.changed, f.closed, v.id FROM finding f JOIN vulnerability v ON v.num = f.vulnerability
				WHERE f.device IN (`+marks(len(nums))+") AND f.vulnerability IN ("+marks(len(few))+")", slices.Concat(nums, few)...)
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
