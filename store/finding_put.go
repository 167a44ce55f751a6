package store

import (
	"context"
	"database/sql"
	"time"

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
	texts   map[[16]byte]int64
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
	var a *assessing
	err := s.inTx(ctx, func(t *tx) error {
		a = &assessing{tx: t, now: micros(s.Now()), cause: cause, texts: map[[16]byte]int64{}, sums: map[int64]*sum{}, pubs: map[int64]int{},
			numbers: map[string]map[string]int64{"vulnerability": {}, "publication": {}}}
		if err := t.turn(turnInventory); err != nil {
			return err
		}
		var err error
		if a.why, err = a.text([]byte(asJSON(clean(cause)))); err != nil {
			return err
		}
		for i := range batch {
			if err := a.device(&batch[i]); err != nil {
				return err
			}
		}
		return a.finish()
	})
	if err != nil {
		return nil, err
	}
	s.changed(TopicFindings, "")
	s.changed(TopicDevices, "")
	return a.out, nil
}

// device takes all findings of one device.
func (a *assessing) device(in *Assessed) error {
	var num, assessed int64
	err := a.row("SELECT num, assessed FROM device WHERE gone = 0 AND num = coalesce((SELECT num FROM device WHERE id = ?), (SELECT device FROM device_former WHERE id = ?))",
		string(in.Device), string(in.Device)).Scan(&num, &assessed)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return err
	}
	had, err := a.load(num)
	if err != nil {
		return err
	}
	mark := len(a.out)
	next := map[int64]*findingRow{}
	for i := range in.Findings {
		row, err := a.rowOf(&in.Findings[i])
		if err != nil {
			return err
		}
		if other := next[row.vulnerability]; other == nil || row.score > other.score {
			next[row.vulnerability] = row
		}
	}
	for i := range in.Findings { // in the order they came, so that the history is the same each time
		v := a.numbers["vulnerability"][in.Findings[i].Vulnerability]
		if row := next[v]; row != nil && row.first == 0 {
			a.compare(num, in.Device, had[v], row, assessed)
		}
	}
	for v, row := range had {
		if next[v] == nil {
			next[v] = a.missing(num, in.Device, row, assessed)
		}
	}
	a.publications(had, next)
	a.history(num, assessed == 0, mark)
	return a.summarise(num, next)
}

// load reads the findings that a device has.
func (a *assessing) load(num int64) (map[int64]*findingRow, error) {
	had := map[int64]*findingRow{}
	return had, each(a.ctx, a, func(r *sql.Rows) error {
		f := new(findingRow)
		err := r.Scan(&f.vulnerability, &f.publication, &f.score, &f.band, &f.status, &f.match, &f.finding, &f.assessment, &f.why,
			&f.first, &f.last, &f.changed, &f.closed, &f.vulnerabilityID)
		had[f.vulnerability] = f
		return err
	}, `SELECT f.vulnerability, f.publication, f.score, f.band, f.status, f.matched, f.finding, f.assessment, f.why,
		f.first, f.last, f.changed, f.closed, v.id FROM finding f JOIN vulnerability v ON v.num = f.vulnerability WHERE f.device = ?`, num)
}

// rowOf makes the row of a finding as triage hands it over. first is not set.
func (a *assessing) rowOf(f *Finding) (*findingRow, error) {
	row := &findingRow{score: f.Assessment.Score, band: codeOf(bandCodes, f.Assessment.Band), status: codeOf(statusCodes, f.Status),
		match: codeOf(matchCodes, f.Match), why: a.why, vulnerabilityID: f.Vulnerability}
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
	shared, weighed := f.Finding, f.Assessment
	shared.Device, weighed.Device = "", ""
	if row.finding, err = a.text([]byte(asJSON(shared))); err != nil {
		return nil, err
	}
	row.assessment, err = a.text([]byte(asJSON(weighed)))
	return row, err
}

// text stores a text once and gives its number.
func (a *assessing) text(b []byte) (int64, error) {
	key := [16]byte(fingerprint(b))
	if n, ok := a.texts[key]; ok {
		return n, nil
	}
	var n int64
	err := a.row("SELECT num FROM text WHERE hash = ?", key[:]).Scan(&n)
	if err == sql.ErrNoRows {
		err = a.row("INSERT INTO text (hash, body) VALUES (?, ?) RETURNING num", key[:], pack(b)).Scan(&n)
	}
	if err == nil {
		a.texts[key] = n
	}
	return n, err
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
func (a *assessing) summarise(num int64, rows map[int64]*findingRow) error {
	var score float64
	var worst, open int64
	for _, r := range rows {
		if r.open() {
			open++
			score, worst = max(score, r.score), max(worst, r.band)
		}
	}
	_, err := a.exec("UPDATE device SET score = ?, band = ?, findings = ?, assessed = ? WHERE num = ?", score, worst, open, a.now, num)
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
