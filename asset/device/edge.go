package device

import (
	"time"

	"ward/wire/session"
)

// edgeKey is one kind of exchange between two sightings. Services and peers of
// both sides are read off the edges at the end.
type edgeKey struct {
	orig, resp int32
	port, vlan uint16
	answered   bool
	transport  session.Transport
	service    string
}

type edge struct {
	sessions    int
	bytes       uint64
	first, last int64
	frame       uint64 // evidence of first
	input       string
}

// ephemeral is where unnamed services on both sides stop being told apart by
// port: calls, bulk data and peer-to-peer use up the port range.
const ephemeral = 32768

// exchange records that two sightings exchanged data. Attempts that nobody
// answered are none: a scan must not fill the list of services.
func (v *Inventory) exchange(s *session.Session, orig, resp int32) {
	if s.Transport != session.TCP && s.Transport != session.UDP {
		return
	}
	answered := s.Resp.Packets > 0 && s.State != "REJ"
	if s.Transport == session.TCP && (!answered || s.State == "S0" || s.State == "SH") {
		return
	}
	k := edgeKey{orig, resp, s.Resp.Port, s.VLAN, answered, s.Transport, s.Service}
	if s.Service == "" && (!answered || s.Orig.Port >= ephemeral && s.Resp.Port >= ephemeral) {
		k.port = 0
	}
	e := v.edges[k]
	if e == nil {
		if len(v.edges) >= MaxEdges {
			v.lostEdges++
			return
		}
		e = &edge{first: nanos(s.Start), input: v.input(s.Input), frame: s.Frame}
		v.edges[k] = e
	}
	if s.Part == 0 {
		e.sessions++
	}
	e.bytes += s.Orig.Bytes + s.Resp.Bytes
	first, in := nanos(s.Start), v.input(s.Input)
	if earlier(first, in, s.Frame, e.first, e.input, e.frame) {
		e.first, e.input, e.frame = first, in, s.Frame
	}
	e.last = max(e.last, nanos(s.Last))
}

// earlier orders evidence by time, then input, then frame, so that the evidence
// kept does not depend on the order of the inputs.
func earlier(t1 int64, in1 string, f1 uint64, t2 int64, in2 string, f2 uint64) bool {
	if t1 != t2 {
		return t1 < t2
	}
	if in1 != in2 {
		return in1 < in2
	}
	return f1 < f2
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func utc(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
