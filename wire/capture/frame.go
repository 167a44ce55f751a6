// Package capture turns the bytes of capture files into Frames: pcap
// (draft-ietf-opsawg-pcap; both byte orders, micro and nanoseconds, the old
// "modified" records) and pcapng (draft-ietf-opsawg-pcapng; several sections
// and interfaces, packet blocks of all three kinds), plain or packed with gzip
// (RFC 1952) or zstd (RFC 8878), from files, from standard input, one by one
// or several in time order.
//
// It knows a file by its first bytes, never by its name, and refuses to guess:
// a damaged file ends with an *Error that names the input, the offset and the
// frame, after everything good before it was given. Names, keys and comments
// that pcapng may carry are passed over, never read. Nothing is sent, no
// interface is opened.
package capture

// LinkType is the data link type of a capture (the LINKTYPE_ registry of tcpdump.org).
type LinkType uint16

const (
	LinkNull      LinkType = 0   // BSD loopback, host byte order family
	LinkEthernet  LinkType = 1   // IEEE 802.3
	LinkPPP       LinkType = 9   // PPP, with or without HDLC framing
	LinkRawBSD    LinkType = 12  // raw IP as some BSDs write it
	LinkPPPHDLC   LinkType = 50  // PPP in HDLC framing, RFC 1662
	LinkRaw       LinkType = 101 // raw IPv4 or IPv6
	LinkLoop      LinkType = 108 // OpenBSD loopback, network byte order family
	LinkLinuxSLL  LinkType = 113 // Linux cooked capture v1
	LinkIPv4      LinkType = 228
	LinkIPv6      LinkType = 229
	LinkLinuxSLL2 LinkType = 276 // Linux cooked capture v2
)

// Frame is one captured frame. Data is valid until the next read.
type Frame struct {
	Time   int64  // nanoseconds since 1970 UTC
	Data   []byte // captured bytes
	Length int    // bytes on the wire, >= len(Data)
	Number uint64 // 1-based number in its input, as Wireshark shows it
	Input  int    // index of the input it came from
	Iface  int    // pcapng interface number
	Link   LinkType
}
