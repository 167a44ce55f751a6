package intellivue

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
)

func be(values ...uint16) string {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return string(b)
}

func attr(id uint16, v string) string { return be(id, uint16(len(v))) + v }
func sized(s string) string           { return be(uint16(len(s))) + s }

func list(attrs ...string) string {
	s := strings.Join(attrs, "")
	return be(uint16(len(attrs)), uint16(len(s))) + s
}

// event writes an event report behind four bytes of nomenclature or session header.
func event(head string, kind uint16, body string) string {
	report := be(0x21, 0, 0, 0, 0, kind, uint16(len(body))) + body
	return head + be(roInvoke, uint16(len(report)+6), 1, cmdEvent, uint16(len(report))) + report
}

// patient holds the canary in every attribute that must not be read.
func patient() string {
	var s []string
	for _, id := range []uint16{2055, 2392, 2394, 2396, 2397, 2401, 61441, 61737, 61738, 2334} {
		s = append(s, attr(id, sized(strings.Join(canary.Markers(), " "))))
	}
	return strings.Join(s, "")
}

const (
	nomenclature = "\x00\x01\x00\x00"
	export       = "\xe1\x00\x00\x02"
)

var (
	address    = attr(attrAddress, "\x00\x09\xfb\x12\x34\x56\x0a\x01\x02\x03\xff\xff\xff\x00")
	systemType = attr(attrSystem, be(1, 0x1234))
	support    = attr(attrProtocols, be(2, 16, 1, 1, 24105, 0, 5, 1, 24105, 0x8000))
	model      = attr(attrModel, sized("Philips\x00")+sized("M8003A\x00\x00"))
	specs      = attr(attrSpecs, be(2, 28, 1, 1)+sized("DE12345678")+be(4, 2)+sized("K.21.42\x00"))
)

func indication() string {
	body := be(14, 0) + systemType + support + address + model + patient() // 4 and 10 attributes
	return event(nomenclature, eventConnect, body)
}

func create() string {
	body := be(0x21, 0, 0, 15, 0) + systemType + address + model + patient() + specs
	return event(export, eventCreate, body)
}

type seen struct {
	Dir  proto.Dir
	Fact proto.Fact
}

func run(orig, resp []string) []seen {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	for dir, datagrams := range [][]string{orig, resp} {
		for _, s := range datagrams {
			b := []byte(s)
			p.Data(proto.Dir(dir), b, emit)
			clear(b)
		}
	}
	p.Close(emit)
	return out
}

func noCanary(t *testing.T, facts any) {
	t.Helper()
	b, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	for _, marker := range canary.Markers() {
		for _, form := range canary.Encodings(marker) {
			if bytes.Contains(b, form) {
				t.Errorf("%q came out: %s", form, b)
			}
		}
	}
}

var sameAddr = cmpopts.EquateComparable(netip.Addr{})

var monitor = System{Partition: 1, Code: 0x1234, MAC: packet.MAC{0, 9, 0xfb, 0x12, 0x34, 0x56},
	Addr: netip.MustParseAddr("10.1.2.3"), Manufacturer: "Philips", Model: "M8003A"}

func TestConnectIndication(t *testing.T) {
	got := run([]string{indication(), indication()}, nil)
	want := []seen{{proto.Orig, ConnectIndication{System: monitor, Protocols: []Protocol{
		{"acse", "udp", 24105, false}, {"data_export", "udp", 24105, true}}}}}
	if diff := cmp.Diff(want, got, sameAddr); diff != "" {
		t.Error(diff)
	}
	noCanary(t, got)
}

func TestCreate(t *testing.T) {
	described := monitor
	described.Specs = []Spec{{"serial", 1, "DE12345678"}, {"software", 2, "K.21.42"}}
	got := run(nil, []string{create()})
	want := []seen{{proto.Resp, Create{described}}, {proto.Resp, DataExport{Messages: 1, Events: 1}}}
	if diff := cmp.Diff(want, got, sameAddr); diff != "" {
		t.Error(diff)
	}
	noCanary(t, got)
}

func command(kind uint16) string { return export + be(roInvoke, 6, 1, kind, 0) }

func TestExchange(t *testing.T) {
	connect := "\x0d\x09" + string(oid) + "\x00\x01"
	got := run([]string{connect, connect, command(cmdConfirmedAction), command(cmdConfirmedSet), command(cmdSet), command(cmdGet)},
		[]string{"\x0e\x07" + string(oid), export + be(roResult, 2, 1), export + be(roLinkedResult, 2, 1), export + be(roError, 2, 1)})
	want := []seen{
		{proto.Orig, Association{"connect"}},
		{proto.Resp, Association{"accept"}},
		{proto.Orig, DataExport{Messages: 4, Gets: 1, Sets: 2, Actions: 1}},
		{proto.Resp, DataExport{Messages: 3, Results: 2, Errors: 1}},
	}
	if diff := cmp.Diff(want, got, sameAddr); diff != "" {
		t.Error(diff)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, datagram string
		port           uint16
		want           proto.Match
	}{
		{"indication", indication(), 0, proto.Yes},
		{"create", create(), 0, proto.Yes},
		{"poll", command(cmdConfirmedAction), 0, proto.Yes},
		{"association by its object identifier", "\x0d\x07" + string(oid), 0, proto.Yes},
		{"abort on the port", "\x19\x02ab", 24105, proto.Yes},
		{"abort elsewhere", "\x19\x02ab", 9, proto.No},
		{"association of wrong length", "\x0d\x09" + string(oid), 24105, proto.No},
		{"operation longer than the datagram", export + be(roInvoke, 600, 1, 7, 0), 24105, proto.No},
		{"unknown operation", export + be(9, 2, 1), 24105, proto.No},
		{"dns", "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01", 53, proto.No},
		{"nothing", "", 24105, proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Datagram([]byte(tt.datagram), proto.Ports{Resp: tt.port}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	tests := []struct{ name, body string }{
		{"attribute longer than the list", be(1, 4, attrAddress, 500)},
		{"address too short", list(attr(attrAddress, "\x00\x09"))},
		{"count without attributes", be(0xffff, 0xffff)},
		{"model of wrong length", list(attr(attrModel, be(99)))},
		{"model of control characters", list(attr(attrModel, sized("a\x01")+sized("b\x02")))},
		{"specs cut", list(attr(attrSpecs, be(9, 9, 1, 1, 99)))},
		{"protocols cut", list(attr(attrProtocols, be(9, 9, 1)))},
		{"no list", "\x00"},
	}
	for _, tt := range tests {
		for _, s := range run([]string{event(nomenclature, eventConnect, tt.body)}, nil) {
			if diff := cmp.Diff(seen{proto.Orig, ConnectIndication{}}, s, sameAddr); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
		}
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(indication()))
	f.Add([]byte(create()))
	f.Add([]byte(command(cmdConfirmedSet)))
	f.Fuzz(func(t *testing.T, b []byte) {
		Codec.Datagram(b, proto.Ports{Resp: exportPort})
		count := 0
		p := Codec.New()
		emit := func(proto.Dir, proto.Fact) { count++ }
		for range 20 {
			p.Data(proto.Orig, b, emit)
		}
		p.Close(emit)
		if count > maxSystems+2 {
			t.Fatalf("%d facts", count)
		}
	})
}
