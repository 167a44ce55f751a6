package capture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

// TestUntilEndsAWait reads a pipe whose writer falls silent.
func TestUntilEndsAWait(t *testing.T) {
	out, in := io.Pipe()
	defer in.Close()
	ctx, cancel := context.WithCancel(t.Context())
	header := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0}
	record := append([]byte{1, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0}, make([]byte, 60)...)
	go func() {
		_, _ = in.Write(append(header, record...))
		_, _ = in.Write(record[:20]) // and then nothing more
		cancel()
	}()
	r, err := NewReader(out, "pipe", Until(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var f Frame
	if err := r.Next(&f); err != nil || len(f.Data) != 60 {
		t.Fatalf("first frame: %d bytes, %v", len(f.Data), err)
	}
	if err := r.Next(&f); !errors.Is(err, context.Canceled) {
		t.Errorf("after the silence: %v, want %v", err, context.Canceled)
	}
}

// TestUntilLosesNothing reads through it in small pieces.
func TestUntilLosesNothing(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 3*pipeRead/10)
	s := &source{in: bytes.NewReader(want)}
	Until(t.Context())(s)
	got, err := io.ReadAll(struct{ io.Reader }{s})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v, want %d", len(got), err, len(want))
	}
}
