package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	realpg "ward/internal/postgres"
)

// TestOpenReadOnly reads what a hub holds open and goes on to write.
func TestOpenReadOnly(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			o := Options{Path: filepath.Join(t.TempDir(), "ward.db"), Key: []byte(strings.Repeat("k", 32))}
			if _, err := OpenReadOnly(t.Context(), o); !errors.Is(err, ErrNoStore) {
				t.Fatal(err)
			}
			if _, err := os.Stat(o.Path); err == nil {
				t.Fatal("reading made a file")
			}
			if db == "postgres" {
				o.URL = realpg.New(t)
				if _, err := OpenReadOnly(t.Context(), o); !errors.Is(err, ErrNoStore) {
					t.Fatal(err)
				}
			}
			hub := get(Open(t.Context(), o))(t)
			fill(t, hub)
			r := get(OpenReadOnly(t.Context(), o))(t)
			defer r.Close()
			if err := r.Audit(t.Context(), anna, "x", "", ""); err == nil {
				t.Error("it could be written to")
			}
			readWhileWriting(t, hub, r)
			for _, d := range r.Check(t.Context()) {
				if !d.OK && d.What != "free space" && d.What != "permissions" {
					t.Errorf("%+v", d)
				}
			}
			must(t, hub.Close())
			left := get(OpenReadOnly(t.Context(), o))(t) // nobody has it open: no log is there
			if n, _, faults, err := left.VerifyAudit(t.Context()); n == 0 || len(faults) > 0 || err != nil {
				t.Error(n, faults, err)
			}
			must(t, left.Close())
			must(t, get(Open(t.Context(), o))(t).Close()) // nothing of it hinders the next start
		})
	}
}

// readWhileWriting makes backups while audit entries are written: each must be
// whole, and no write may fail.
func readWhileWriting(t *testing.T, hub, r *Store) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			if ctx.Err() != nil {
				done <- nil
				return
			}
			if err := hub.Audit(t.Context(), anna, "device.view", fmt.Sprint(i), ""); err != nil {
				done <- err
				return
			}
		}
	}()
	id := get(age.GenerateX25519Identity())(t)
	for i := range 5 {
		var b bytes.Buffer
		must(t, r.Backup(t.Context(), &b, []age.Recipient{id.Recipient()}, nil))
		o := Options{Path: filepath.Join(t.TempDir(), fmt.Sprint("ward", i, ".db"))}
		must(t, Restore(t.Context(), &b, []age.Identity{id}, o))
		restored := get(Open(t.Context(), o))(t)
		if n, _, faults, err := restored.VerifyAudit(t.Context()); n == 0 || len(faults) > 0 || err != nil {
			t.Error(n, faults, err)
		}
		must(t, restored.Close())
	}
	stop()
	must(t, <-done)
}

// TestOpenReadOnlyAfterCrash reads the log that a hub left behind.
func TestOpenReadOnlyAfterCrash(t *testing.T) {
	o := Options{Path: filepath.Join(t.TempDir(), "ward.db")}
	hub := get(Open(t.Context(), o))(t)
	must(t, hub.Audit(t.Context(), anna, "x", "", ""))
	at := filepath.Join(t.TempDir(), "ward.db")
	for _, end := range []string{"", "-wal"} { // as the disk holds them at this moment
		b := get(os.ReadFile(o.Path + end))(t)
		must(t, os.WriteFile(at+end, b, 0o600))
	}
	must(t, hub.Close())
	r := get(OpenReadOnly(t.Context(), Options{Path: at}))(t)
	defer r.Close()
	if n, _, faults, err := r.VerifyAudit(t.Context()); n != 1 || len(faults) > 0 || err != nil {
		t.Error(n, faults, err)
	}
}

func TestOpenReadOnlyRefuses(t *testing.T) {
	at := filepath.Join(t.TempDir(), "x")
	must(t, os.WriteFile(at, []byte("this is no database, but it is a file of some length"), 0o600))
	for _, path := range []string{at, t.TempDir()} {
		if _, err := OpenReadOnly(t.Context(), Options{Path: path}); !errors.Is(err, ErrNoStore) {
			t.Error(err)
		}
	}
}
