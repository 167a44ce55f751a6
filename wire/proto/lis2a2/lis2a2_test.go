package lis2a2

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

// records are those of a message with the canary patient in all that is dropped.
var records = []string{
	"H|\\^&||" + canary.Secret + "|DCA VANTAGE^04.04.00.00^S067337|" + canary.Address + "||||||P|LIS2-A2|20240820151746\r",
	"P|1||" + canary.MRN + "||" + canary.HL7Name + "||" + canary.Birth + "|M\r",
	"O|1|" + canary.MRN + "||^^^Alb\r",
	"R|1|^^^Alb|63.7|mg/L||||F||" + canary.User + "\r",
	"C|1|I|" + canary.Family + "|G\r",
	"L|1|N\r",
}

// frame writes STX, number, text, end, checksum, CR LF.
func frame(n int, text string, end byte) string {
	body := string(rune('0'+n%8)) + text + string(rune(end))
	var sum byte
	for i := range len(body) {
		sum += body[i]
	}
	return fmt.Sprintf("\x02%s%02X\r\n", body, sum)
}

func framed() string {
	s := "\x05"
	for i, r := range records {
		s += frame(i+1, r, etx)
	}
	return s + "\x04"
}

type seen struct {
	Dir  proto.Dir
	Fact proto.Fact
}

