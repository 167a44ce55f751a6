package people

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHasher(t *testing.T) {
	h, ctx := NewHasher(), context.Background()
	hash, err := h.Hash(ctx, "green tractor on the roof")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=1$") {
		t.Fatal(hash, err)
	}
	for password, want := range map[string]bool{"green tractor on the roof": true, "green tractor on the rooF": false, "": false} {
		if ok, err := h.Verify(ctx, hash, password); ok != want || err != nil {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
	if ok, err := h.Verify(ctx, "", ""); ok || err != nil {
		t.Error("an empty hash is never right:", ok, err)
	}
}

// The work for an unknown person is that for a known one.
func TestVerifySameWork(t *testing.T) {
	h, ctx := NewHasher(), context.Background()
	hash, err := h.Hash(ctx, "green tractor on the roof")
	if err != nil {
		t.Fatal(err)
	}
	best := func(hash string) time.Duration {
		least := time.Hour
		for range 4 {
			at := time.Now()
			if _, err := h.Verify(ctx, hash, "wrong wrong wrong"); err != nil {
				t.Fatal(err)
			}
			least = min(least, time.Since(at))
		}
		return least
	}
	known, unknown := best(hash), best("")
	if ratio := float64(known) / float64(unknown); ratio < 0.5 || ratio > 2 {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
}

func TestHasherBounds(t *testing.T) {
	h, ctx := NewHasher(), t.Context()
	for range cap(h.running) {
		h.running <- struct{}{} // both places are taken
	}
	ctx, stop := context.WithCancel(ctx)
	var wait sync.WaitGroup
	errs := make(chan error, cap(h.waiting)+1)
	for range cap(h.waiting) {
		wait.Go(func() { _, err := h.Verify(ctx, "", "x"); errs <- err })
	}
	for len(h.waiting) < cap(h.waiting) {
		time.Sleep(time.Millisecond)
	}
	if _, err := h.Verify(ctx, "", "x"); !errors.Is(err, ErrBusy) {
		t.Error("one too many:", err)
	}
	stop()
	wait.Wait()
	for range cap(h.waiting) {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if len(h.waiting) != 0 {
		t.Error("places are not given back")
	}
}

func TestParsePHC(t *testing.T) {
	for _, s := range []string{"", "x", "$argon2i$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=18$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=65536,t=3,p=1$!!$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=65536,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA", "$argon2id$v=19$m=4294967295,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"} {
		if _, err := parsePHC(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err != nil {
			return
		}
		if again, err := parsePHC(p.String()); err != nil || again.String() != p.String() {
			t.Error(s, p, err)
		}
	})
}

func TestPasswordProblem(t *testing.T) {
	for password, good := range map[string]bool{
		"short":                     false,
		"elevenchars":               false,
		"green tractor on the roof": true,
		"grüne Traktoren":           true,
		"日本語の長い合言葉です大丈夫":                  true,
		"passwordpassword":                false,
		"Password1234":                    false,
		"aaaaaaaaaaaaaaa":                 false,
		"abababababababab":                false,
		"abcdefghijklmn":                  false,
		"987654321098":                    false,
		"qwertzuiop123":                   false,
		"anna.huber2026":                  false, // her name
		"annahuber tractor roof":          true,
		"ward-password1":                  false,
		strings.Repeat("green roof ", 40): false, // too long
		"green tractor \xff on the roof":  false,
	} {
		if problem := PasswordProblem(password, "Anna Huber", "anna.huber@example.org"); (problem == "") != good {
			t.Errorf("%q: %q", password, problem)
		}
	}
}

func TestNormalPassword(t *testing.T) {
	if NormalPassword("gru\u0308ne Traktoren") != NormalPassword("gr\u00fcne Traktoren") {
		t.Error("the same letters are not the same password")
	}
}
