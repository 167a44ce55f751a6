package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if _, err := ReadKey(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	keys := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			key, err := Key(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	all.Wait()
	for _, key := range keys {
		if len(key) != KeySize || !bytes.Equal(key, keys[0]) {
			t.Errorf("%x, not %x", key, keys[0])
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Error("left over:", left)
	}
	if err := WriteKey(dir, keys[0]); !errors.Is(err, fs.ErrExist) {
		t.Error("a key was overwritten:", err)
	}
}

func TestKeyRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, KeyFile)
	for _, bad := range []string{"", "00", "zz"} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Key(dir); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	os.Remove(path)
	if _, err := Key(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Key(dir); !errors.Is(err, ErrKey) {
		t.Error("a key that others can read was taken:", err)
	}
}

func TestDataDir(t *testing.T) {
	t.Setenv("HOME", "/home/anna")
	for _, c := range []struct{ ward, xdg, want string }{
		{"", "", "/home/anna/.local/share/ward"},
		{"", "/var/data", "/var/data/ward"},
		{"", "relative", "/home/anna/.local/share/ward"},
		{"/srv/ward", "/var/data", "/srv/ward"},
	} {
		t.Setenv("WARD_DATA", c.ward)
		t.Setenv("XDG_DATA_HOME", c.xdg)
		if got, err := DataDir(); got != c.want || err != nil {
			t.Errorf("%+v: %s %v", c, got, err)
		}
	}
	t.Setenv("WARD_DATA", "")
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "")
	if _, err := DataDir(); !errors.Is(err, ErrNoHome) {
		t.Error(err)
	}
}
