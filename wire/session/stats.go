package session

import (
	"time"

	"ward/wire/packet"
)

// Stats says what a run read and what it had to give up.
type Stats struct {
	Inputs []Input // by index
	Counters
}

// Input says what was read of one input.
type Input struct {
	Frames      uint64
	Bytes       uint64 // on the wire
	First, Last time.Time

	first, last int64
}

// Counters are sums over the run.
type Counters struct {
	Frames   uint64 // frames read
	Sessions uint64 // sessions and parts of sessions delivered

	Unknown   uint64 // frames with no header Ward reads
	Truncated uint64 // frames cut by the snap length inside a header
	Malformed uint64 // frames whose lengths contradict themselves
	TooDeep   uint64 // frames with more nested headers than Ward follows
	Fragments uint64 // IP fragments
	// Incomplete is how many fragmented datagrams never became whole.
	Incomplete uint64

	Gaps      uint64 // holes in TCP sessions whose content was read
	LostBytes uint64 // bytes in those holes, as far as known
	Evicted   uint64 // sessions ended early because the table was full
	Unread    uint64 // sessions whose content was given up because memory was full
	Panics    uint64 // sessions whose codec failed
}

func (c *Counters) add(o *Counters) {
	c.Frames += o.Frames
	c.Sessions += o.Sessions
	c.Unknown += o.Unknown
	c.Truncated += o.Truncated
	c.Malformed += o.Malformed
	c.TooDeep += o.TooDeep
	c.Fragments += o.Fragments
	c.Incomplete += o.Incomplete
	c.Gaps += o.Gaps
	c.LostBytes += o.LostBytes
	c.Evicted += o.Evicted
	c.Unread += o.Unread
	c.Panics += o.Panics
}

// settle fills the times of the inputs.
func (s *Stats) settle() {
	for i := range s.Inputs {
		if in := &s.Inputs[i]; in.Frames > 0 {
			in.First, in.Last = stamp(in.first), stamp(in.last)
		}
	}
}

// frame counts one frame of an input.
func (s *Stats) frame(p *packet.Packet) {
	s.Frames++
	for p.Input >= len(s.Inputs) {
		s.Inputs = append(s.Inputs, Input{})
	}
	in := &s.Inputs[p.Input]
	if in.Frames == 0 {
		in.first, in.last = p.Time, p.Time
	}
	in.first, in.last = min(in.first, p.Time), max(in.last, p.Time)
	in.Frames++
	in.Bytes += uint64(p.Length)
	switch p.Fault {
	case packet.Truncated:
		s.Truncated++
	case packet.Malformed:
		s.Malformed++
	case packet.TooDeep:
		s.TooDeep++
	}
	switch p.Kind {
	case packet.Unknown:
		s.Unknown++
	case packet.Fragment:
		s.Fragments++
	}
}
