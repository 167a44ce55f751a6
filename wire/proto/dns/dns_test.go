package dns

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func u16(v int) string { return string([]byte{byte(v >> 8), byte(v)}) }

func wireName(s string) (out string) {
	for label := range strings.SplitSeq(s, "/") {
		out += string([]byte{byte(len(label))}) + label
	}
	return out + "\x00"
}

func ask(name string, typ int) string { return wireName(name) + u16(typ) + u16(1) }

// rr is a record whose owner is name, or a pointer to offset 12 if it is empty.
func rr(name string, typ int, data string) string {
	owner := "\xc0\x0c"
	if name != "" {
		owner = wireName(name)
	}
	return owner + u16(typ) + u16(1) + "\x00\x00\x00\x3c" + u16(len(data)) + data
}

func msg(id, flags, qd, an int, body ...string) []byte {
	return []byte(u16(id) + u16(flags) + u16(qd) + u16(an) + u16(0) + u16(0) + strings.Join(body, ""))
}

func prefix(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

type seen struct {
	dir  proto.Dir
	fact proto.Fact
}

func run(c proto.Codec, in ...[]byte) (out []seen) {
	p := c.New()
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	for i, b := range in {
		p.Data(proto.Dir(i%2), b, emit)
	}
	p.Close(emit)
	return out
}

var (
	query    = msg(7, 0x0100, 1, 0, ask("PACS1/Ward/example", 1))
	response = msg(7, 0x8180, 1, 2, ask("PACS1/Ward/example", 1), rr("", 5, wireName("srv/example")), rr("srv/example", 1, "\x0a\x00\x00\x09"))
)

func TestLookups(t *testing.T) {
	answer := Lookup{Protocol: "dns", Name: "pacs1.ward.example", Type: "A", Answered: true, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.9")}}
	for _, tt := range []struct {
		name string
		in   [][]byte
		want []seen
	}{
		{"pair", [][]byte{query, response}, []seen{{proto.Resp, answer}}},
		{"sent again, never answered", [][]byte{query, nil, query}, []seen{{proto.Orig, Lookup{Protocol: "dns", Name: "pacs1.ward.example", Type: "A"}}}},
		{"answer only", [][]byte{nil, response}, []seen{{proto.Resp, answer}}},
		{"no such name", [][]byte{query, msg(7, 0x8183, 1, 0, ask("pacs1/ward/example", 1))},
			[]seen{{proto.Resp, Lookup{Protocol: "dns", Name: "pacs1.ward.example", Type: "A", Answered: true, Rcode: 3}}}},
		{"reverse", [][]byte{nil, msg(8, 0x8180, 1, 1, ask("9/0/0/10/in-addr/arpa", 12), rr("", 12, wireName("mon-4/ward")))},
			[]seen{{proto.Resp, Lookup{Protocol: "dns", Name: "9.0.0.10.in-addr.arpa", Type: "PTR", Answered: true, Target: "mon-4.ward"}}}},
		{"odd labels are starred", [][]byte{msg(9, 0x0100, 1, 0, ask(canary.HL7Name+"/"+strings.Repeat("a", 41)+"/example", 16))},
			[]seen{{proto.Orig, Lookup{Protocol: "dns", Name: "*.*.example", Type: "TXT"}}}},
		{"TCP", [][]byte{prefix(query), prefix(response)}, []seen{{proto.Resp, answer}}},
		{"TCP cut anywhere", [][]byte{prefix(query)[:1], nil, prefix(query)[1:20], prefix(response)[:30], prefix(query)[20:], prefix(response)[30:]}, []seen{{proto.Resp, answer}}},
		{"opcode update", [][]byte{msg(9, 0x2800, 1, 0, ask("ward/example", 6))}, nil},
		{"pointer to itself", [][]byte{msg(9, 0x0100, 1, 0, "\xc0\x0c"+u16(1)+u16(1))}, nil},
		{"pointer forward", [][]byte{msg(9, 0x0100, 1, 0, "\xc0\x20"+u16(1)+u16(1))}, nil},
		{"label past the end", [][]byte{msg(9, 0x0100, 1, 0, "\x3fabc")}, nil},
		{"counts beyond reason", [][]byte{msg(9, 0x8180, 1, 0xffff, ask("a/b", 1))}, nil},
		{"cut header", [][]byte{query[:11]}, nil},
	} {
		if diff := cmp.Diff(tt.want, run(Codec, tt.in...), sameAddr, cmp.AllowUnexported(seen{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestPendingIsBounded(t *testing.T) {
	var in [][]byte
	for i := range 100 {
		in = append(in, msg(i, 0x0100, 1, 0, ask(fmt.Sprintf("host%d/example", i), 1)), nil)
	}
	if got := len(run(Codec, in...)); got != 100 {
		t.Errorf("%d facts, want 100", got)
	}
	p := &lookups{protocol: nameDNS}
	for _, b := range in {
		p.Data(proto.Orig, b, func(proto.Dir, proto.Fact) {})
	}
	if len(p.pending) > maxPending {
		t.Errorf("%d pending", len(p.pending))
	}
}

func TestAddressesAreBounded(t *testing.T) {
	body := []string{ask("a/b", 1)}
	for i := range 20 {
		body = append(body, rr("", 1, "\x0a\x00\x00"+string([]byte{byte(i)})))
	}
	got := run(Codec, nil, msg(1, 0x8180, 1, 20, body...))
	if l := got[0].fact.(Lookup); len(l.Addrs) != maxAddrs {
		t.Errorf("%d addresses", len(l.Addrs))
	}
}

func TestLongStreamMessageIsSkipped(t *testing.T) {
	long := append(u16ToBytes(maxStream+1), make([]byte, maxStream+1)...)
	got := run(Codec, prefix(query), append(long, prefix(response)...))
	if len(got) != 1 || !got[0].fact.(Lookup).Answered {
		t.Errorf("got %+v", got)
	}
}

func u16ToBytes(v int) []byte { return []byte(u16(v)) }

func TestMatch(t *testing.T) {
	odd := proto.Ports{Orig: 4000, Resp: 9999}
	dnsPorts := proto.Ports{Orig: 4000, Resp: 53}
	for _, tt := range []struct {
		name  string
		codec proto.Codec
		in    []byte
		ports proto.Ports
		want  proto.Match
	}{
		{"query", Codec, query, dnsPorts, proto.Yes},
		{"query elsewhere", Codec, query, odd, proto.Yes},
		{"response elsewhere", Codec, response, odd, proto.Yes},
		{"trailing bytes elsewhere", Codec, append(query[:len(query):len(query)], 'x'), odd, proto.No},
		{"odd type elsewhere", Codec, msg(7, 0x0100, 1, 0, ask("a/b", 4242)), odd, proto.No},
		{"cut response", Codec, response[:len(response)-3], dnsPorts, proto.Maybe},
		{"multicast DNS port", Codec, query, proto.Ports{Orig: 5353, Resp: 5353}, proto.No},
		{"zeros", Codec, make([]byte, 48), odd, proto.No},
		{"text", Codec, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), dnsPorts, proto.No},
		{"mdns", MDNS, query, proto.Ports{Orig: 5353, Resp: 5353}, proto.Yes},
		{"mdns elsewhere", MDNS, query, odd, proto.No},
		{"llmnr", LLMNR, query, proto.Ports{Orig: 4000, Resp: 5355}, proto.Yes},
		{"llmnr elsewhere", LLMNR, query, odd, proto.No},
	} {
		if got := tt.codec.Datagram(tt.in, tt.ports); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name       string
		orig, resp []byte
		ports      proto.Ports
		want       proto.Match
	}{
		{"both sides", prefix(query), prefix(response), odd, proto.Yes},
		{"one side", prefix(query), nil, dnsPorts, proto.Maybe},
		{"cut", prefix(query)[:9], nil, dnsPorts, proto.Maybe},
		{"other id", prefix(query), prefix(msg(8, 0x8180, 1, 0, ask("a/b", 1))), dnsPorts, proto.No},
		{"TLS", []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdefghijklmnop"), nil, dnsPorts, proto.No},
		{"text", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), nil, odd, proto.No},
	} {
		if got := Codec.Stream(tt.orig, tt.resp, tt.ports); got != tt.want {
			t.Errorf("stream %s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := LLMNR.Stream(prefix(query), prefix(response), proto.Ports{Orig: 4000, Resp: 5355}); got != proto.Yes {
		t.Errorf("LLMNR over TCP: %v", got)
	}
}

func TestMDNS(t *testing.T) {
	announce := msg(0, 0x8400, 0, 4,
		rr("_ipp/_tcp/local", 12, wireName("Printer of "+canary.Given+"/_ipp/_tcp/local")),
		rr("Printer of "+canary.Given+"/_ipp/_tcp/local", 33, "\x00\x00\x00\x00\x02\x77"+wireName("LP-3/local")),
		rr("Printer of "+canary.Given+"/_ipp/_tcp/local", 16, "\x0eusb_MFG=Zebra "+"\x08ty=ZD421"+"\x10note="+canary.Family[:11]+"\x04flag"),
		rr("LP-3/local", 1, "\x0a\x00\x00\x07"))
	got := run(MDNS, announce, nil, announce, nil, msg(0, 0, 1, 0, ask("_dicom/_tcp/local", 12)))
	want := []seen{
		{proto.Orig, Instance{"_ipp._tcp", "lp-3.local", 631, []Attribute{{"usb_mfg", "Zebra"}, {"ty", "ZD421"}}}},
		{proto.Orig, Host{"lp-3.local", []netip.Addr{netip.MustParseAddr("10.0.0.7")}}},
		{proto.Orig, Lookup{Protocol: "mdns", Name: "_dicom._tcp.local", Type: "PTR"}},
	}
	if diff := cmp.Diff(want, got, sameAddr, cmp.AllowUnexported(seen{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, marker := range canary.Markers() {
		if strings.Contains(strings.ToLower(fmt.Sprintf("%+v", got)), strings.ToLower(marker)) {
			t.Errorf("%q came out", marker)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	p, emit := Codec.New(), func(proto.Dir, proto.Fact) {}
	b.ReportAllocs()
	for b.Loop() {
		p.Data(proto.Orig, query, emit)
		p.Data(proto.Resp, response, emit)
	}
}

func FuzzDNS(f *testing.F) {
	f.Add(query, false)
	f.Add(response, true)
	f.Add(prefix(response), false)
	f.Add(msg(0, 0x8400, 0, 1, rr("a/_ipp/_tcp/local", 16, "\x08ty=ZD421")), true)
	f.Fuzz(func(t *testing.T, b []byte, resp bool) {
		dir := proto.Orig
		if resp {
			dir = proto.Resp
		}
		for _, c := range []proto.Codec{Codec, MDNS, LLMNR} {
			p := c.New()
			emit := func(_ proto.Dir, f proto.Fact) {
				if l, ok := f.(Lookup); ok && (len(l.Name) > maxName || len(l.Addrs) > maxAddrs) {
					t.Fatalf("unbounded: %+v", l)
				}
			}
			p.Data(dir, b, emit)
			p.Data(dir.Other(), b, emit)
			p.Close(emit)
			c.Datagram(b, proto.Ports{Resp: 53})
		}
		Codec.Stream(b, b, proto.Ports{Resp: 53})
	})
}
