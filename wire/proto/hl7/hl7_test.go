package hl7

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

// oru is a device observation as a monitor gateway sends it (IHE PCD-01).
const oru = "MSH|^~\\&|MINDRAY_D-SERIES^00A037009A0053DE^EUI-64|ICU|HIS^host.example^DNS|HOSP|20260801||ORU^R01^ORU_R01|77001|P|2.6|||AL|NE||UNICODE UTF-8\r" +
	"PID|||" + canary.MRN + "||" + canary.HL7Name + "||" + canary.Birth + "|M|||" + canary.Address + "||" + canary.Phone + "\r" +
	"PV1||I|" + canary.Family + "^bed\r" +
	"OBR|1|" + canary.MRN + "|||||||||" + canary.User + "\r" +
	"OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1|72|" + canary.Family + "|||||F|||20260801||||00A037009A0053DE^D6^00A037009A0053DE^EUI-64\r" +
	"OBX|2|ST|" + canary.MRN + "^" + canary.Family + "^L||" + canary.Family + "\r" +
	"NTE|1||" + canary.Secret + "\r" +
	"ZPD|" + canary.Family + "\r"

const ack = "MSH|^~\\&|HIS|HOSP|MINDRAY_D-SERIES^00A037009A0053DE^EUI-64|ICU|20260801||ACK^R01^ACK|9|P|2.6\rMSA|AE|77001|" + canary.Family + "\rERR||PID^1|204^Unknown|E||||" + canary.Family + "\r"

func mllp(s string) string { return "\x0b" + s + "\x1c\r" }

type seen struct {
	Dir  proto.Dir
	Fact proto.Fact
}

// run feeds both directions in pieces of at most cut bytes.
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

func TestObservation(t *testing.T) {
	monitor := Party{Name: "MINDRAY_D-SERIES", EUI64: "00A037009A0053DE"}
	size, ackSize := uint64(len(oru)+1), uint64(len(ack)+1)
	want := []seen{
		{proto.Orig, Message{Type: "ORU^R01^ORU_R01", Sender: monitor, SenderFacility: Party{Name: "ICU"},
			Receiver: Party{Name: "HIS", UniversalID: "host.example", Type: "DNS"}, ReceiverFacility: Party{Name: "HOSP"},
			Processing: "P", Version: "2.6", Charset: "UNICODE UTF-8"}},
		{proto.Orig, Equipment{Field: "OBX-18", ID: "00A037009A0053DE", Namespace: "D6", Universal: Party{EUI64: "00A037009A0053DE"}}},
		{proto.Resp, Message{Type: "ACK^R01^ACK", Sender: Party{Name: "HIS"}, SenderFacility: Party{Name: "HOSP"},
			Receiver: monitor, ReceiverFacility: Party{Name: "ICU"}, Processing: "P", Version: "2.6"}},
		{proto.Orig, Traffic{Messages: 1, Bytes: size, Longest: size, Types: []Count{{"ORU^R01^ORU_R01", 1}},
			Segments: []Count{{"MSH", 1}, {"PID", 1}, {"PV1", 1}, {"OBR", 1}, {"OBX", 2}, {"NTE", 1}, {"ZPD", 1}},
			MDC:      []Count{{"147842^MDC_ECG_HEART_RATE", 1}}}},
		{proto.Resp, Traffic{Messages: 1, Bytes: ackSize, Longest: ackSize, Types: []Count{{"ACK^R01^ACK", 1}},
			Segments: []Count{{"MSH", 1}, {"MSA", 1}, {"ERR", 1}}, Acks: []Count{{"AE", 1}}, Errors: []Count{{"204", 1}}}},
	}
	for _, cut := range []int{1, 3, 100, 1 << 16} {
		got := run(cut, mllp(oru), mllp(ack))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut %d: %s", cut, diff)
		}
		noCanary(t, got)
	}
}

// traffic gives the originator's counters.
func traffic(t *testing.T, facts []seen) Traffic {
	t.Helper()
	for _, s := range facts {
		if v, ok := s.Fact.(Traffic); ok && s.Dir == proto.Orig {
			return v
		}
	}
	t.Fatalf("no counters in %+v", facts)
	return Traffic{}
}

func TestFraming(t *testing.T) {
	other := strings.Replace(oru, "77001", "77002", 1)
	tests := []struct {
		name                            string
		stream                          string
		messages, malformed, duplicates uint64
	}{
		{"two messages", mllp(oru) + mllp(other), 2, 0, 0},
		{"same control id twice", mllp(oru) + mllp(oru), 2, 0, 1},
		{"end block alone", "\x0b" + oru + "\x1c" + "\x0b" + other + "\x1c\r", 2, 1, 0},
		{"no start block", oru + "\x1c\r", 1, 1, 0},
		{"no end block", "\x0b" + oru + "\x0b" + other + "\x1c\r", 2, 1, 0},
		{"no framing at all", oru + other, 2, 2, 0},
		{"line feeds", mllp(strings.ReplaceAll(oru, "\r", "\n")), 1, 0, 0},
		{"cut at the end", "\x0b" + oru[:300], 1, 1, 0},
		{"junk before", "hello\r" + mllp(oru), 1, 0, 0},
		{"empty frame", "\x0b\x1c\r" + mllp(oru), 1, 0, 0},
	}
	for _, tt := range tests {
		for _, cut := range []int{1, 1 << 16} {
			got := run(cut, tt.stream, "")
			noCanary(t, got)
			v := traffic(t, got)
			if v.Messages != tt.messages || v.Malformed != tt.malformed || v.Duplicates != tt.duplicates {
				t.Errorf("%s, cut %d: %d messages, %d malformed, %d duplicates", tt.name, cut, v.Messages, v.Malformed, v.Duplicates)
			}
		}
	}
}

