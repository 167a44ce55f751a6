package backup

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"ward/config"
	"ward/internal/seed"
	"ward/store"
)

// hub makes a data folder as a hub leaves it, and gives its open store.
func hub(t *testing.T) (string, *store.Store) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ward")
	key, err := config.Key(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, config.StoreFile), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := seed.Fill(t.Context(), s, 20); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSecret(t.Context(), "smtp", []byte("hunter2"), store.Ward); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"tls/ca.crt": "certificate", "tls/.tmp-1": "half", "feeds/kev.json": "{}"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "tls", "link")); err != nil {
		t.Fatal(err)
	}
	return dir, s
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestRoundTrip restores a hub whose secrets open and whose authority is the same.
func TestRoundTrip(t *testing.T) {
	dir, s := hub(t)
	id := identity(t)
	var b bytes.Buffer
	if err := Write(t.Context(), &b, s, dir, []age.Recipient{id.Recipient()}, nil); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "new", "ward")
	if err := Restore(t.Context(), bytes.NewReader(b.Bytes()), []age.Identity{identity(t), id}, to, ""); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(to, "tls", "ca.crt")); string(text) != "certificate" || err != nil {
		t.Error(text, err)
	}
	if list, _ := os.ReadDir(filepath.Join(to, "tls")); len(list) != 1 {
		t.Error("also restored:", list)
	}
	if list, _ := os.ReadDir(to); len(list) != 3 {
		t.Error("in the folder:", list)
	}
	key, err := config.ReadKey(to)
	if err != nil {
		t.Fatal(err)
	}
	r, err := store.Open(t.Context(), store.Options{Path: filepath.Join(to, config.StoreFile), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if v, err := r.Secret(t.Context(), "smtp"); string(v) != "hunter2" || err != nil {
		t.Error(v, err)
	}
	if list, err := r.Devices(t.Context(), store.DeviceFilter{}); list.Total != 20 || err != nil {
		t.Error(list.Total, err)
	}
	if err := Restore(t.Context(), bytes.NewReader(b.Bytes()), []age.Identity{id}, to, ""); !errors.Is(err, ErrNotEmpty) {
		t.Error(err)
	}
}

// TestDamaged cuts and changes a backup in many places: nothing is ever left.
func TestDamaged(t *testing.T) {
	dir, s := hub(t)
	id := identity(t)
	var b bytes.Buffer
	if err := Write(t.Context(), &b, s, dir, []age.Recipient{id.Recipient()}, nil); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "new")
	refused := func(what string, file []byte, ids ...age.Identity) {
		t.Helper()
		if err := Restore(t.Context(), bytes.NewReader(file), ids, to, ""); err == nil {
			t.Fatal(what, "was restored")
		}
		if _, err := os.Stat(to); err == nil {
			t.Fatal(what, "left a folder")
		}
	}
	whole := b.Bytes()
	for i := range 12 {
		refused("a part", whole[:i*len(whole)/12], id)
		changed := bytes.Clone(whole)
		changed[i*len(whole)/12] ^= 1
		refused("a changed one", changed, id)
	}
	refused("one cut at the last byte", whole[:len(whole)-1], id)
	refused("one with more behind", append(bytes.Clone(whole), 'x'), id)
	refused("another's", whole, identity(t))
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), bytes.NewReader(whole[:len(whole)/2]), []age.Identity{id}, to, ""); err == nil {
		t.Fatal("half was restored")
	}
	if list, err := os.ReadDir(to); len(list) != 0 || err != nil {
		t.Error("left over:", list, err)
	}
}

// TestHostileHead refuses names that lead elsewhere.
func TestHostileHead(t *testing.T) {
	id := identity(t)
	to := filepath.Join(t.TempDir(), "a", "b")
	for _, name := range []string{"../x", "/etc/x", "tls/../../x", "ward.db", "tls/", "tls/.x", "tls/a/b", "key/x", ""} {
		line, err := json.Marshal(head{"data folder", format, identity(t).String(), map[string][]byte{name: []byte("x")}})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(line) + "\n", "{}\n", "", "\n", strings.Repeat("x", 9<<20)} {
			var b bytes.Buffer
			w, err := age.Encrypt(&b, id.Recipient())
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(text))
			w.Close()
			if err := Restore(t.Context(), &b, []age.Identity{id}, to, ""); !errors.Is(err, ErrDamaged) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}
