package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// timed writes a pcap of frames named name0, name1, ... at the given seconds.
func timed(name string, seconds ...int64) []byte {
	var s []shot
	for i, sec := range seconds {
		s = append(s, shot{sec * second, fmt.Sprint(name, i), 10})
	}
	return makePcap(little, magicMicro, LinkEthernet, s)
}

func open(t testing.TB, inputs ...[]byte) []*Reader {
	t.Helper()
	var out []*Reader
	for i, b := range inputs {
		r, err := NewReader(bytes.NewReader(b), fmt.Sprint("input ", i))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// batches makes a Reader or Merged read by Batch look like one read by Next.
type batches struct {
	in interface{ Batch(*Batch) error }
	b  Batch
	at int
}

func (s *batches) Next(f *Frame) error {
	if s.at == len(s.b.Frames) {
		s.at = 0
		if err := s.in.Batch(&s.b); err != nil {
			s.b.Frames = nil
			return err
		}
	}
	*f = s.b.Frames[s.at]
	s.at++
	return nil
}

func names(fs []Frame) string {
	var s []string
	for _, f := range fs {
		s = append(s, fmt.Sprintf("%s/%d", f.Data, f.Input))
	}
	return strings.Join(s, " ")
}

func TestMerge(t *testing.T) {
	rows := []struct {
		name   string
		inputs [][]byte
		want   string
	}{
		{"none", nil, ""},
		{"one", [][]byte{timed("a", 1, 2)}, "a0/0 a1/0"},
		{"rotated, wrong order", [][]byte{timed("b", 4, 5), timed("a", 1, 2)}, "a0/1 a1/1 b0/0 b1/0"},
		{"two taps", [][]byte{timed("a", 1, 3, 5), timed("b", 2, 3, 6)}, "a0/0 b0/1 a1/0 b1/1 a2/0 b2/1"},
		{"equal times", [][]byte{timed("a", 1, 1), timed("b", 1, 1), timed("c", 1)}, "a0/0 a1/0 b0/1 b1/1 c0/2"},
		{"an empty one", [][]byte{timed("a"), timed("b", 1)}, "b0/1"},
		{"back in time", [][]byte{timed("a", 5, 1), timed("b", 2)}, "b0/1 a0/0 a1/0"},
	}
	for _, r := range rows {
		got, err := collect(Merge(open(t, r.inputs...)))
		if names(got) != r.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", r.name, names(got), err, r.want)
		}
		got, err = collect(&batches{in: Merge(open(t, r.inputs...))})
		if names(got) != r.want || err != nil {
			t.Errorf("%s by batch: %s, %v, want %s", r.name, names(got), err, r.want)
		}
	}
}

// TestMergeDamaged cuts one of three inputs.
func TestMergeDamaged(t *testing.T) {
	cut := timed("b", 2, 5)
	inputs := [][]byte{timed("a", 1, 4), cut[:len(cut)-1], timed("c", 3, 6)}
	for _, batch := range []bool{false, true} {
		m := Merge(open(t, inputs...))
		var in nexter = m
		if batch {
			in = &batches{in: m}
		}
		got, err := collect(in)
		if want := "a0/0 b0/1 c0/2 a1/0 c1/2"; names(got) != want || err != nil {
			t.Errorf("%s, %v", names(got), err)
		}
		errs := m.Errors()
		if errs[0] != nil || errs[2] != nil || !errors.Is(errs[1], io.ErrUnexpectedEOF) {
			t.Errorf("%v", errs)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// many is a file much longer than a buffer, with frames of all lengths.
func many(n int) ([]shot, []byte) {
	var s []shot
	for i := range n {
		size := i * 37 % 1600
		if i%500 == 499 {
			size = 300_000 // longer than the buffer
		}
		s = append(s, shot{int64(i) * 1000, strings.Repeat(string(rune('a'+i%26)), size), size})
	}
	return s, makePcap(little, magicMicro, LinkEthernet, s)
}

// sameBytes compares long data quickly.
var sameBytes = cmp.Comparer(bytes.Equal)

// TestBatch keeps four batches at a time, as workers do, and compares them
// with what Next gives only after the fourth was filled.
func TestBatch(t *testing.T) {
	s, b := many(3000)
	want := frames(LinkEthernet, s)
	r := open(t, b)[0]
	var ring [4]Batch
	var got []Frame
	for done := false; !done; {
		n := 0
		for ; n < len(ring); n++ {
			if err := r.Batch(&ring[n]); err == io.EOF {
				done = true
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if len(ring[n].Frames) == 0 {
				t.Fatal("empty batch without an error")
			}
		}
		for i := range n {
			for _, f := range ring[i].Frames {
				f.Data = bytes.Clone(f.Data)
				got = append(got, f)
			}
		}
	}
	if d := cmp.Diff(want, got, sameBytes); d != "" {
		t.Errorf("%.2000s", d)
	}
}

// TestBatchAndNext changes between the two in the middle of a file.
func TestBatchAndNext(t *testing.T) {
	s, _ := many(1200)
	want := frames(LinkEthernet, s)
	r := open(t, makeNg(little, s))[0]
	var got []Frame
	var batch Batch
	for turn := 0; ; turn++ {
		if turn%2 == 0 {
			var f Frame
			if err := r.Next(&f); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			f.Data = bytes.Clone(f.Data)
			got = append(got, f)
			continue
		}
		if err := r.Batch(&batch); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, f := range batch.Frames {
			f.Data = bytes.Clone(f.Data)
			got = append(got, f)
		}
	}
	if d := cmp.Diff(want, got, sameBytes); d != "" {
		t.Errorf("%.2000s", d)
	}
}

// TestBatchCut gives the frames before the cut, then the error.
func TestBatchCut(t *testing.T) {
	s, b := many(300)
	r := open(t, b[:len(b)-1])[0]
	got, err := collect(&batches{in: r})
	if len(got) != len(s)-1 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}
