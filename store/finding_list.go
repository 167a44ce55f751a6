package store

import (
	"context"
	"database/sql"

	"ward/asset/device"
)

// findingQuery reads findings in the order of scanFinding.
const findingQuery = `SELECT d.id, v.id, p.id, f.score, f.band, f.status, f.matched, ft.body, at.body, w.body,
	f.first, CASE WHEN f.closed = 0 THEN d.assessed ELSE f.last END, f.changed, f.closed,
	coalesce((SELECT s.decision FROM decision_state s WHERE s.vulnerability = v.id AND s.state = 'in_force'
		AND s.device IN (0, f.device) ORDER BY s.device DESC, s.at DESC, s.decision LIMIT 1), '')
	FROM finding f JOIN device d ON d.num = f.device JOIN vulnerability v ON v.num = f.vulnerability
	JOIN publication p ON p.num = f.publication
	JOIN text ft ON ft.num = f.finding JOIN text at ON at.num = f.assessment JOIN text w ON w.num = f.why`

func scanFinding(r interface{ Scan(...any) error }, f *Finding) error {
	var id device.ID
	var vulnerability, publication string
	next := Finding{}
	err := r.Scan(&id, &vulnerability, &publication, &next.Assessment.Score, band(&next.Assessment.Band), status(&next.Status), match(&next.Match),
		packed{&f.Finding}, packed{&f.Assessment}, packed{&f.Why},
		stamp{&f.First}, stamp{&f.Last}, stamp{&f.Changed}, stamp{&f.Closed}, &f.Decision)
	if err != nil {
		return err
	}
	f.Device, f.Vulnerability, f.Advisory, f.Status, f.Match = id, vulnerability, publication, next.Status, next.Match
	if f.Assessment.Sentence != "" || len(f.Assessment.Why) > 0 || next.Assessment.Band != "" {
		f.Assessment.Device, f.Assessment.Vulnerability, f.Assessment.Advisory = id, vulnerability, publication
		f.Assessment.Score, f.Assessment.Band = next.Assessment.Score, next.Assessment.Band
	}
	return nil
}

// clause gives the conditions of the filter on finding f.
func (s *Store) findingClause(ctx context.Context, f *FindingFilter) (clause, error) {
	var c clause
	if f.Device != "" {
		n, err := s.number(ctx, f.Device)
		if err != nil {
			return c, err
		}
		c.and("f.device = ?", n)
	}
	if f.Vulnerability != "" {
		c.and("f.vulnerability = (SELECT num FROM vulnerability WHERE id = ?)", f.Vulnerability)
	}
	if f.Advisory != "" {
		// its vulnerabilities lead to the rows by an index
		c.and(`f.vulnerability IN (SELECT v.num FROM vulnerability v JOIN advisory_vulnerability a ON a.vulnerability = v.id
			JOIN publication p ON p.num = a.advisory WHERE p.id = ?)
			AND f.publication = (SELECT num FROM publication WHERE id = ?)`, f.Advisory, f.Advisory)
	}
	in(&c, "f.band", codesOf(bandCodes, f.Bands))
	if !f.Closed {
		c.and("f.closed = 0")
	}
	if len(f.Departments) > 0 {
		var scope clause
		in(&scope, "department", f.Departments)
		c.and("f.device IN (SELECT num FROM device"+scope.where()+")", scope.args...)
	}
	return c, nil
}

// Findings lists findings. A device nobody knows is ErrNotFound.
func (s *Store) Findings(ctx context.Context, f FindingFilter) (FindingPage, error) {
	var p FindingPage
	c, err := s.findingClause(ctx, &f)
	if err != nil {
		return p, err
	}
	if p.Total, err = s.countFindings(ctx, &f, &c); err != nil {
		return p, err
	}
	limit, offset := page(f.Limit, f.Offset)
	p.Findings, err = list(ctx, s, func(r *sql.Rows, v *Finding) error {
		err := scanFinding(r, v)
		if f.Brief {
			v.Evidence, v.Assessment.Why = nil, nil
		}
		return err
	}, findingQuery+c.where()+" ORDER BY f.score DESC, f.device, f.vulnerability LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
	return p, err
}

// countFindings counts; where only the scope narrows, the sums of devices do.
func (s *Store) countFindings(ctx context.Context, f *FindingFilter, c *clause) (int, error) {
	var n int
	if f.Device == "" && f.Vulnerability == "" && f.Advisory == "" && len(f.Bands) == 0 && !f.Closed {
		var scope clause
		in(&scope, "department", f.Departments)
		return n, s.row(ctx, "SELECT coalesce(sum(findings), 0) FROM device"+scope.where(), scope.args...).Scan(&n)
	}
	return n, s.row(ctx, "SELECT count(*) FROM finding f"+c.where(), c.args...).Scan(&n)
}

// Finding gives one finding with everything; ErrNotFound.
func (s *Store) Finding(ctx context.Context, d device.ID, vulnerability string) (Finding, error) {
	var f Finding
	n, err := s.number(ctx, d)
	if err != nil {
		return f, err
	}
	err = scanFinding(s.row(ctx, findingQuery+" WHERE f.device = ? AND f.vulnerability = (SELECT num FROM vulnerability WHERE id = ?)", n, vulnerability), &f)
	if err == sql.ErrNoRows {
		err = ErrNotFound
	}
	return f, err
}

// DevicesWith gives the devices with an open finding of one of the vulnerabilities.
func (s *Store) DevicesWith(ctx context.Context, vulnerabilities []string) ([]device.ID, error) {
	var out []device.ID
	seen := map[device.ID]bool{}
	for len(vulnerabilities) > 0 {
		n := min(len(vulnerabilities), rowsAtOnce)
		var c clause
		in(&c, "v.id", vulnerabilities[:n])
		c.and("f.closed = 0")
		ids, err := column[device.ID](ctx, s, `SELECT d.id FROM vulnerability v JOIN finding f ON f.vulnerability = v.num
			JOIN device d ON d.num = f.device`+c.where()+" ORDER BY d.id", c.args...)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		vulnerabilities = vulnerabilities[n:]
	}
	return out, nil
}
