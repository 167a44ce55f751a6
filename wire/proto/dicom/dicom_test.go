package dicom

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

// echoRQ to echoRP are the PDUs of a C-ECHO between DCMTK 3.6.7 and Orthanc.
const (
	echoRQ = "0100000000cd000100004c41425041435320202020202020202043543031202020202020202020202020000000000000000000000000000000000000000000000000000000000000000010000015312e322e3834302e31303030382e332e312e312e312000002e0100ff0030000011312e322e3834302e31303030382e312e3140000011312e322e3834302e31303030382e312e325000003a51000004000040005200001b312e322e3237362e302e373233303031302e332e302e332e362e375500000f4f464649535f44434d544b5f333637"
	echoAC = "0200000000b8000100004c41425041435320202020202020202043543031202020202020202020202020000000000000000000000000000000000000000000000000000000000000000010000015312e322e3834302e31303030382e332e312e312e31210000190100000040000011312e322e3834302e31303030382e312e325000003a51000004000040005200001b312e322e3237362e302e373233303031302e332e302e332e362e375500000f4f464649535f44434d544b5f333637"
	echoDo = "04000000004a0000004601030000000004000000380000000000020012000000312e322e3834302e31303030382e312e3100000000010200000030000000100102000000010000000008020000000101"
	echoOK = "040000000054000000500103" + "0000000004000000420000000000020012000000312e322e3834302e31303030382e312e310000000001020000003080000020010200000001000000000802000000010100000009020000000000"
	relRQ  = "05000000000400000000"
	relRP  = "06000000000400000000"
)

type seen struct {
	Dir  proto.Dir
	Fact proto.Fact
}

type send struct {
	dir proto.Dir
	b   []byte
}

