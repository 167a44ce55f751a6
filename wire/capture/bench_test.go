package capture

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// benchFile is 20,000 frames of a hospital's mean length.
func benchFile() []byte {
	var s []shot
	for i := range 20_000 {
		n := []int{60, 74, 66, 1514, 300, 1100}[i%6]
		s = append(s, shot{int64(i) * 1000, strings.Repeat("x", n), n})
	}
	return makePcap(little, magicMicro, LinkEthernet, s)
}

func benchRead(b *testing.B, file []byte, opts []Option, read func(*Reader) (int, error)) {
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	n := 0
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(file), "bench", opts...)
		if err != nil {
			b.Fatal(err)
		}
		m, err := read(r)
		if err != io.EOF {
			b.Fatal(err)
		}
		n += m
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mframes/s")
}

func readNext(r *Reader) (n int, err error) {
	var f Frame
	for err = r.Next(&f); err == nil; err = r.Next(&f) {
		n++
	}
	return n, err
}

func BenchmarkNext(b *testing.B) { benchRead(b, benchFile(), nil, readNext) }

func BenchmarkNextWithDigest(b *testing.B) {
	benchRead(b, benchFile(), []Option{WithDigest}, readNext)
}

func BenchmarkNextPcapng(b *testing.B) {
	var s []shot
	for i := range 20_000 {
		s = append(s, shot{int64(i) * 1000, strings.Repeat("x", 66), 66})
	}
	benchRead(b, makeNg(little, s), nil, readNext)
}

func BenchmarkBatch(b *testing.B) {
	var batch Batch
	benchRead(b, benchFile(), nil, func(r *Reader) (n int, err error) {
		for err = r.Batch(&batch); err == nil; err = r.Batch(&batch) {
			n += len(batch.Frames)
		}
		return n, err
	})
}

// BenchmarkMerge reads two taps frame by frame in turn.
func BenchmarkMerge(b *testing.B) {
	file := benchFile()
	b.SetBytes(2 * int64(len(file)))
	n := 0
	var batch Batch
	for b.Loop() {
		m := Merge(open(b, file, file))
		for m.Batch(&batch) == nil {
			n += len(batch.Frames)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mframes/s")
}
