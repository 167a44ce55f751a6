package postgres

import (
	"database/sql"
	"testing"
)

func TestNew(t *testing.T) {
	a, b := New(t), New(t)
	if a == b {
		t.Fatal("two tests got the same database")
	}
	db, err := sql.Open("pgx", a)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Fatalf("%d tables in a fresh database, %v", tables, err)
	}
}