func o(s string) send { return send{proto.Orig, unhex(s)} }
func r(s string) send { return send{proto.Resp, unhex(s)} }

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// run feeds the sends in pieces of at most cut bytes.
func run(cut int, sends ...send) []seen {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	for _, s := range sends {
		for b := s.b; len(b) > 0; {
			n := min(cut, len(b))
			piece := bytes.Clone(b[:n])
			p.Data(s.dir, piece, emit)
			clear(piece) // the bytes belong to the caller
			b = b[n:]
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

var verification = SOPClass{"1.2.840.10008.1.1", "Verification", "verification"}

func TestEcho(t *testing.T) {
	const impl, version = "1.2.276.0.7230010.3.0.3.6.7", "OFFIS_DCMTK_367"
	want := []seen{
		{proto.Orig, Association{Side: Requestor, Outcome: Requested, CalledAE: "LABPACS", CallingAE: "CT01",
			SOPClasses: []SOPClass{verification}, ImplementationUID: impl, ImplementationVersion: version, MaxPDU: 16384}},
		{proto.Resp, Association{Side: Acceptor, Outcome: Accepted, CalledAE: "LABPACS", CallingAE: "CT01",
			Accepted: []SOPClass{verification}, ImplementationUID: impl, ImplementationVersion: version, MaxPDU: 16384}},
		{proto.Orig, Operations{Operation: "C-ECHO", SOPClass: verification, Requests: 1, Responses: 1,
			Statuses: []Status{{"success", 1}}}},
	}
	for _, cut := range []int{1, 2, 7, 64, 1 << 16} {
		got := run(cut, o(echoRQ), r(echoAC), o(echoDo), r(echoOK), o(relRQ), r(relRP))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut %d: %s", cut, diff)
		}
	}
}

func TestMatch(t *testing.T) {
	rq, ac := unhex(echoRQ), unhex(echoAC)
	rj := unhex("03000000000400010107")
	do, ok := unhex(echoDo), unhex(echoOK)
	bad := bytes.Replace(rq, []byte("10008.3.1.1.1"), []byte("10008.3.1.1.2"), 1)
	tests := []struct {
		name       string
		orig, resp []byte
		want       proto.Match
	}{
		{"request and answer", rq, ac, proto.Yes},
		{"request and reject", rq, rj, proto.Yes},
		{"request and abort", rq, unhex("07000000000400000200"), proto.Yes},
		{"request alone", rq, nil, proto.Maybe},
		{"request longer than a match is shown", append(bytes.Clone(rq), make([]byte, 4096)...)[:4096], nil, proto.Yes},
		{"answer alone", nil, ac, proto.Maybe},
		{"start of a request", rq[:20], nil, proto.Maybe},
		{"joined in the middle", do, ok, proto.Yes},
		{"joined within an image", []byte("pixels pixels"), ok, proto.Maybe},
		{"request and something else", rq, []byte("HTTP/1.1 400 Bad"), proto.No},
		{"other application context", bad, ac, proto.No},
		{"length below the fixed fields", unhex("010000000010000100"), nil, proto.No},
		{"unprintable AE title", append(unhex("0100000000cd000100000001"), rq[12:]...), ac, proto.No},
		{"http", []byte("GET / HTTP/1.1\r\n\r\n"), nil, proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Stream(tt.orig, tt.resp, proto.Ports{}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// element writes one implicit little endian element of group 0000.
func element(tag uint16, v string) string {
	b := binary.LittleEndian.AppendUint16([]byte{0, 0}, tag)
	return string(binary.LittleEndian.AppendUint32(b, uint32(len(v)))) + v
}

func us(tag, v uint16) string {
	return element(tag, string(binary.LittleEndian.AppendUint16(nil, v)))
}

// pdata writes a P-DATA-TF with one PDV.
func pdata(control byte, v string) []byte {
	b := binary.BigEndian.AppendUint32([]byte{4, 0}, uint32(len(v)+6))
	b = binary.BigEndian.AppendUint32(b, uint32(len(v)+2))
	return append(append(b, 1, control), v...)
}

func TestStoreKeepsNoDataSet(t *testing.T) {
	patient := strings.Join(canary.Markers(), "\\")
	store := pdata(3, element(2, "1.2.840.10008.5.1.4.1.1.2\x00")+us(0x0100, 1)+us(0x0110, 7)+element(0x1000, "1.2.3."+canary.Birth))
	image := pdata(0, strings.Repeat(patient, 2000))
	end := pdata(2, patient)
	answer := pdata(3, element(2, "1.2.840.10008.5.1.4.1.1.2\x00")+us(0x0100, 0x8001)+us(0x0120, 7)+us(0x0900, 0xA700))
	want := []seen{{proto.Orig, Operations{Operation: "C-STORE", SOPClass: SOPClass{"1.2.840.10008.5.1.4.1.1.2", "CT image", "CT"},
		Requests: 1, Responses: 1, Statuses: []Status{{"out_of_resources", 1}}, RequestBytes: uint64(2001 * len(patient))}}}
	for _, cut := range []int{3, 1460} {
		got := run(cut, send{proto.Orig, store}, send{proto.Orig, image}, send{proto.Orig, end}, send{proto.Resp, answer})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut %d: %s", cut, diff)
		}
		noCanary(t, got)
	}
}

func TestMoveNamesDestination(t *testing.T) {
	class := element(2, "1.2.840.10008.5.1.4.1.2.2.2\x00")
	move := pdata(3, class+us(0x0100, 0x21)+us(0x0110, 1)+element(0x0600, "VIEW1 "))
	interim := pdata(3, class+us(0x0100, 0x8021)+us(0x0120, 1)+us(0x0900, 0xFF00)+us(0x1020, 9)+us(0x1021, 1))
	final := pdata(3, class+us(0x0100, 0x8021)+us(0x0120, 1)+us(0x0900, 0)+us(0x1021, 10)+us(0x1022, 2))
	got := run(1<<16, send{proto.Orig, move}, send{proto.Resp, interim}, send{proto.Resp, final})
	want := []seen{{proto.Orig, Operations{Operation: "C-MOVE", SOPClass: SOPClass{"1.2.840.10008.5.1.4.1.2.2.2", "Study root MOVE", "move"},
		MoveDestination: "VIEW1", Requests: 1, Responses: 2, Statuses: []Status{{"pending", 1}, {"success", 1}}, Completed: 10, Failed: 2}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// request writes an A-ASSOCIATE-RQ with one more user information sub-item.
func request58(sub string) []byte {
	rq := unhex(echoRQ)
	at := bytes.Index(rq, []byte{0x50, 0, 0, 0x3a})
	rq = append(rq, sub...)
	binary.BigEndian.PutUint16(rq[at+2:], uint16(len(rq)-at-4))
	binary.BigEndian.PutUint32(rq[2:], uint32(len(rq)-6))
	return rq
}

func TestUserIdentityKeepsKindOnly(t *testing.T) {
	v := "\x02\x00\x00" + string(rune(len(canary.User))) + canary.User + "\x00" + string(rune(len(canary.Secret))) + canary.Secret
	sub := "\x58\x00\x00" + string(rune(len(v))) + v
	got := run(5, send{proto.Orig, request58(sub)})
	noCanary(t, got)
	if len(got) != 1 || got[0].Fact.(Association).UserIdentity != "user_password" {
		t.Errorf("got %+v", got)
	}
}

func TestLongItemIsCut(t *testing.T) {
	sub := "\x58\x00\xc0\x00" + strings.Repeat("s", 0xc000) // a SAML assertion
	got := run(1460, send{proto.Orig, request58(sub)}, r(echoAC), o(echoDo), r(echoOK))
	if len(got) != 3 {
		t.Fatalf("lost step behind the long item: %+v", got)
	}
	if a := got[0].Fact.(Association); a.ImplementationVersion != "OFFIS_DCMTK_367" {
		t.Errorf("version %q", a.ImplementationVersion)
	}
}

func TestRejectAndAbort(t *testing.T) {
	tests := []struct {
		name, pdu string
		want      Association
	}{
		{"called AE unknown", "03000000000400010107", Association{Side: Acceptor, Outcome: Rejected, Reason: "permanent: called AE title not recognised"}},
		{"congestion", "03000000000400020301", Association{Side: Acceptor, Outcome: Rejected, Reason: "transient: temporary congestion"}},
		{"nonsense", "030000000004000909ff", Association{Side: Acceptor, Outcome: Rejected, Reason: "unknown result: unknown reason"}},
		{"abort by user", "07000000000400000000", Association{Side: Acceptor, Outcome: Aborted, Reason: "by the service user"}},
		{"abort by provider", "07000000000400000202", Association{Side: Acceptor, Outcome: Aborted, Reason: "by the service provider: unexpected PDU"}},
	}
	for _, tt := range tests {
		tt.want.CalledAE, tt.want.CallingAE = "LABPACS", "CT01"
		got := run(4, o(echoRQ), r(tt.pdu))
		if diff := cmp.Diff(seen{proto.Resp, tt.want}, got[len(got)-1]); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestGap(t *testing.T) {
	discard := func(proto.Dir, proto.Fact) {}
	image := pdata(2, strings.Repeat("x", 100_000))
	t.Run("within an image", func(t *testing.T) {
		p := &parser{}
		p.Data(proto.Orig, image[:5000], discard)
		p.Gap(proto.Orig, 1460)
		p.Data(proto.Orig, image[6460:], discard)
		if got := run2(p, proto.Orig, unhex(echoDo)); len(got) != 1 {
			t.Errorf("command behind the image not read: %+v", got)
		}
	})
	t.Run("resync at the next PDU", func(t *testing.T) {
		p := &parser{}
		p.Data(proto.Orig, image[:5000], discard)
		p.Gap(proto.Orig, 0)
		p.Data(proto.Orig, []byte("middle of an image"), discard)
		if got := run2(p, proto.Orig, unhex(echoDo)); len(got) != 1 {
			t.Errorf("command behind the gap not read: %+v", got)
		}
	})
}

func TestJoinedWithinAnImage(t *testing.T) {
	got := run(1<<16, send{proto.Orig, []byte("the rest of an image")}, o(echoDo), r(echoOK))
	want := []seen{{proto.Orig, Operations{Operation: "C-ECHO", SOPClass: verification, Requests: 1, Responses: 1, Statuses: []Status{{"success", 1}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func run2(p proto.Parser, dir proto.Dir, b []byte) (out []seen) {
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p.Data(dir, b, emit)
	p.Close(emit)
	return out
}

func TestMalformed(t *testing.T) {
	tests := []struct{ name, pdu string }{
		{"unknown type", "090000000004"},
		{"reserved byte set", "040100000010"},
		{"request shorter than its fixed fields", "010000000043"},
		{"reject of wrong length", "030000000005"},
		{"PDV longer than its PDU", "040000000010ffffffff0103"},
		{"PDV of length zero", "040000000010000000000103"},
		{"even presentation context", "04000000004a000000460203"},
		{"command without field", "04000000000e0000000a01030000000000000000"},
	}
	for _, tt := range tests {
		if got := run(1, o(tt.pdu)); len(got) != 0 {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestFlushLongAssociation(t *testing.T) {
	var out []seen
	p := Codec.New()
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	for range flushEvery + 5 {
		p.Data(proto.Orig, unhex(echoDo), emit)
	}
	p.Close(emit)
	if len(out) != 2 || out[0].Fact.(Operations).Requests != flushEvery || out[1].Fact.(Operations).Requests != 5 {
		t.Errorf("got %+v", out)
	}
}

func TestManyAssociationsAreCapped(t *testing.T) {
	var sends []send
	for range 100 {
		sends = append(sends, o(echoRQ), r("03000000000400010107"))
	}
	if got := run(1<<16, sends...); len(got) != maxAssocs {
		t.Errorf("%d facts, want %d", len(got), maxAssocs)
	}
}

func FuzzParser(f *testing.F) {
	for _, s := range []string{echoRQ, echoRQ + echoDo, echoAC + echoOK, "03000000000400010107", "040000000010ffffffff0103"} {
		f.Add(unhex(s), uint8(1), 9)
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint8, gap int) {
		half := len(b) / 2
		n := int(cut) + 1
		Codec.Stream(b[:half], b[half:], proto.Ports{})
		p := &parser{}
		discard := func(proto.Dir, proto.Fact) {}
		for i := 0; i < len(b); i += n {
			p.Data(proto.Dir(i/n&1), b[i:min(i+n, len(b))], discard)
			if i == gap {
				p.Gap(proto.Orig, gap)
			}
		}
		p.Close(discard)
		for _, fl := range p.flows {
			if cap(fl.buf) > 2*maxItem || cap(fl.cmd) > 2*maxCommand {
				t.Fatalf("holds %d and %d bytes", cap(fl.buf), cap(fl.cmd))
			}
		}
	})
}

func TestImageAllocatesNothing(t *testing.T) {
	p, image := &parser{}, pdata(2, strings.Repeat("x", 16_000))
	discard := func(proto.Dir, proto.Fact) {}
	p.Data(proto.Orig, image, discard)
	if n := testing.AllocsPerRun(100, func() { p.Data(proto.Orig, image, discard) }); n != 0 {
		t.Errorf("%v allocations for one image PDU", n)
	}
}

func BenchmarkImage(b *testing.B) {
	p, image := Codec.New(), pdata(2, strings.Repeat("x", 16_000))
	discard := func(proto.Dir, proto.Fact) {}
	b.SetBytes(int64(len(image)))
	for b.Loop() {
		for i := 0; i < len(image); i += 1460 {
			p.Data(proto.Orig, image[i:min(i+1460, len(image))], discard)
		}
	}
}
