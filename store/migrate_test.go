package store

import (
	"path/filepath"
	"testing"

	realpg "ward/internal/postgres"
)

// TestMigrate takes each step from the version before it, with data in the
// tables that stood then.
func TestMigrate(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			s := &Store{}
			defer s.Close()
			if db == "postgres" {
				must(t, s.openPostgres(t.Context(), realpg.New(t)))
			} else {
				must(t, s.openSQLite(t.Context(), filepath.Join(t.TempDir(), "ward.db")))
			}
			s.now = (&clock{}).now
			p := get(s.steps())(t)
			for i, step := range p.ListSources() {
				must(t, get2(p.UpTo(t.Context(), step.Version)))
				if i > 0 {
					if n, _, faults, err := s.VerifyAudit(t.Context()); n != int64(i) || len(faults) != 0 || err != nil {
						t.Fatalf("after step %d: %d entries, %v, %v", step.Version, n, faults, err)
					}
				}
				must(t, s.Audit(t.Context(), Ward, "x", "y", ""))
				if i == 0 {
					fillCore(t, s)
				}
			}
			if got := get(s.Devices(t.Context(), DeviceFilter{}))(t); got.Total != 2 {
				t.Error(got)
			}
		})
	}
}

func fillCore(t *testing.T, s *Store) {
	put(t, s, pump(1), pump(2))
}
