// Package proto is the contract between the session layer and the codecs below
// it: a Codec recognises its protocol by content and turns bytes into Facts.
//
// Codecs are pure: no I/O, no clock, no logger, no globals that change. They
// never panic, hold at most MaxState bytes for one session, and emit only the
// fields of their keep-list (safety.md SR-03, SR-10, SR-16).
package proto

// MaxState is the most memory in bytes that one Parser may hold (SR-03).
const MaxState = 64 << 10

// Dir is the side that sent some bytes. The names are Zeek's: the originator
// sent the first packet, the responder answered it.
type Dir uint8

const (
	Orig Dir = iota
	Resp
)

// Other gives the opposite side.
func (d Dir) Other() Dir { return d ^ 1 }

func (d Dir) String() string {
	if d == Orig {
		return "orig"
	}
	return "resp"
}

// A Fact is what a codec saw. Each codec defines its own closed set of struct
// types and lists them in Codec.Facts. Every string (or []byte) field of a Fact
// needs the tag `keep:"why this is no patient data"`, and a test enforces it.
// Facts are JSON: snake_case keys, no pointers into the packet.
type Fact interface {
	// Service is the protocol's name as it stands in Session.Service.
	Service() string
}

// Emit receives a Fact and the side whose bytes showed it. The Fact must own
// its memory: the bytes handed to Data are reused after the call.
type Emit func(Dir, Fact)

// Match is what a codec says of a session's first bytes.
type Match uint8

const (
	No    Match = iota // it cannot be this protocol
	Maybe              // nothing speaks against it: show more bytes or the other side
	Yes                // it is this protocol
)

// Ports are a session's transport ports; zero where there are none. They are a
// hint only: content decides (protocols.md section 11).
type Ports struct{ Orig, Resp uint16 }

// Either tells whether one of the two ports is n.
func (p Ports) Either(n uint16) bool { return p.Orig == n || p.Resp == n }

// Codec describes one protocol to the session layer.
type Codec struct {
	// Name is the service name: lower case, one word ("dicom", "hl7", "tls").
	Name string
	// Stream matches the first in-order bytes of both directions of a TCP
	// session (either may be empty, each is capped at 4 KiB). Nil: not on TCP.
	// It says Yes only when it is sure: for a protocol with a handshake that is
	// one consistent message in each direction. Where only one side was seen at
	// the end, a Maybe becomes the service with lower certainty.
	Stream func(orig, resp []byte, p Ports) Match
	// Datagram matches one UDP payload. Nil: not on UDP.
	Datagram func(b []byte, p Ports) Match
	// EtherTypes and IPProtos list what the codec reads directly below TCP and
	// UDP (ARP, LLDP, ICMP). 802.3/SNAP protocols use their SNAP type.
	EtherTypes []uint16
	IPProtos   []uint8
	// New makes the Parser of one session. Stateless codecs return a shared
	// value, so that no memory is allocated.
	New func() Parser
	// Facts lists a zero value of every Fact type the Parser may emit.
	Facts []Fact
}

// Parser follows one session. For TCP, Data gets the bytes of each direction in
// order, cut anywhere; for datagrams and frames, one payload a call.
type Parser interface {
	// Data reads b, valid only during the call. It returns false when nothing
	// more of this session interests the codec: the session layer then only
	// counts bytes.
	Data(dir Dir, b []byte, emit Emit) (more bool)
	// Gap says that n bytes of one direction were lost (n may be 0: unknown).
	// The parser finds the next message start by itself or gives up.
	Gap(dir Dir, n int)
	// Close is called once at the end, to emit counters kept until then.
	Close(emit Emit)
}

// Holder is a Parser that keeps bytes between calls, more than a few hundred.
// Held gives how many it has reserved: the session layer bounds their sum over
// all sessions and gives up the session that goes beyond.
type Holder interface{ Held() int }

// Held gives what p holds, 0 where p is nil or no Holder.
func Held(p Parser) int {
	if h, ok := p.(Holder); ok {
		return h.Held()
	}
	return 0
}

// Stateless gives a codec whose messages stand alone the two methods it does
// not need.
type Stateless struct{}

func (Stateless) Gap(Dir, int) {}
func (Stateless) Close(Emit)   {}
