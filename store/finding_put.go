package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ward/asset/device"
	"ward/vuln/exposure"
)

// findingRow is a finding as it is stored.
type findingRow struct {
	vulnerability, publication   int64
	score                        float64
	band, status, match          int64
	finding, assessment, why     int64
	first, last, changed, closed int64
	vulnerabilityID              string
}

func (r *findingRow) open() bool { return r.closed == 0 }

// assessing is one run of PutAssessed.
type assessing struct {
	*tx
	now     int64
	cause   string
	why     int64
	texts   map[textKey]int64
	numbers map[string]map[string]int64 // by table and ID
	rows    [][]any
	changes []changeRow
	out     []FindingChange
	sums    map[int64]*sum // by vulnerability
	pubs    map[int64]int  // devices more or less, by publication
}

// sum is how the sums of a vulnerability change.
type sum struct {
	devices     int
	before, now int64 // worst band that went away, worst that came
	first       int64
	title       string
	touched     bool
}

// PutAssessed replaces the findings of the devices: new ones get First, those
// that are missing are closed, and what changed in status, match or band becomes
// a Change with the cause. One transaction for the batch. An assessment that
// changed only in its words or its score within the band is stored without a
// Change. The first assessment of a device is one line of the history, however
// many findings it has. A device that nobody knows any more is left out.
func (s *Store) PutAssessed(ctx context.Context, cause string, batch []Assessed) ([]FindingChange, error) {
	return s.assessed(ctx, cause, func(a *assessing) error { return a.whole(batch) })
}

// assessed does one run in a transaction of its own and tells who listens.
func (s *Store) assessed(ctx context.Context, cause string, run func(*assessing) error) ([]FindingChange, error) {
	var a *assessing
	err := s.inTx(ctx, func(t *tx) error {
		var err error
		if a, err = s.assessing(t, cause); err != nil {
			return err
		}
		return run(a)
	})
	if err != nil {
		return nil, err
	}
	s.changed(TopicFindings, "")
	s.changed(TopicDevices, "")
	return a.out, nil
}

// assessing begins a run.
func (s *Store) assessing(t *tx, cause string) (*assessing, error) {
	a := &assessing{tx: t, now: micros(s.Now()), cause: cause, texts: map[textKey]int64{}, sums: map[int64]*sum{}, pubs: map[int64]int{},
		numbers: map[string]map[string]int64{"vulnerability": {}, "publication": {}}}
	if err := t.turn(turnInventory); err != nil {
		return nil, err
	}
	var err error
	a.why, err = a.text("", []byte(asJSON(clean(cause))))
	return a, err
}

// whole takes all findings of each device.
func (a *assessing) whole(batch []Assessed) error {
	texts, err := a.learnTexts(batch)
	if err != nil {
		return err
	}
	places, err := a.places(batch)
	if err != nil {
		return err
	}
	had, err := a.load(places)
	if err != nil {
		return err
	}
	update, err := a.prepare("UPDATE device SET score = ?, band = ?, findings = ?, assessed = ? WHERE num = ?")
	if err != nil {
		return err
	}
	defer update.Close()
	for i := range batch {
		in := &batch[i]
		mine := texts[:len(in.Findings)]
		texts = texts[len(in.Findings):]
		if at, there := places[in.Device]; there {
			next, err := a.device(in, at, had[at.num], mine)
			if err != nil {
				return err
			}
			had[at.num], places[in.Device] = next, place{at.num, a.now} // the batch may have a device twice
			if err := a.summarise(update, at.num, next); err != nil {
				return err
			}
		}
	}
	return a.finish()
}

// device takes all findings of one device and gives its rows as they are now.
func (a *assessing) device(in *Assessed, at place, had map[int64]*findingRow, texts []worded) (map[int64]*findingRow, error) {
	mark := len(a.out)
	next := map[int64]*findingRow{}
	for i := range in.Findings {
		row, err := a.rowOf(&in.Findings[i], texts[i])
		if err != nil {
			return nil, err
		}
		if other := next[row.vulnerability]; other == nil || row.score > other.score {
			next[row.vulnerability] = row
		}
	}
	for i := range in.Findings { // in the order they came, so that the history is the same each time
		v := a.numbers["vulnerability"][in.Findings[i].Vulnerability]
		if row := next[v]; row != nil && row.first == 0 {
			a.compare(at.num, in.Device, had[v], row, at.assessed)
		}
	}
	for v, row := range had {
		if next[v] == nil {
			next[v] = a.missing(at.num, in.Device, row, at.assessed)
		}
	}
	a.publications(had, next)
	a.history(at.num, at.assessed == 0, mark)
	return next, nil
}