func TestFormsAreClosed(t *testing.T) {
	bad := strings.ToUpper(canary.Family)
	tests := []struct{ name, msh, want string }{
		{"type", "MSH|^~\\&|A||B|||" + bad + "|" + bad + "|" + bad + "|P|2.3", "other"},
		{"trigger", "MSH|^~\\&|A||B||||ADT^" + bad + "|1|" + bad + "|" + bad, "ADT"},
		{"charset", "MSH|^~\\&|A||B||||ADT^A01|1|P|2.3||||||" + bad, "ADT^A01"},
		{"segment name", "MSH|^~\\&|A||B||||ADT^A01|1|P|2.3\r" + bad + "|x", "ADT^A01"},
		{"other delimiters", "MSH#*~\\&#A##B####ADT*A01#1#P#2.3", "ADT^A01"},
		{"acknowledgement", "MSH|^~\\&|A||B||||ACK|1|P|2.3\rMSA|" + bad + "\rERR|||" + bad, "ACK"},
	}
	for _, tt := range tests {
		got := run(1<<16, mllp(tt.msh+"\r"), "")
		noCanary(t, got)
		if m, ok := got[0].Fact.(Message); !ok || m.Type != tt.want {
			t.Errorf("%s: %+v", tt.name, got[0])
		}
	}
}

func TestNamesAreCapped(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		name := string([]byte{'Z', 'A' + byte(i/26), 'A' + byte(i%26)})
		b.WriteString(mllp("MSH|^~\\&|" + strings.Repeat("x", i+1) + "||B||||ADT^" + name[1:] + "1|1|P|2.3\r" + name + "|\r"))
	}
	got := run(1000, b.String(), "")
	if len(got) > maxKinds+1 {
		t.Errorf("%d facts", len(got))
	}
	for _, s := range got {
		if m, ok := s.Fact.(Message); ok && len(m.Sender.Name) > maxText {
			t.Errorf("name of %d bytes", len(m.Sender.Name))
		}
	}
	if v := traffic(t, got); len(v.Segments) != maxKinds || v.Messages != 300 {
		t.Errorf("%d segment names, %d messages", len(v.Segments), v.Messages)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, orig, resp string
		want             proto.Match
	}{
		{"both sides", mllp(oru), mllp(ack), proto.Yes},
		{"unframed", oru, ack, proto.Yes},
		{"commit acknowledgement", mllp(oru), "\x0b\x06\x1c\r", proto.Yes},
		{"batch", "\x0bBHS|^~\\&|A\r" + oru, mllp(ack), proto.Yes},
		{"one side", mllp(oru), "", proto.Maybe},
		{"message longer than a match is shown", (mllp(oru) + strings.Repeat("x", 4096))[:4096], "", proto.Yes},
		{"one byte", "\x0b", "", proto.Maybe},
		{"other answer", mllp(oru), "220 ready\r\n", proto.No},
		{"smtp", "MAIL FROM:<a@b>\r\n", "250 ok", proto.No},
		{"letter as separator", "MSHX^~\\&X", "", proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Stream([]byte(tt.orig), []byte(tt.resp), proto.Ports{}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestGapBeginsAnew(t *testing.T) {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	p.Data(proto.Orig, []byte(mllp(oru)[:200]), emit)
	p.Gap(proto.Orig, 500)
	p.Data(proto.Orig, []byte(canary.HL7Name+"|"+canary.MRN+"\x1c\r"+mllp(oru)), emit)
	p.Close(emit)
	noCanary(t, out)
	if v := traffic(t, out); v.Messages != 1 || v.Malformed != 1 {
		t.Errorf("%+v", v)
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(mllp(oru)+mllp(ack)), uint8(9))
	f.Add([]byte(oru+"\x1c\x0bMSH|||||||||||||||"), uint8(0))
	f.Add([]byte(mllp(oru)+mllp(oru)+mllp(strings.ReplaceAll(oru, "|", "#"))+mllp(oru)+mllp(strings.ReplaceAll(oru, "^", "@"))+mllp(oru)), uint8(255))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		Codec.Stream(b, nil, proto.Ports{})
		n := int(cut) + 1
		p := Codec.New().(*parser)
		var got []seen
		emit := func(d proto.Dir, f proto.Fact) { got = append(got, seen{d, f}) }
		for i := 0; i < len(b); i += n {
			p.Data(proto.Orig, b[i:min(i+n, len(b))], emit)
		}
		p.Close(emit)
		if len(got) > 2*maxKinds+1 || cap(p.flows[0].buf) > 2*maxField {
			t.Fatalf("%d facts, %d bytes held", len(got), cap(p.flows[0].buf))
		}
		if diff := cmp.Diff(run(1, string(b), ""), got); diff != "" {
			t.Fatalf("byte by byte it is other: %s", diff)
		}
	})
}

func BenchmarkAttachment(b *testing.B) {
	s := []byte(mllp(oru + "OBX|3|ED|X||^AP^PDF^Base64^" + strings.Repeat("QUJD", 20_000) + "\r"))
	p, discard := Codec.New(), func(proto.Dir, proto.Fact) {}
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		p.Data(proto.Orig, s, discard)
	}
}
