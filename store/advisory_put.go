package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"ward/vuln/advisory"
)

// PutAdvisories stores the advisories of a feed as they stand now and gives the
// IDs of those that are new and those whose content changed. Where a file lies
// is no content.
func (s *Store) PutAdvisories(ctx context.Context, cause string, advisories []advisory.Advisory) (fresh, changed []string, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnAdvisories); err != nil {
			return err
		}
		fresh, changed = nil, nil
		have, err := t.advisoryDigests()
		if err != nil {
			return err
		}
		var changes []changeRow
		for i := range advisories {
			a := &advisories[i]
			digest := contentDigest(a)
			before, known := have[a.ID]
			if known && before == digest {
				continue
			}
			have[a.ID] = digest
			words, err := t.putAdvisory(a, digest, micros(s.Now()))
			if err != nil {
				return fmt.Errorf("advisory %s: %w", a.ID, err)
			}
			c := changeRow{at: s.Now(), kind: "advisory_new", advisory: a.ID, text: a.Title, cause: cause}
			if known {
				changed = append(changed, a.ID)
				c.kind, c.text = "advisory_revised", strings.Join(words, "; ")
			} else {
				fresh = append(fresh, a.ID)
			}
			changes = append(changes, c)
		}
		return t.putChanges(changes)
	})
	if err != nil {
		return nil, nil, err
	}
	s.changed(TopicFeeds, "")
	return fresh, changed, nil
}

// advisoryDigests gives the digest of each advisory's newest state by ID.
func (t *tx) advisoryDigests() (map[string]string, error) {
	have := map[string]string{}
	return have, each(t.ctx, t, func(r *sql.Rows) error {
		var id, digest string
		if err := r.Scan(&id, &digest); err != nil {
			return err
		}
		have[id] = digest
		return nil
	}, "SELECT p.id, a.sha256 FROM advisory a JOIN publication p ON p.num = a.num")
}

// contentDigest is the SHA-256 of an advisory without the place of its file.
func contentDigest(a *advisory.Advisory) string {
	c := *a
	c.File = ""
	sum := sha256.Sum256([]byte(asJSON(c)))
	return hex.EncodeToString(sum[:])
}

// putAdvisory adds a revision and says what changed against the one before.
func (t *tx) putAdvisory(a *advisory.Advisory, digest string, now int64) ([]string, error) {
	num, err := t.numberIn("publication", a.ID)
	if err != nil {
		return nil, err
	}
	var number int
	var before advisory.Advisory
	words := []string{}
	err = t.row("SELECT number, document FROM advisory_revision WHERE advisory = ? ORDER BY number DESC LIMIT 1", num).Scan(&number, packed{&before})
	switch {
	case err == nil:
		words = revised(&before, a)
	case err != sql.ErrNoRows:
		return nil, err
	}
	number++
	var ids []string
	for i := range a.Vulnerabilities {
		ids = append(ids, clean(a.Vulnerabilities[i].ID))
	}
	search := strings.ToLower(clean(strings.Join(append([]string{a.ID, a.Title, a.Publisher}, ids...), "\n")))
	_, err = t.exec(`INSERT INTO advisory (num, title, publisher, feed, released, revised, revision, revisions, vulnerabilities, seen, sha256, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (num) DO UPDATE SET title = excluded.title, publisher = excluded.publisher,
		feed = excluded.feed, released = excluded.released, revised = excluded.revised, revision = excluded.revision,
		revisions = excluded.revisions, vulnerabilities = excluded.vulnerabilities, seen = excluded.seen, sha256 = excluded.sha256, search = excluded.search`,
		num, clean(a.Title), clean(a.Publisher), clean(a.Feed), micros(a.Released), micros(a.Revised), clean(a.Revision), number, len(ids), now, digest, search)
	if err != nil {
		return nil, err
	}
	_, err = t.exec("INSERT INTO advisory_revision (advisory, number, revision, sha256, seen, changed, document) VALUES (?, ?, ?, ?, ?, ?, ?)",
		num, number, clean(a.Revision), digest, now, asJSON(words), pack([]byte(asJSON(a))))
	if err != nil {
		return nil, err
	}
	if _, err := t.exec("DELETE FROM advisory_vulnerability WHERE advisory = ?", num); err != nil {
		return nil, err
	}
	var rows [][]any
	for _, id := range ids {
		rows = append(rows, []any{id, num})
	}
	return words, t.insert("advisory_vulnerability (vulnerability, advisory)", "ON CONFLICT DO NOTHING", rows)
}

// revised says in words what a newer state of an advisory changed.
func revised(before, now *advisory.Advisory) []string {
	words := advisory.Differences(before, now)
	if len(words) == 0 {
		words = []string{"only its title, notes or dates differ"}
	}
	for i := range words {
		words[i] = clean(words[i])
	}
	return words
}
