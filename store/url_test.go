package store

import (
	"errors"
	"path/filepath"
	"testing"
)

// A mistyped URL must not silently open a file.
func TestMistypedURLIsRefused(t *testing.T) {
	for _, at := range []string{"postgress://localhost/ward", "mysql://localhost/ward", "localhost"} {
		if _, err := Open(t.Context(), Options{URL: at, Path: filepath.Join(t.TempDir(), "ward.db")}); !errors.Is(err, ErrURL) {
			t.Errorf("%s: %v", at, err)
		}
		if _, err := OpenReadOnly(t.Context(), Options{URL: at}); !errors.Is(err, ErrURL) {
			t.Errorf("%s: %v", at, err)
		}
	}
}
