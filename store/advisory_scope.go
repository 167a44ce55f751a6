package store

import (
	"context"
	"database/sql"
	"errors"
)

// AdvisoriesFor lists advisories as a person with some departments sees them:
// Devices counts theirs alone. Without departments it is Advisories.
func (s *Store) AdvisoriesFor(ctx context.Context, f AdvisoryFilter, departments []string) ([]AdvisoryLine, int, error) {
	if len(departments) == 0 {
		return s.Advisories(ctx, f)
	}
	var scope, c clause
	in(&scope, "d.department", departments)
	scope.and("f.device = d.num AND f.closed = 0")
	from := ` FROM advisory a JOIN publication p ON p.num = a.num LEFT JOIN (SELECT f.publication AS num, count(DISTINCT f.device) AS devices
		FROM device d CROSS JOIN finding f` + scope.where() + ` GROUP BY f.publication) x ON x.num = p.num`
	c.words(s.dialect, "a.search", f.Text)
	if f.Publisher != "" {
		c.and("a.publisher = ?", f.Publisher)
	}
	if f.Ours {
		c.and("x.devices > 0")
	}
	args := append(scope.args, c.args...)
	var total int
	if err := s.row(ctx, "SELECT count(*)"+from+c.where(), args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	limit, offset := page(f.Limit, f.Offset)
	lines, err := list(ctx, s, func(r *sql.Rows, l *AdvisoryLine) error {
		return r.Scan(&l.ID, &l.Title, &l.Publisher, &l.Feed, stamp{&l.Released}, stamp{&l.Revised}, &l.Revision, &l.Revisions,
			&l.Vulnerabilities, &l.Devices, stamp{&l.Seen})
	}, `SELECT p.id, a.title, a.publisher, a.feed, a.released, a.revised, a.revision, a.revisions, a.vulnerabilities, coalesce(x.devices, 0), a.seen`+
		from+c.where()+" ORDER BY a.revised DESC, p.id LIMIT ? OFFSET ?", append(args, limit, offset)...)
	return lines, total, err
}

// Advisory gives the newest state of an advisory; ErrNotFound.
func (s *Store) Advisory(ctx context.Context, id string) (Revision, error) {
	var v Revision
	err := s.row(ctx, `SELECT r.revision, r.sha256, r.seen, r.changed, r.document FROM advisory_revision r JOIN publication p ON p.num = r.advisory
		WHERE p.id = ? ORDER BY r.number DESC LIMIT 1`, id).Scan(&v.Revision, &v.SHA256, stamp{&v.Seen}, document{&v.Changed}, packed{&v.Advisory})
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return v, err
}

// AdvisoryTitles gives the titles of advisories by their IDs.
func (s *Store) AdvisoryTitles(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var c clause
	in(&c, "p.id", ids)
	return out, each(ctx, s, func(r *sql.Rows) error {
		var id, title string
		if err := r.Scan(&id, &title); err != nil {
			return err
		}
		out[id] = title
		return nil
	}, "SELECT p.id, a.title FROM advisory a JOIN publication p ON p.num = a.num"+c.where(), c.args...)
}

// maxPublishers bounds the list of publishers.
const maxPublishers = 40

// Publishers counts the advisories of each publisher, the most first.
func (s *Store) Publishers(ctx context.Context) ([]Facet, error) {
	return list(ctx, s, func(r *sql.Rows, f *Facet) error { return r.Scan(&f.Value, &f.Count) },
		"SELECT publisher, count(*) FROM advisory WHERE publisher <> '' GROUP BY publisher ORDER BY count(*) DESC, publisher LIMIT ?", maxPublishers)
}
