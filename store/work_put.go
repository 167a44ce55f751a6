package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ward/asset/device"
	"ward/vuln/remedy"
)

// SetWork changes state, assignee or due date. version is that of the Work the
// person saw; ErrConflict if somebody was faster. It writes the audit trail.
func (s *Store) SetWork(ctx context.Context, key string, version int, c WorkChange, by Actor) (Work, error) {
	if c.State != nil {
		switch *c.State {
		case WorkOpen, WorkDoing, WorkWaiting, WorkDone:
		case WorkDismissed:
			if err := needReason(c.Reason); err != nil {
				return Work{}, err
			}
		default:
			return Work{}, fmt.Errorf("%w: %q is no state that a person sets", ErrRefused, *c.State)
		}
	}
	err := s.inTx(ctx, func(t *tx) error {
		set, args := "version = version + 1, changed = ?", []any{micros(s.Now())}
		if c.State != nil {
			set, args = set+", state = ?", append(args, string(*c.State))
		}
		if c.Assignee != nil {
			set, args = set+", assignee = ?", append(args, clean(*c.Assignee))
		}
		if c.Due != nil {
			set, args = set+", due = ?", append(args, micros(*c.Due))
		}
		done, err := t.exec("UPDATE work SET "+set+" WHERE key = ? AND version = ?", append(args, key, version)...)
		if err := some(done, err); err != nil {
			var n int
			if err == ErrNotFound && one(t.row("SELECT 1 FROM work WHERE key = ?", key), &n) == nil {
				return ErrConflict
			}
			return err
		}
		return t.audit(s.Now(), by, "work.set", "work:"+key, asJSON(c))
	})
	if err != nil {
		return Work{}, err
	}
	s.changed(TopicWorklist, key)
	return s.Work(ctx, key)
}

// workRow is what PutPlan holds of work that is there.
type workRow struct {
	state         WorkState
	rank, rankDay int64
	links         []byte
	before        int64
}

// planning is one run of PutPlan.
type planning struct {
	*tx
	now     time.Time
	cause   string
	had     map[string]*workRow
	devices map[device.ID]int64
	changes []changeRow
}

// PutPlan replaces the plan: work that is asked for again keeps its human
// state, what is no longer asked for becomes WorkGone. keys[i] is that of plan[i].
// Work that was gone is open again.
func (s *Store) PutPlan(ctx context.Context, cause string, keys []string, plan []remedy.Action) error {
	if len(keys) != len(plan) {
		return fmt.Errorf("store: %d keys for %d actions", len(keys), len(plan))
	}
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnWork); err != nil {
			return err
		}
		p := &planning{tx: t, now: s.Now(), cause: cause}
		if err := p.load(); err != nil {
			return err
		}
		seen := map[string]bool{}
		for i := range plan {
			if seen[keys[i]] {
				return fmt.Errorf("store: two actions have the key %q", keys[i])
			}
			seen[keys[i]] = true
			if err := p.put(keys[i], &plan[i]); err != nil {
				return err
			}
		}
		return p.finish(seen)
	})
	if err == nil {
		s.changed(TopicWorklist, "")
	}
	return err
}

func (p *planning) load() error {
	p.had, p.devices = map[string]*workRow{}, map[device.ID]int64{}
	err := each(p.ctx, p, func(r *sql.Rows) error {
		var key string
		w := new(workRow)
		if err := r.Scan(&key, &w.state, &w.rank, &w.rankDay, &w.before, &w.links); err != nil {
			return err
		}
		p.had[key] = w
		return nil
	}, "SELECT key, state, rank, rank_day, rank_before, links FROM work")
	if err != nil {
		return err
	}
	return each(p.ctx, p, func(r *sql.Rows) error {
		var id device.ID
		var num int64
		if err := r.Scan(&id, &num); err != nil {
			return err
		}
		p.devices[id] = num
		return nil
	}, "SELECT id, num FROM device")
}

