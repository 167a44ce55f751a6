package sim

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"time"
)

// domain is the hospital's own.
const domain = "hospital.example"

// DNS record types, RFC 1035 section 3.2.2 and RFC 3596.
const (
	typeA    = 1
	typePTR  = 12
	typeTXT  = 16
	typeAAAA = 28
	typeSRV  = 33
)

// lookup is a DNS question and its answer.
func (h *Hospital) lookup(at time.Duration, d *Host, name string, addr netip.Addr) {
	id := uint16(h.rng.Uint32())
	q := dnsMessage(id, 0x0100, []record{{name: name, kind: typeA}}, nil)
	a := dnsMessage(id, 0x8580, []record{{name: name, kind: typeA}}, []record{{name: name, kind: typeA, ttl: 3600, data: addr.AsSlice()}})
	h.ask(at, "dns", d, h.one(d.ward, "infra"), 53, q, a)
}

// find looks up a host's name.
func (h *Hospital) find(at time.Duration, d, other *Host) {
	h.lookup(at, d, strings.ToLower(other.Hostname)+"."+domain, other.IP)
}

// record is a DNS question or resource record.
type record struct {
	name  string
	kind  uint16
	ttl   uint32
	flush bool // mDNS cache flush, RFC 6762 section 10.2
	data  []byte
}

func dnsMessage(id, flags uint16, questions, answers []record) []byte {
	b := binary.BigEndian.AppendUint16(nil, id)
	b = binary.BigEndian.AppendUint16(b, flags)
	b = binary.BigEndian.AppendUint16(b, uint16(len(questions)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(answers)))
	b = append(b, 0, 0, 0, 0)
	for _, q := range questions {
		b = append(b, dnsName(q.name)...)
		b = binary.BigEndian.AppendUint16(b, q.kind)
		b = append(b, 0, 1)
	}
	for _, r := range answers {
		b = append(b, dnsName(r.name)...)
		b = binary.BigEndian.AppendUint16(b, r.kind)
		class := uint16(1)
		if r.flush {
			class |= 0x8000
		}
		b = binary.BigEndian.AppendUint16(b, class)
		b = binary.BigEndian.AppendUint32(b, r.ttl)
		b = binary.BigEndian.AppendUint16(b, uint16(len(r.data)))
		b = append(b, r.data...)
	}
	return b
}

// dnsName writes labels; a label may hold spaces (RFC 6763 section 4.1.1), with
// the dot between instance and type written as "|".
func dnsName(name string) []byte {
	var b []byte
	instance, rest, ok := strings.Cut(name, "|")
	if ok {
		b = append(append(b, byte(len(instance))), instance...)
		name = rest
	}
	for label := range strings.SplitSeq(name, ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0)
}

// service announces one DNS-SD service by multicast, RFC 6763, on both IP versions.
func (h *Hospital) service(at time.Duration, d *Host, instance, kind string, port uint16, txt ...string) {
	full := instance + "|" + kind + ".local"
	target := d.Hostname + ".local"
	srv := append([]byte{0, 0, 0, 0, byte(port >> 8), byte(port)}, dnsName(target)...)
	var text []byte
	for _, t := range txt {
		text = append(append(text, byte(len(t))), t...)
	}
	answers := []record{
		{name: kind + ".local", kind: typePTR, ttl: 4500, data: dnsName(full)},
		{name: full, kind: typeSRV, ttl: 120, flush: true, data: srv},
		{name: full, kind: typeTXT, ttl: 4500, flush: true, data: text},
		{name: target, kind: typeA, ttl: 120, flush: true, data: d.IP.AsSlice()},
	}
	if d.IP6.IsValid() {
		answers = append(answers, record{name: target, kind: typeAAAA, ttl: 120, flush: true, data: d.IP6.AsSlice()})
	}
	b := dnsMessage(0, 0x8400, nil, answers)
	h.cast(at, "mdns", d, &mdns4, 5353, 5353, b)
	if d.IP6.IsValid() {
		h.cast(at+time.Millisecond, "mdns", d, &mdns6, 5353, 5353, b)
	}
}

// llmnr asks the link for a name, RFC 4795, on both IP versions.
func (h *Hospital) llmnr(at time.Duration, d *Host, name string) {
	b := dnsMessage(uint16(h.rng.Uint32()), 0, []record{{name: name, kind: typeA}}, nil)
	port := d.ephemeral()
	h.cast(at, "llmnr", d, &llmnr4, port, 5355, b)
	if d.IP6.IsValid() {
		h.cast(at+time.Millisecond, "llmnr", d, &llmnr6, port, 5355, b)
	}
}

// netbios registers the host's name by broadcast, RFC 1002 section 4.2.2, and
// the host announcement of the browser service follows.
func (h *Hospital) netbios(at time.Duration, d *Host) {
	b := binary.BigEndian.AppendUint16(nil, uint16(h.rng.Uint32()))
	b = append(b, 0x29, 0x10, 0, 1, 0, 0, 0, 0, 0, 1)
	b = append(b, netbiosName(d.Hostname, 0)...)
	b = append(b, 0, 0x20, 0, 1, 0xc0, 12, 0, 0x20, 0, 1, 0, 4, 0x93, 0xe0, 0, 6, 0, 0)
	b = append(b, d.IP.AsSlice()...)
	h.subnetCast(at, "nbns", d, 137, 137, b)
}

// netbiosName is first-level encoding, RFC 1001 section 14.1.
func netbiosName(name string, suffix byte) []byte {
	b := []byte{32}
	for i := range 16 {
		c := byte(' ')
		if i < len(name) && i < 15 {
			c = strings.ToUpper(name)[i]
		}
		if i == 15 {
			c = suffix
		}
		b = append(b, 'A'+c>>4, 'A'+c&15)
	}
	return append(b, 0)
}

// ntp is one exchange of RFC 5905 section 7.3.
func (h *Hospital) ntp(at time.Duration, d *Host) {
	server := h.one(d.ward, "infra")
	q := make([]byte, 48)
	q[0] = 0xe3 // leap unknown, version 4, client
	binary.BigEndian.PutUint64(q[40:], h.ntpTime(at))
	a := make([]byte, 48)
	copy(a, "\x24\x02\x06\xec\x00\x00\x01\x00\x00\x00\x02\x00\x0a\x00\x00\x01")
	binary.BigEndian.PutUint64(a[16:], h.ntpTime(at-17*time.Second))
	copy(a[24:], q[40:48])
	binary.BigEndian.PutUint64(a[32:], h.ntpTime(at+roundTrip/2))
	binary.BigEndian.PutUint64(a[40:], h.ntpTime(at+roundTrip/2))
	sport := uint16(123)
	h.askFrom(at, "ntp", d, server, sport, 123, q, a)
}

// ntpTime is seconds since 1900 and their fraction.
func (h *Hospital) ntpTime(at time.Duration) uint64 {
	t := h.cfg.Start.Add(at)
	return uint64(t.Unix()+2208988800)<<32 | uint64(t.Nanosecond())<<32/1e9
}
