package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"ward/config"
	"ward/internal/seed"
	"ward/people"
	"ward/store"
)

// hubCommands are what the scripts about data folders need.
var hubCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"data": makeData, "hold": holdData, "sql": execSQL, "cut": cutFile, "keypair": makeKeys,
}

func openData(ts *testscript.TestScript, dir string) *store.Store {
	key, err := config.Key(dir)
	ts.Check(err)
	s, err := store.Open(context.Background(), store.Options{Path: filepath.Join(dir, config.StoreFile), Key: key})
	ts.Check(err)
	return s
}

// makeData DIR makes the data folder of a small hospital, with a person and a
// secret.
func makeData(ts *testscript.TestScript, neg bool, args []string) {
	ctx, s := context.Background(), openData(ts, ts.MkAbs(args[0]))
	defer s.Close()
	ts.Check(seed.Fill(ctx, s, 12))
	ts.Check(s.SetSecret(ctx, "smtp", []byte("hunter2"), store.Ward))
	if len(args) > 1 {
		_, err := s.AddPerson(ctx, people.Person{Name: "Anna", Email: args[1], Roles: []people.Role{people.Administrator}})
		ts.Check(err)
	}
}

// holdData DIR keeps the store open until the end of the script, as a hub does,
// and checks that the key there opens its secrets.
func holdData(ts *testscript.TestScript, neg bool, args []string) {
	s := openData(ts, ts.MkAbs(args[0]))
	ts.Defer(func() { s.Close() })
	value, err := s.Secret(context.Background(), "smtp")
	ts.Check(err)
	if string(value) != "hunter2" {
		ts.Fatalf("the secret is %q", value)
	}
}

// execSQL FILE STATEMENT changes a store behind Ward's back.
func execSQL(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(strings.Join(args[1:], " "))
	if neg != (err != nil) {
		ts.Fatalf("%s: %v", args[1:], err)
	}
}

// cutFile FROM TO writes the first half of a file.
func cutFile(ts *testscript.TestScript, neg bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b[:len(b)/2], 0o600))
}

// makeKeys FILE writes a key of age as age-keygen does, and puts the public one
// into $RECIPIENT.
func makeKeys(ts *testscript.TestScript, neg bool, args []string) {
	id, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Setenv("RECIPIENT", id.Recipient().String())
	text := "# public key: " + id.Recipient().String() + "\n" + id.String() + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