// load reads the findings that the devices have.
func (a *assessing) load(places map[device.ID]place) (map[int64]map[int64]*findingRow, error) {
	out := make(map[int64]map[int64]*findingRow, len(places))
	nums := make([]any, 0, len(places))
	for _, at := range places {
		if at.assessed != 0 {
			nums = append(nums, at.num)
		}
	}
	for part := range slices.Chunk(nums, atOnce) {
		err := each(a.ctx, a, func(r *sql.Rows) error {
			device, f, err := scanFindingRow(r)
			if out[device] == nil {
				out[device] = map[int64]*findingRow{}
			}
			out[device][f.vulnerability] = f
			return err
		}, findingRowQuery+" WHERE f.device IN ("+marks(len(part))+")", part...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// findingRowQuery reads rows in the order of scanFindingRow.
const findingRowQuery = `SELECT f.device, f.vulnerability, f.publication, f.score, f.band, f.status, f.matched, f.finding, f.assessment, f.why,
	f.first, f.last, f.changed, f.closed, v.id FROM finding f JOIN vulnerability v ON v.num = f.vulnerability`

func scanFindingRow(r *sql.Rows) (device int64, f *findingRow, err error) {
	f = new(findingRow)
	err = r.Scan(&device, &f.vulnerability, &f.publication, &f.score, &f.band, &f.status, &f.match, &f.finding, &f.assessment, &f.why,
		&f.first, &f.last, &f.changed, &f.closed, &f.vulnerabilityID)
	return device, f, err
}

// rowOf makes the row of a finding as triage hands it over. first is not set.
func (a *assessing) rowOf(f *Finding, texts worded) (*findingRow, error) {
	row := &findingRow{score: f.Assessment.Score, band: codeOf(bandCodes, f.Assessment.Band), status: codeOf(statusCodes, f.Status),
		match: codeOf(matchCodes, f.Match), why: a.why, vulnerabilityID: f.Vulnerability,
		finding: a.texts[texts.finding], assessment: a.texts[texts.assessment]}
	if f.Status != exposure.Affected && f.Status != exposure.UnderInvestigation {
		row.closed = a.now
		row.score, row.band = 0, 0
	}
	var err error
	if row.vulnerability, err = a.number("vulnerability", f.Vulnerability); err != nil {
		return nil, err
	}
	if row.publication, err = a.number("publication", f.Advisory); err != nil {
		return nil, err
	}
	if f.Vuln != nil {
		a.sum(row.vulnerability).title = clean(f.Vuln.Title)
	}
	return row, nil
}

// number gives the number of a vulnerability or publication.
func (a *assessing) number(table, id string) (int64, error) {
	if n, ok := a.numbers[table][id]; ok {
		return n, nil
	}
	n, err := a.tx.numberIn(table, id)
	if err == nil {
		a.numbers[table][id] = n
	}
	return n, err
}

// numberIn gives the number of an ID, a new one where it has none.
func (t *tx) numberIn(table, id string) (int64, error) {
	var n int64
	err := t.row("SELECT num FROM "+table+" WHERE id = ?", clean(id)).Scan(&n)
	if err == sql.ErrNoRows {
		err = t.row("INSERT INTO "+table+" (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING num", clean(id)).Scan(&n)
	}
	return n, err
}

// same tells whether nothing of a finding differs.
func (r *findingRow) same(o *findingRow) bool {
	return r.publication == o.publication && r.score == o.score && r.band == o.band && r.status == o.status && r.match == o.match &&
		r.finding == o.finding && r.assessment == o.assessment && r.open() == o.open()
}

// write puts a row on the list of those to store.
func (a *assessing) write(num int64, r *findingRow) {
	a.rows = append(a.rows, []any{num, r.vulnerability, r.publication, r.score, r.band, r.status, r.match, r.finding, r.assessment, r.why,
		r.first, r.last, r.changed, r.closed})
}

// summarise stores the sums of a device.
func (a *assessing) summarise(update *sql.Stmt, num int64, rows map[int64]*findingRow) error {
	var score float64
	var worst, open int64
	for _, r := range rows {
		if r.open() {
			open++
			score, worst = max(score, r.score), max(worst, r.band)
		}
	}
	_, err := update.ExecContext(a.ctx, score, worst, open, a.now, num)
	return err
}

// finish writes what was collected.
func (a *assessing) finish() error {
	err := a.insert("finding (device, vulnerability, publication, score, band, status, matched, finding, assessment, why, first, last, changed, closed)",
		`ON CONFLICT (device, vulnerability) DO UPDATE SET publication = excluded.publication, score = excluded.score, band = excluded.band,
		status = excluded.status, matched = excluded.matched, finding = excluded.finding, assessment = excluded.assessment, why = excluded.why,
		first = excluded.first, last = excluded.last, changed = excluded.changed, closed = excluded.closed`, a.rows)
	if err != nil {
		return err
	}
	if err := a.storeSums(); err != nil {
		return err
	}
	return a.putChanges(a.changes)
}

// at is the time of this run.
func (a *assessing) at() time.Time { return fromMicros(a.now) }
