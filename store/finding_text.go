package store

import (
	"database/sql"
	"slices"
)

// textKey finds a text that many findings share: four bytes of what it is about,
// so that the texts of one vulnerability lie together in the index, and the
// fingerprint of the text.
type textKey [20]byte

func keyOfText(about string, text []byte) (k textKey) {
	copy(k[:4], fingerprint([]byte(about)))
	copy(k[4:], fingerprint(text))
	return k
}

// worded are the keys of the two texts of a finding.
type worded struct{ finding, assessment textKey }

// textsAtOnce is how many keys one list of a statement has.
const textsAtOnce = 400

// learnTexts finds or stores all texts of the batch, many at once, and gives the
// keys of each finding in the order of the batch.
func (a *assessing) learnTexts(batch []Assessed) ([]worded, error) {
	var out []worded
	bodies := map[textKey][]byte{}
	var order []textKey // as they came: the same batch gives the same numbers
	note := func(about string, v any) textKey {
		text := []byte(asJSON(v))
		k := keyOfText(about, text)
		if _, known := a.texts[k]; !known && bodies[k] == nil {
			bodies[k], order = text, append(order, k)
		}
		return k
	}
	for i := range batch {
		for j := range batch[i].Findings {
			f := &batch[i].Findings[j]
			shared, weighed := f.Finding, f.Assessment
			shared.Device, weighed.Device = "", ""
			out = append(out, worded{note(f.Vulnerability, &shared), note(f.Vulnerability, &weighed)})
		}
	}
	if err := a.lookUpTexts(order); err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(order, func(k textKey) bool { _, known := a.texts[k]; return known })
	rows := make([][]any, len(fresh))
	for i, k := range fresh {
		rows[i] = []any{k[:], packShort(bodies[k])}
	}
	if err := a.insert("text (hash, body)", "ON CONFLICT (hash) DO NOTHING", rows); err != nil {
		return nil, err
	}
	return out, a.lookUpTexts(fresh)
}

// lookUpTexts learns the numbers of those texts that are stored.
func (a *assessing) lookUpTexts(keys []textKey) error {
	for part := range slices.Chunk(keys, textsAtOnce) {
		args := make([]any, len(part))
		for i := range part {
			args[i] = part[i][:]
		}
		err := each(a.ctx, a, func(r *sql.Rows) error {
			var hash []byte
			var num int64
			if err := r.Scan(&hash, &num); err != nil {
				return err
			}
			a.texts[textKey(hash)] = num
			return nil
		}, "SELECT hash, num FROM text WHERE hash IN ("+marks(len(args))+")", args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// text stores a text once and gives its number.
func (a *assessing) text(about string, b []byte) (int64, error) {
	key := keyOfText(about, b)
	if err := a.lookUpTexts([]textKey{key}); err != nil {
		return 0, err
	}
	if n, ok := a.texts[key]; ok {
		return n, nil
	}
	var n int64
	err := a.row("INSERT INTO text (hash, body) VALUES (?, ?) RETURNING num", key[:], packShort(b)).Scan(&n)
	a.texts[key] = n
	return n, err
}
