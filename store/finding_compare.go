package store

import (
	"fmt"
	"slices"
	"strings"

	"ward/asset/device"
	"ward/vuln/risk"
)

// compare finds out what a finding is now against what it was, nil for nothing,
// and completes the row.
func (a *assessing) compare(num int64, id device.ID, old, now *findingRow, assessed int64) {
	now.first, now.changed = a.now, a.now
	kind, text := "new", ""
	switch {
	case old == nil && !now.open():
		kind = ""
	case old == nil:
		text = "found: " + now.words()
	case old.same(now):
		*now = *old
		return
	default:
		now.first = old.first
		if kind, text = difference(old, now); kind == "" {
			now.changed, now.why = old.changed, old.why
		}
		if !now.open() && !old.open() {
			now.closed = old.closed
		}
	}
	if !now.open() {
		now.last = max(assessed, now.first)
	}
	a.count(old, now)
	a.write(num, now)
	a.say(id, kind, text, old, now)
}

// missing closes a finding that triage no longer makes.
func (a *assessing) missing(num int64, id device.ID, old *findingRow, assessed int64) *findingRow {
	if !old.open() {
		return old
	}
	now := *old
	now.closed, now.changed, now.last, now.why = a.now, a.now, assessed, a.why
	a.count(old, &now)
	a.write(num, &now)
	a.say(id, "closed", "no longer found", old, &now)
	return &now
}

// difference says what matters between two states of a finding; an empty kind
// means that only words or the score within the band changed.
func difference(old, now *findingRow) (kind, text string) {
	switch {
	case !old.open() && now.open():
		return "new", "found again: " + now.words()
	case old.status != now.status:
		return "status", fmt.Sprintf("status %s, was %s", wordOf(statusCodes, now.status), wordOf(statusCodes, old.status))
	case !now.open():
		return "", ""
	case now.band > old.band:
		return "worse", now.words() + ", was " + bandText(old.band)
	case now.band < old.band:
		return "better", now.words() + ", was " + bandText(old.band)
	case old.match != now.match:
		return "status", fmt.Sprintf("match %s, was %s", wordOf(matchCodes, now.match), wordOf(matchCodes, old.match))
	}
	return "", ""
}

func wordOf[T ~string](codes []T, n int64) string {
	if n < 0 || n >= int64(len(codes)) || codes[n] == "" {
		return "none"
	}
	return strings.ReplaceAll(string(codes[n]), "_", " ")
}

func bandText(n int64) string { return wordOf(bandCodes, n) }

// words names band and score.
func (r *findingRow) words() string { return fmt.Sprintf("%s, score %.0f", bandText(r.band), r.score) }

// bandOf is the band of an open finding.
func (r *findingRow) bandOf() risk.Band {
	if r == nil || !r.open() || r.band < 0 || r.band >= int64(len(bandCodes)) {
		return ""
	}
	return bandCodes[r.band]
}

// say reports a change; an empty kind is none.
func (a *assessing) say(id device.ID, kind, text string, old, now *findingRow) {
	if kind != "" {
		a.out = append(a.out, FindingChange{Device: id, Vulnerability: now.vulnerabilityID, Kind: kind, Before: old.bandOf(), After: now.bandOf(),
			Text: now.vulnerabilityID + ": " + text})
	}
}

// history writes the changes of one device down, from the one at mark on. The
// first assessment of a device is one line.
func (a *assessing) history(num int64, firstTime bool, mark int) {
	found := a.out[mark:]
	if firstTime && len(found) > 1 {
		worst := slices.MaxFunc(found, func(x, y FindingChange) int {
			return int(codeOf(bandCodes, x.After) - codeOf(bandCodes, y.After))
		})
		a.changes = append(a.changes, changeRow{at: a.at(), kind: "finding_new", device: num,
			text: fmt.Sprintf("%d findings, the worst %s", len(found), worst.Text), cause: a.cause})
		return
	}
	for _, c := range found {
		a.changes = append(a.changes, changeRow{at: a.at(), kind: "finding_" + c.Kind, device: num, vulnerability: c.Vulnerability, text: c.Text, cause: a.cause})
	}
}

// publications counts the devices that each advisory concerns.
func (a *assessing) publications(had, next map[int64]*findingRow) {
	was, is := map[int64]bool{}, map[int64]bool{}
	for _, r := range had {
		if r.open() {
			was[r.publication] = true
		}
	}
	for _, r := range next {
		if r.open() {
			is[r.publication] = true
		}
	}
	for p := range was {
		if !is[p] {
			a.pubs[p]--
		}
	}
	for p := range is {
		if !was[p] {
			a.pubs[p]++
		}
	}
}

func (a *assessing) sum(vulnerability int64) *sum {
	s := a.sums[vulnerability]
	if s == nil {
		s = new(sum)
		a.sums[vulnerability] = s
	}
	return s
}

// count notes what a finding does to the sums of its vulnerability.
func (a *assessing) count(old, now *findingRow) {
	s := a.sum(now.vulnerability)
	s.touched = true
	if old != nil && old.open() {
		s.devices--
		s.before = max(s.before, old.band)
	}
	if now.open() {
		s.devices++
		s.now = max(s.now, now.band)
		s.first = a.now
	}
}

// storeSums brings the sums of vulnerabilities and publications up to date. The
// worst band is looked up only where the one that held it went away.
func (a *assessing) storeSums() error {
	for v, s := range a.sums {
		if s.title != "" {
			if _, err := a.exec("UPDATE vulnerability SET title = ? WHERE num = ? AND title <> ?", s.title, v, s.title); err != nil {
				return err
			}
		}
		if !s.touched {
			continue
		}
		_, err := a.exec(`UPDATE vulnerability SET devices = devices + ?,
			score = coalesce((SELECT f.score FROM finding f WHERE f.vulnerability = ? AND f.closed = 0 ORDER BY f.score DESC LIMIT 1), 0),
			band = CASE WHEN band <= ? THEN ? WHEN band > ? THEN band
				ELSE coalesce((SELECT max(f.band) FROM finding f WHERE f.vulnerability = ? AND f.closed = 0), 0) END,
			first = CASE WHEN first = 0 THEN ? ELSE first END WHERE num = ?`,
			s.devices, v, s.now, s.now, s.before, v, s.first, v)
		if err != nil {
			return err
		}
	}
	for p, n := range a.pubs {
		if n != 0 {
			if _, err := a.exec("UPDATE publication SET devices = devices + ? WHERE num = ?", n, p); err != nil {
				return err
			}
		}
	}
	return nil
}
