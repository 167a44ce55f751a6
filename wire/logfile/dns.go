package logfile

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/dns"
)

// DNS is one question, with its answers where they came.
type DNS struct {
	Port     uint16 // of the responder: tells DNS, mDNS and LLMNR
	Name     string
	Type     uint16
	Answered bool
	Rcode    int
	Answers  []string // addresses and names
}

// maxAnswers is how many answers of one line are read.
const maxAnswers = 16

// Types of resource records that matter here (RFC 1035 section 3.2.2).
const (
	typeA    = 1
	typePTR  = 12
	typeAAAA = 28
)

// DNS adds the facts of one lookup.
func (f *Facts) DNS(d DNS) {
	codec := &dns.Codec
	switch d.Port {
	case 5353:
		codec = &dns.MDNS
	case 5355:
		codec = &dns.LLMNR
	case 137:
		return // NetBIOS names: a question tells nothing of the one asked
	}
	dir := proto.Orig
	if d.Answered {
		dir = proto.Resp
	}
	f.ask(codec, said{dir, d.message()})
}

// message writes the message that the line reports (RFC 1035 section 4.1).
func (d *DNS) message() []byte {
	const query, response = 0x0100, 0x8180
	b := make([]byte, 12, 128)
	binary.BigEndian.PutUint16(b[2:], query)
	binary.BigEndian.PutUint16(b[4:], 1)
	b = appendName(b, d.Name)
	b = binary.BigEndian.AppendUint16(b, d.Type)
	b = binary.BigEndian.AppendUint16(b, 1)
	if !d.Answered {
		return b
	}
	binary.BigEndian.PutUint16(b[2:], uint16(response|d.Rcode&15))
	n := 0
	for _, a := range d.Answers[:min(len(d.Answers), maxAnswers)] {
		typ, data := d.data(a)
		if data == nil {
			continue
		}
		n++
		b = append(b, 0xc0, 12) // the name that was asked for
		b = binary.BigEndian.AppendUint16(b, typ)
		b = append(b, 0, 1, 0, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
		b = append(b, data...)
	}
	binary.BigEndian.PutUint16(b[6:], uint16(n))
	return b
}

// data gives an answer's record type and bytes.
func (d *DNS) data(answer string) (typ uint16, b []byte) {
	if a, err := netip.ParseAddr(answer); err == nil {
		if a.Is4() {
			return typeA, a.AsSlice()
		}
		return typeAAAA, a.AsSlice()
	}
	if d.Type == typePTR {
		return typePTR, appendName(nil, answer)
	}
	return 0, nil
}

// appendName writes a name in labels; what does not fit is cut off.
func appendName(b []byte, name string) []byte {
	const maxName, maxLabel = 250, 63
	for label := range strings.SplitSeq(strings.TrimSuffix(name[:min(len(name), maxName)], "."), ".") {
		if label = label[:min(len(label), maxLabel)]; label != "" {
			b = append(append(b, byte(len(label))), label...)
		}
	}
	return append(b, 0)
}

var recordTypes = map[string]uint16{"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
	"NAPTR": 35, "DS": 43, "SSHFP": 44, "RRSIG": 46, "DNSKEY": 48, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "AXFR": 252, "ANY": 255, "*": 255}

// RecordType reads "AAAA" or "TYPE28"; zero where it is neither.
func RecordType(s string) uint16 {
	if t, ok := recordTypes[s]; ok {
		return t
	}
	n, _ := strconv.ParseUint(strings.TrimPrefix(s, "TYPE"), 10, 16)
	return uint16(n)
}

// rcodes are Zeek's and Suricata's words for RFC 1035 section 4.1.1.
var rcodes = map[string]int{"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5}

// Rcode reads a word or a number; no is false where there is none.
func Rcode(s string) (code int, ok bool) {
	if c, known := rcodes[s]; known {
		return c, true
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return int(n), err == nil
}
