package session

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/proto"
)

// hospital makes n frames or a few more of mixed traffic: short and long TCP
// sessions, questions and answers in datagrams, refused and lost ones.
func hospital(n int, seed uint64) *wire {
	w := &wire{}
	r := rand.New(rand.NewPCG(seed, 7))
	var open []*talk
	body := strings.Repeat("observation ", 30)
	host := func() end {
		return end{fmt.Sprintf("10.1.%d.%d", r.IntN(20), r.IntN(250)), uint16(1024 + r.IntN(60000))}
	}
	for len(w.frames) < n {
		w.wait(-900_000) // about ten frames a millisecond
		switch c := r.IntN(100); {
		case c < 8:
			k := w.talk(host(), end{"10.2.0.1", uint16(100 + r.IntN(9))}).open()
			hello := string(rune('A' + r.IntN(3)))
			open = append(open, k.say("HELLO "+hello+"\n").answer("200 "+hello+"\n"))
		case c < 20:
			from, to := host(), end{"10.2.0.2", 53}
			w.udp(from, to, "HELLO B\n")
			w.udp(to, from, "an answer of some length\n")
		case c < 22:
			w.talk(host(), server).send(0, packet.SYN, "").send(1, packet.RST|packet.ACK, "")
		case c < 23:
			w.talk(host(), server).send(0, packet.SYN, "")
		default:
			if len(open) > 0 {
				i := r.IntN(len(open))
				mixed(r, open[i], body)
				if r.IntN(12) == 0 {
					open[i].end4()
					open[i] = open[len(open)-1]
					open = open[:len(open)-1]
				}
			}
		}
	}
	return w
}

// mixed continues a session, sometimes with a segment lost, twice or late.
func mixed(r *rand.Rand, k *talk, body string) {
	k.say(body[:r.IntN(len(body))] + "\n").answer("ok\n")
	w := k.w
	switch last := len(w.frames) - 1; r.IntN(100) {
	case 0:
		w.frames = w.frames[:last]
	case 1:
		w.frame(w.frames[last].Data)
	case 2:
		w.frames[last].Data, w.frames[last-1].Data = w.frames[last-1].Data, w.frames[last].Data
		w.frames[last].Length, w.frames[last-1].Length = w.frames[last-1].Length, w.frames[last].Length
	}
}

// deaf is a codec whose parser reads and says nothing, to measure this package.
type deaf struct{ proto.Stateless }

func (deaf) Data(proto.Dir, []byte, proto.Emit) bool { return true }

func deafCodecs() []*proto.Codec {
	list := testCodecs()
	for _, c := range list {
		c.New = func() proto.Parser { return deaf{} }
	}
	return list
}

// cycle repeats the frames of a capture with later times.
type cycle struct {
	memory
	left int
	span int64
}

func (c *cycle) Batch(b *capture.Batch) error {
	if c.at == len(c.frames) && c.left > 0 {
		c.left--
		c.at = 0
		for i := range c.frames {
			c.frames[i].Time += c.span
		}
	}
	return c.memory.Batch(b)
}

func BenchmarkRun(b *testing.B) {
	w := hospital(400_000, 1)
	span := w.frames[len(w.frames)-1].Time - w.frames[0].Time + 1e9
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			b.ReportAllocs()
			packets := uint64(0)
			for b.Loop() {
				stats, _ := Run(context.Background(), &cycle{memory: memory{frames: w.frames}, left: 4, span: span},
					Options{Workers: workers, Codecs: deafCodecs()}, func(*Session) {})
				packets += stats.Frames
			}
			b.ReportMetric(float64(packets)/b.Elapsed().Seconds()/1e6, "Mpkt/s")
		})
	}
}

// In steady state a packet costs no allocation.
func TestAllocations(t *testing.T) {
	w := hospital(100_000, 2)
	run := func() {
		if _, err := Run(context.Background(), &memory{frames: w.frames}, Options{Codecs: deafCodecs()}, func(*Session) {}); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(1, run); n > float64(len(w.frames))/10 {
		t.Errorf("%.0f allocations for %d packets", n, len(w.frames))
	}
}
