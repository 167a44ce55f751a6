package bus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	certs "ward/web/tls"
	"ward/wire/session"
)

func open(t *testing.T, dir string) *Bus {
	t.Helper()
	a, err := certs.OpenAuthority(dir+"/tls", []string{"127.0.0.1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.Context(), Options{Dir: dir + "/bus", Listen: "127.0.0.1:0", Authority: a, Server: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func batch(sensor string, seq uint64) *Batch {
	return &Batch{Sensor: sensor, Seq: seq, Sessions: []session.Session{{ID: session.ID(seq), Service: "dicom", Start: time.Unix(1, 0).UTC()}}}
}

func TestSensorMayOnlySpeakForItself(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	url := "tls://" + b.Addr().String()
	bundle, err := b.Enrol("tap-1", url)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Connect(bundle)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Publish(t.Context(), batch("tap-1", 1)); err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	if err := p.Publish(short, batch("tap-2", 1)); err == nil {
		t.Error("it spoke for another sensor")
	}
	if _, err := p.js.Stream(short, "SESSIONS"); err == nil {
		t.Error("it asked about the stream")
	}
	other, _ := certs.OpenAuthority(t.TempDir(), nil, nil)
	cert, key, _ := other.Client("tap-1")
	wrong := bundle
	wrong.Certificate, wrong.Key = string(cert), string(key)
	if _, err := Connect(wrong); err == nil {
		t.Error("another authority was believed")
	}
	cert, key, _ = b.o.Authority.Client("tap-9")
	wrong.Certificate, wrong.Key = string(cert), string(key)
	if _, err := Connect(wrong); err == nil {
		t.Error("a sensor that is not enrolled came in")
	}
	if _, err := b.Enrol("tap-1", url); err != nil {
		t.Fatal(err)
	}
	if _, err := Connect(bundle); err == nil {
		t.Error("the bundle of before still works")
	}
	if s, _ := b.Stats(t.Context()); s.Waiting != 1 {
		t.Errorf("%+v", s)
	}
}

func TestNothingIsLost(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	for seq := range uint64(20) {
		for range 2 { // a sensor that heard no answer sends again
			if err := b.Publish(t.Context(), batch("tap-1", seq)); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.Close()
	b = open(t, dir)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	seen, failed := map[uint64]int{}, false
	err := b.Consume(ctx, func(_ context.Context, got Batch) error {
		if got.Seq == 3 && !failed {
			failed = true
			return errors.New("disk full")
		}
		if seen[got.Seq]++; len(seen) == 20 {
			time.AfterFunc(200*time.Millisecond, stop)
		}
		return nil
	})
	if err != nil || len(seen) != 20 || !failed {
		t.Fatalf("%v, %d of 20", err, len(seen))
	}
	for seq, n := range seen {
		if n != 1 {
			t.Errorf("batch %d came %d times", seq, n)
		}
	}
	if s, _ := b.Stats(t.Context()); s.Waiting != 0 {
		t.Errorf("%+v", s)
	}
}

func TestDeadLetters(t *testing.T) {
	b := open(t, t.TempDir())
	w, _ := zstd.NewWriter(nil)
	bomb := w.EncodeAll(bytes.Repeat([]byte(" "), MaxUnpacked+1), nil)
	other, _ := encode(batch("tap-2", 1))
	for _, bad := range [][]byte{bomb, other, []byte("nonsense"), {}} {
		if _, err := b.js.Publish(t.Context(), subject+"tap-1", bad); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Publish(t.Context(), batch("tap-1", 7)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	if err := b.Consume(ctx, func(_ context.Context, got Batch) error {
		time.AfterFunc(200*time.Millisecond, stop)
		return fmt.Errorf("%w: no such sensor", ErrRefused)
	}); err != nil {
		t.Fatal(err)
	}
	if s, _ := b.Stats(t.Context()); s.Waiting != 0 || s.Dead != 5 {
		t.Errorf("%+v", s)
	}
}