// put stores one action.
func (p *planning) put(key string, a *remedy.Action) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	today, now := dayOf(p.now), micros(p.now)
	links := fingerprint([]byte(asJSON([]any{a.Devices, a.Vulnerabilities})))
	old := p.had[key]
	if old == nil {
		p.note("work_new", key, a.Action)
		_, err = p.exec(`INSERT INTO work (key, state, rank, band, kind, assignee, due, first, changed, rank_before, rank_day, version, links, document)
			VALUES (?, ?, ?, ?, ?, '', 0, ?, ?, 0, ?, 1, ?, ?)`,
			key, string(WorkOpen), a.Rank, codeOf(bandCodes, a.Band), string(a.Kind), now, now, today, links, pack(text))
		if err != nil {
			return err
		}
		return p.link(key, a)
	}
	before := old.before
	if old.rankDay < today {
		before = old.rank
	}
	state := old.state
	if state == WorkGone {
		state = WorkOpen
		p.note("work_new", key, "again: "+a.Action)
	}
	_, err = p.exec(`UPDATE work SET state = ?, rank = ?, band = ?, kind = ?, rank_before = ?, rank_day = ?, links = ?, document = ?,
		changed = CASE WHEN state = ? THEN changed ELSE ? END, version = version + CASE WHEN state = ? THEN 0 ELSE 1 END WHERE key = ?`,
		string(state), a.Rank, codeOf(bandCodes, a.Band), string(a.Kind), before, today, links, pack(text), string(state), now, string(state), key)
	if err != nil || bytes.Equal(links, old.links) {
		return err
	}
	return p.link(key, a)
}

// link joins work with its devices and vulnerabilities.
func (p *planning) link(key string, a *remedy.Action) error {
	for _, table := range []string{"work_device", "work_vulnerability"} {
		if _, err := p.exec("DELETE FROM "+table+" WHERE work = ?", key); err != nil {
			return err
		}
	}
	var devices, vulnerabilities [][]any
	for _, id := range a.Devices {
		if num, ok := p.devices[id]; ok {
			devices = append(devices, []any{num, key})
		}
	}
	for _, v := range a.Vulnerabilities {
		vulnerabilities = append(vulnerabilities, []any{clean(v), key})
	}
	if err := p.insert("work_device (device, work)", "ON CONFLICT DO NOTHING", devices); err != nil {
		return err
	}
	return p.insert("work_vulnerability (vulnerability, work)", "ON CONFLICT DO NOTHING", vulnerabilities)
}

// finish marks what the plan no longer asks for.
func (p *planning) finish(seen map[string]bool) error {
	var gone []string
	for key, w := range p.had {
		if !seen[key] && w.state != WorkGone && (w.rank != 0 || !w.state.Ended()) {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	today := dayOf(p.now)
	for _, key := range gone {
		w := p.had[key]
		before := w.before
		if w.rankDay < today {
			before = w.rank
		}
		state := w.state // what people ended stays as they ended it
		if !state.Ended() {
			state = WorkGone
		}
		_, err := p.exec("UPDATE work SET state = ?, rank = 0, rank_before = ?, rank_day = ?, changed = ?, version = version + 1 WHERE key = ?",
			string(state), before, today, micros(p.now), key)
		if err != nil {
			return err
		}
		if state != WorkGone {
			continue
		}
		name, err := p.nameOf(key)
		if err != nil {
			return err
		}
		p.note("work_gone", key, name+": no longer needed")
	}
	return p.putChanges(p.changes)
}

// nameOf is the instruction of a piece of work.
func (p *planning) nameOf(key string) (string, error) {
	var a remedy.Action
	err := p.row("SELECT document FROM work WHERE key = ?", key).Scan(packed{&a})
	return a.Action, err
}

func (p *planning) note(kind, key, text string) {
	p.changes = append(p.changes, changeRow{at: p.now, kind: kind, work: key, text: text, cause: p.cause})
}
