package store

import (
	"context"
	"database/sql"
)

// EachFinding calls use for every chosen finding without paging, the highest
// score first, e.g. for an export. It is one query, so that it sees one state.
func (s *Store) EachFinding(ctx context.Context, f FindingFilter, use func(*Finding) error) error {
	c, err := s.findingClause(ctx, &f)
	if err != nil {
		return err
	}
	return each(ctx, s, func(r *sql.Rows) error {
		var v Finding
		if err := scanFinding(r, &v); err != nil {
			return err
		}
		if f.Brief {
			v.Evidence, v.Assessment.Why = nil, nil
		}
		return use(&v)
	}, findingQuery+c.where()+" ORDER BY f.score DESC, f.device, f.vulnerability", c.args...)
}
