package session

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// Bytes that mean nothing are not named, whatever their kind, whether one side
// or both speak, and whether a piece is lost.
func TestNoiseStaysUnnamed(t *testing.T) {
	const sessions = 4000
	for name, fill := range map[string]func(*rand.Rand, []byte){
		"random": func(r *rand.Rand, b []byte) {
			for i := range b {
				b[i] = byte(r.Uint32())
			}
		},
		"letters": func(r *rand.Rand, b []byte) {
			for i := range b {
				b[i] = "etaoin shrdlu\r\nETAOIN 0123<>|^"[r.IntN(30)]
			}
		},
		"small numbers": func(r *rand.Rand, b []byte) {
			for i := range b {
				b[i] = byte(r.Uint32()&r.Uint32()&r.Uint32()) >> 4
			}
		},
		"length in front": func(r *rand.Rand, b []byte) {
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			b[0], b[1] = 0, byte(len(b)-2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := noise(sessions, fill)
			named := map[string]int{}
			_, err := Run(context.Background(), &memory{frames: w.frames}, Options{}, func(s *Session) {
				if s.Certainty == OneSide || s.Certainty == Content {
					named[fmt.Sprint(s.Transport, " ", s.Service, " ", s.Certainty)]++
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, count := range named {
				n += count
			}
			if n*1000 > len(w.frames) { // one in a thousand packets
				t.Errorf("%d sessions of noise were named: %v", n, named)
			}
		})
	}
}

func noise(n int, fill func(*rand.Rand, []byte)) *wire {
	w := &wire{}
	r := rand.New(rand.NewPCG(1, 2))
	bytes := func() string {
		b := make([]byte, 8+r.IntN(120))
		fill(r, b)
		return string(b)
	}
	for i := range n {
		from := end{fmt.Sprintf("10.7.%d.%d", i>>8&255, i&255), uint16(20000 + i%20000)}
		to := end{"10.8.0.1", uint16(40000 + r.IntN(9000))}
		switch i % 4 {
		case 0:
			w.udp(from, to, bytes())
		case 1:
			w.talk(from, to).open().say(bytes()).end4()
		case 2:
			w.talk(from, to).open().say(bytes()).answer(bytes()).end4()
		default:
			k := w.talk(from, to).open().say(bytes())
			k.say(bytes())
			w.frames = w.frames[:len(w.frames)-1] // lost
			k.say(bytes()).end4()
		}
		w.wait(1_000_000)
	}
	return w
}
