package store

import (
	"context"
	"database/sql"
)

// Advisories lists advisories.
func (s *Store) Advisories(ctx context.Context, f AdvisoryFilter) ([]AdvisoryLine, int, error) {
	var c clause
	c.words(s.dialect, "a.search", f.Text)
	if f.Publisher != "" {
		c.and("a.publisher = ?", f.Publisher)
	}
	if f.Ours {
		c.and("p.devices > 0")
	}
	const from = " FROM advisory a JOIN publication p ON p.num = a.num"
	var total int
	if err := s.row(ctx, "SELECT count(*)"+from+c.where(), c.args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	limit, offset := page(f.Limit, f.Offset)
	lines, err := list(ctx, s, func(r *sql.Rows, l *AdvisoryLine) error {
		return r.Scan(&l.ID, &l.Title, &l.Publisher, &l.Feed, stamp{&l.Released}, stamp{&l.Revised}, &l.Revision, &l.Revisions,
			&l.Vulnerabilities, &l.Devices, stamp{&l.Seen})
	}, `SELECT p.id, a.title, a.publisher, a.feed, a.released, a.revised, a.revision, a.revisions, a.vulnerabilities, p.devices, a.seen`+
		from+c.where()+" ORDER BY a.revised DESC, p.id LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
	return lines, total, err
}

// Revisions gives every state of an advisory, the newest first; ErrNotFound.
func (s *Store) Revisions(ctx context.Context, id string) ([]Revision, error) {
	found, err := list(ctx, s, func(r *sql.Rows, v *Revision) error {
		return r.Scan(&v.Revision, &v.SHA256, stamp{&v.Seen}, document{&v.Changed}, packed{&v.Advisory})
	}, `SELECT r.revision, r.sha256, r.seen, r.changed, r.document FROM advisory_revision r JOIN publication p ON p.num = r.advisory
		WHERE p.id = ? ORDER BY r.number DESC`, id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	return found, err
}
