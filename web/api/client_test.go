package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ward/intake"
	"ward/internal/seed"
	"ward/people"
	"ward/sim"
	"ward/store"
	"ward/web"
	"ward/web/api"
	"ward/web/auth"
	"ward/web/ui"
)

// TestGeneratedClient generates a client from the served document with a public
// generator, compiles it, and uses the whole server with an API token.
func TestGeneratedClient(t *testing.T) {
	here, err := filepath.Abs("client")
	check(t, err)
	if _, err := os.Stat(filepath.Join(here, "node_modules")); err != nil {
		t.Fatal("the generator is missing: run scripts/setup")
	}
	base, token := serve(t)
	dir := t.TempDir()
	check(t, os.Symlink(filepath.Join(here, "node_modules"), filepath.Join(dir, "node_modules")))
	use, err := os.ReadFile(filepath.Join(here, "use.ts"))
	check(t, err)
	check(t, os.WriteFile(filepath.Join(dir, "use.ts"), use, 0o600))
	types, err := os.ReadFile(filepath.Join(here, "node.d.ts"))
	check(t, err)
	check(t, os.WriteFile(filepath.Join(dir, "node.d.ts"), types, 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"type":"module"}`), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "openapi.json"), fetch(t, base, token), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "tap.pcap"), capture(t), 0o600))
	run(t, dir, "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.ts")
	run(t, dir, "node_modules/typescript/bin/tsc", "--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext", "node.d.ts", "use.ts")
	out := run(t, dir, "use.js", base, token, "tap.pcap")
	var got struct {
		Total, Claims, Status int
		Tier, Model, State    string
		Frames                uint64
		Hint                  string
	}
	check(t, json.Unmarshal(out, &got))
	if got.Total == 0 || got.Tier != "T0" || got.Model != "IP-200" || got.Claims == 0 || got.State != "done" || got.Frames == 0 || got.Status != 404 || got.Hint == "" {
		t.Errorf("the client read %s", out)
	}
}

// serve starts the whole server with a token of a person.
func serve(t *testing.T) (base, token string) {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "ward.db"), Key: make([]byte, 32)})
	check(t, err)
	t.Cleanup(func() { st.Close() })
	check(t, seed.Fill(t.Context(), st, 24))
	in, err := intake.New(intake.Deps{Store: st, Dir: dir, MinFree: 1})
	check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	pages, err := ui.New(ui.Options{Now: time.Now, Zone: time.UTC})
	check(t, err)
	who, err := auth.New(auth.Deps{Store: st, Render: pages.Page, Base: &url.URL{Scheme: "http", Host: "localhost:8080"}})
	check(t, err)
	quiet := slog.New(slog.DiscardHandler)
	server := httptest.NewServer(web.New(web.Deps{Store: st, UI: pages, Auth: who, Log: quiet,
		Mount: map[string]http.Handler{"/api/": api.New(api.Deps{Store: st, Intake: in, Log: quiet})}}))
	t.Cleanup(server.Close)
	p, err := st.AddPerson(t.Context(), people.Person{Name: "Robot", Email: "robot@example.org", Roles: []people.Role{people.Analyst}})
	check(t, err)
	token, _, err = st.NewToken(t.Context(), store.Token{Person: p.ID, Name: "client", Scope: []people.Permission{people.See, people.Upload}, Expires: time.Now().Add(time.Hour)}, time.Now())
	check(t, err)
	return server.URL, token
}

// fetch reads the document as a program does.
func fetch(t *testing.T, base, token string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", base+api.Prefix+"/openapi.json", nil)
	check(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	w, err := http.DefaultClient.Do(r)
	check(t, err)
	defer w.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(w.Body)
	check(t, err)
	if w.StatusCode != http.StatusOK {
		t.Fatalf("the document: %d %s", w.StatusCode, &b)
	}
	return b.Bytes()
}

// run runs a program of node in a folder and gives what it prints.
func run(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = dir
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Run(); err != nil {
		t.Fatalf("node %v: %v\n%s%s", args, err, &out, &bad)
	}
	return out.Bytes()
}

func capture(t *testing.T) []byte {
	t.Helper()
	h, err := sim.New(sim.Config{Seed: 3, Duration: 10 * time.Second})
	check(t, err)
	var b bytes.Buffer
	r := sim.NewRecorder(&b, sim.PCAP)
	_, err = h.Write(r.Frame)
	check(t, err)
	check(t, r.Close())
	return b.Bytes()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