func run(cut int, orig, resp string) []seen {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	for dir, s := range []string{orig, resp} {
		for b := []byte(s); len(b) > 0; {
			n := min(cut, len(b))
			p.Data(proto.Dir(dir), b[:n], emit)
			clear(b[:n])
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

func TestMessage(t *testing.T) {
	whole := strings.Join(records, "")
	counts := []Record{{"H", 1}, {"P", 1}, {"O", 1}, {"R", 1}, {"C", 1}, {"L", 1}}
	sender := seen{proto.Orig, Sender{Components: []string{"DCA VANTAGE", "04.04.00.00", "S067337"}, Model: "DCA VANTAGE",
		Version: "04.04.00.00", Serial: "S067337", Processing: "P", Protocol: "LIS2-A2"}}
	tests := []struct {
		name, stream string
		want         Traffic
	}{
		{"a frame a record", framed(), Traffic{Frames: 6, Records: counts, Enquiries: 1}},
		{"one frame", "\x05" + frame(1, whole, etx) + "\x04", Traffic{Frames: 1, Records: counts, Enquiries: 1}},
		{"record over two frames", "\x05" + frame(1, whole[:20], etb) + frame(2, whole[20:], etx) + "\x04", Traffic{Frames: 2, Records: counts, Enquiries: 1}},
		{"wrong checksum", strings.Replace(framed(), "\x03", "\x0300\r\n\x03", 1), Traffic{Frames: 6, Records: counts, Enquiries: 1, Checksums: 1}},
		{"no frames", whole, Traffic{Records: counts, Unframed: 6}},
		{"line feeds", strings.ReplaceAll(whole, "\r", "\n"), Traffic{Records: counts, Unframed: 6}},
		{"same header again", framed() + framed(), Traffic{Frames: 12, Enquiries: 2,
			Records: []Record{{"H", 2}, {"P", 2}, {"O", 2}, {"R", 2}, {"C", 2}, {"L", 2}}}},
	}
	for _, tt := range tests {
		for _, cut := range []int{1, 5, 1 << 16} {
			got := run(cut, tt.stream, "")
			if diff := cmp.Diff([]seen{sender, {proto.Orig, tt.want}}, got); diff != "" {
				t.Errorf("%s, cut %d: %s", tt.name, cut, diff)
			}
			noCanary(t, got)
		}
	}
}

func TestSender(t *testing.T) {
	tests := []struct {
		header                 string
		model, version, serial string
		guessed                bool
	}{
		{`H|\^&|||DCA VANTAGE^04.04.00.00^S067337|||||||P||20240820151746`, "DCA VANTAGE", "04.04.00.00", "S067337", false},
		{`H|\^&|||    XN-550^00-24^22723^^^^BD634545||||||||E1394-97`, "XN-550", "00-24", "22723", false},
		{`H|\^&|||XP-100^00-13^^^^A7869^BS649542||||||||E1394-97`, "XP-100", "00-13", "A7869", false},
		{`H|\^&|||H500^910YOXH02826^2.2.2.2b|||||||Q|LIS2-A2|20230329110749`, "H500", "2.2.2.2b", "910YOXH02826", false},
		{`H|@^\|URM-8lT4abZA-06||.806149 Happy Hospital^GeneXpert^4.8|||||HNH-SENAITE||P|1394-97|20250516125515`, "GeneXpert", "4.8", "", false},
		{`H|\^&|||SENAITE^Roche^c111^4.2.2.1730^1^13147|||||host|RSUPL^REAL|P|1|20230803131713`, "c111", "4.2.2.1730", "13147", false},
		{`H|\\^&|||miniVidas^biomerieux^1.0.0|||||||||20241025183500`, "miniVidas", "1.0.0", "", false},
		{`H|\^&|||Afinion 2 Analyzer^^AF20052397|||||||P|1|20241206141235`, "Afinion 2 Analyzer", "", "AF20052397", false},
		{`H|\^&|||NewLab 9^SN48213^3.1.4|||||||P|1|`, "NewLab 9", "3.1.4", "SN48213", true},
		{`H|\^&|||ABX|||||||P|E1394-97|20220727121551`, "ABX", "", "", true},
		{`H#\^&###EPOC#`, "EPOC", "", "", true},
	}
	for _, tt := range tests {
		got := run(1<<16, tt.header+"\r", "")
		s, ok := got[0].Fact.(Sender)
		if !ok || s.Model != tt.model || s.Version != tt.version || s.Serial != tt.serial || s.Guessed != tt.guessed {
			t.Errorf("%s:\n%+v", tt.header, got[0].Fact)
		}
	}
}

func TestAnswers(t *testing.T) {
	got := run(3, framed(), "\x06\x06\x15\x06")
	want := seen{proto.Resp, Traffic{Acks: 3, Naks: 1}}
	if diff := cmp.Diff(want, got[len(got)-1]); diff != "" {
		t.Error(diff)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, orig, resp string
		want             proto.Match
	}{
		{"frames and answers", framed(), "\x06\x06", proto.Yes},
		{"analyser as responder", "\x06\x06", framed(), proto.Yes},
		{"frames alone", framed(), "", proto.Maybe},
		{"enquiry", "\x05", "\x06", proto.Maybe},
		{"enquiry and end", "\x05\x04", "\x15", proto.Maybe},
		{"joined in the middle", frame(3, "R|1|^^^Alb|63.7\r", etx), "\x06", proto.Yes},
		{"bare records", records[0], "\x06", proto.Yes},
		{"socks 5", "\x05\x01\x00", "\x05\x00", proto.No},
		{"other frames", "\x05\x02\x1emtrsl|pi", "\x06", proto.No},
		{"http", "HEAD / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK", proto.No},
		{"nothing", "", "", proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Stream([]byte(tt.orig), []byte(tt.resp), proto.Ports{}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	tests := []struct{ name, stream string }{
		{"header too short", "H|\\\r"},
		{"header of letters", "HELLO WORLD\r"},
		{"endless header", "H|\\^&|||" + strings.Repeat("x", 100_000)},
		{"binary sender", "H|\\^&|||\x80\xff\xfe|\r"},
		{"frame in a frame", "\x021\x022\x023"},
		{"many components", "H|\\^&|||" + strings.Repeat("A^", 400) + "|\r"},
	}
	for _, tt := range tests {
		for _, s := range run(100, tt.stream, "") {
			v, ok := s.Fact.(Sender)
			if ok && (len(v.Components) > maxComponents || len(v.Model) > maxText) {
				t.Errorf("%s: %+v", tt.name, v)
			}
		}
	}
}

func TestGapDropsTheRecord(t *testing.T) {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	p.Data(proto.Orig, []byte("\x05"+frame(1, records[0], etx)[:12]), emit)
	p.Gap(proto.Orig, 40)
	p.Data(proto.Orig, []byte("H|"+canary.HL7Name+"\r"+frame(2, records[1], etx)), emit)
	p.Close(emit)
	noCanary(t, out)
	want := []seen{{proto.Orig, Traffic{Frames: 2, Enquiries: 1, Records: []Record{{"P", 1}}}}}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(framed()), uint8(3))
	f.Add([]byte(strings.Join(records, "")), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		Codec.Stream(b, []byte{ack}, proto.Ports{})
		n, count := int(cut)+1, 0
		p := Codec.New().(*parser)
		emit := func(proto.Dir, proto.Fact) { count++ }
		for i := 0; i < len(b); i += n {
			p.Data(proto.Orig, b[i:min(i+n, len(b))], emit)
		}
		p.Close(emit)
		if count > maxSenders+1 || cap(p.flows[0].header) > 2*maxHeader {
			t.Fatalf("%d facts, %d bytes held", count, cap(p.flows[0].header))
		}
	})
}
