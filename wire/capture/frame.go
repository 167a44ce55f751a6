// Package capture reads frames from pcap and pcapng files (also gzip and zstd),
// from standard input, and from several files in time order. It turns bytes of
// a file into Frames and refuses to guess: a damaged file ends with an *Error
// that names file, offset and frame, after everything good before it was given.
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
