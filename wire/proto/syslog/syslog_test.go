package syslog

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

const text = "patient " + canary.Family + " " + canary.MRN + " user " + canary.User + " " + canary.Secret

// auditXML is a login as PS3.15 section A.5 writes it, with the canary wherever
// people and objects stand.
const auditXML = `<?xml version="1.0" encoding="UTF-8"?>
<AuditMessage>
 <EventIdentification EventActionCode="E" EventDateTime="2026-08-01T10:00:00Z" EventOutcomeIndicator="4">
  <EventID csd-code="110114" codeSystemName="DCM" originalText="` + canary.Family + `"/>
  <EventTypeCode csd-code="110122" codeSystemName="DCM" originalText="Login > in"/>
 </EventIdentification>
 <ActiveParticipant UserID="` + canary.User + `" UserName="` + canary.Given + `" UserIsRequestor="true"/>
 <AuditSourceIdentification AuditSourceID="PACS01" AuditEnterpriseSiteID="site"/>
 <ParticipantObjectIdentification ParticipantObjectID="` + canary.MRN + `" ParticipantObjectTypeCode="1">
  <ParticipantObjectName>` + canary.HL7Name + `</ParticipantObjectName>
  <ParticipantObjectQuery>S2FuYXJpZW52b2dlbA==</ParticipantObjectQuery>
 </ParticipantObjectIdentification>
</AuditMessage>`

type seen struct {
	Dir  proto.Dir
	Fact proto.Fact
}

// run feeds whole datagrams or pieces of a stream.
func run(pieces ...string) []seen {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	for _, s := range pieces {
		b := []byte(s)
		p.Data(proto.Orig, b, emit)
		clear(b)
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

func one(severity string) []Count { return []Count{{severity, 1}} }

func TestHeaders(t *testing.T) {
	tests := []struct {
		name, message string
		want          Header
	}{
		{"RFC 5424", "<165>1 2026-08-01T10:00:00.003Z pump7.example infusiond 8710 ID47 [x@1 a=\"b\"] " + text,
			Header{Format: rfc5424, Hostname: "pump7.example", AppName: "infusiond", MsgID: "ID47", Facility: "local4", Severities: one("notice")}},
		{"RFC 5424 with nothing known", "<14>1 - - - - - - " + text, Header{Format: rfc5424, Facility: "user", Severities: one("informational")}},
		{"RFC 3164", "<34>Oct 11 22:14:15 mri1 sshd[77]: " + text, Header{Format: rfc3164, Hostname: "mri1", AppName: "sshd", Facility: "auth", Severities: one("critical")}},
		{"RFC 3164 without host", "<34>Oct  1 22:14:15 su: " + text, Header{Format: rfc3164, AppName: "su", Facility: "auth", Severities: one("critical")}},
		{"text in place of the host", "<13>Aug  1 10:00:00 " + canary.Family + " was admitted: x", Header{Format: rfc3164, Facility: "user", Severities: one("notice")}},
		{"cisco", "<189>72: Mar  3 19:57:17.371: %LINK-5-CHANGED: " + text, Header{Format: cisco, MsgID: "%LINK-5-CHANGED", Facility: "local7", Severities: one("notice")}},
		{"no header", "<0>" + text, Header{Format: bare, Facility: "kern", Severities: one("emergency")}},
		{"highest priority", "<191>x", Header{Format: bare, Facility: "local7", Severities: one("debug")}},
		{"host of bad form", "<14>1 2026-08-01T10:00:00Z ho$st app - - - x", Header{Format: rfc5424, AppName: "app", Facility: "user", Severities: one("informational")}},
		{"host too long", "<14>1 2026-08-01T10:00:00Z " + strings.Repeat("h", 65) + " app - - - x", Header{Format: rfc5424, AppName: "app", Facility: "user", Severities: one("informational")}},
	}
	for _, tt := range tests {
		got := run(tt.message)
		tt.want.Messages = 1
		if diff := cmp.Diff([]seen{{proto.Orig, tt.want}}, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		noCanary(t, got)
	}
}

func TestFraming(t *testing.T) {
	m := "<34>Oct 11 22:14:15 mri1 sshd[77]: text"
	counted := fmt.Sprintf("%d %s", len(m), m)
	multi := m + "\n at line two\n at line three"
	tests := []struct {
		name   string
		pieces []string
		want   uint64
	}{
		{"datagrams", []string{m, m, m}, 3},
		{"datagrams of several lines", []string{multi, multi}, 2},
		{"lines in one piece", []string{m + "\n" + m + "\n"}, 2},
		{"a line in two pieces", []string{m[:20], m[20:] + "\n" + m}, 2},
		{"NUL at the end", []string{m + "\x00", m + "\x00"}, 2},
		{"octet counting", []string{counted + counted + counted}, 3},
		{"octet counting byte by byte", strings.Split(counted+counted, ""), 2},
		{"a count cut short", []string{"99999 " + m}, 0},
		{"junk between", []string{"hello\n" + m}, 1},
		{"longer than the limit", []string{m + strings.Repeat("x", 3*maxMessage) + "\n" + m}, 2},
		{"no priority", []string{"<999>x\n<>x\n<1\nx"}, 0},
	}
	for _, tt := range tests {
		var n uint64
		for _, s := range run(tt.pieces...) {
			n += s.Fact.(Header).Messages
		}
		if n != tt.want {
			t.Errorf("%s: %d messages, want %d", tt.name, n, tt.want)
		}
	}
}

func TestAudit(t *testing.T) {
	want := Audit{EventID: "110114", EventName: "user authentication", EventType: "110122", TypeName: "login",
		Outcome: "minor failure", SourceID: "PACS01", Count: 2}
	rfc3881 := strings.ReplaceAll(auditXML, "csd-code", "code")
	tests := []struct{ name, a, b string }{
		{"DICOM", "<85>1 2026-08-01T10:00:00Z pacs1 arch 1 IHE+DICOM - \xef\xbb\xbf" + auditXML, auditXML},
		{"RFC 3881", "<85>1 2026-08-01T10:00:00Z pacs1 arch 1 IHE+RFC-3881 - " + rfc3881, rfc3881},
	}
	for _, tt := range tests {
		got := run(tt.a, tt.a)
		noCanary(t, got)
		if len(got) != 2 {
			t.Fatalf("%s: %+v", tt.name, got)
		}
		if diff := cmp.Diff(want, got[1].Fact); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestMalformedAudit(t *testing.T) {
	tests := []struct{ name, xml, want string }{
		{"no event", "<AuditMessage></AuditMessage>", ""},
		{"open tag", "<AuditMessage><EventID csd-code=\"110114\"", ""},
		{"free text as code", "<AuditMessage><EventID csd-code=\"" + canary.Family + "\"/>", "other"},
		{"IHE transaction", "<AuditMessage><EventID code='110112'/><EventTypeCode code='ITI-18'/>", "110112"},
		{"very many tags", "<AuditMessage>" + strings.Repeat("<a/>", 1000) + "<EventID csd-code=\"110114\"/>", ""},
	}
	for _, tt := range tests {
		got := run("<85>1 - - - - - - " + tt.xml)
		noCanary(t, got)
		id := ""
		for _, s := range got {
			if a, ok := s.Fact.(Audit); ok {
				id = a.EventID
			}
		}
		if id != tt.want {
			t.Errorf("%s: event %q, want %q", tt.name, id, tt.want)
		}
	}
}

func TestMatch(t *testing.T) {
	const good = "<34>Oct 11 22:14:15 mri1 sshd[77]: x"
	tests := []struct {
		name, orig, resp string
		port             uint16
		stream, datagram proto.Match
	}{
		{"RFC 3164", good, "", 0, proto.Yes, proto.Yes},
		{"RFC 5424", "<14>1 - - - - - - x", "", 0, proto.Yes, proto.Yes},
		{"octet counting", "36 " + good, "", 0, proto.Yes, proto.No},
		{"a receiver that answers", good, "OK", 0, proto.No, proto.Yes},
		{"priority alone", "<14>hello", "", 0, proto.Maybe, proto.Maybe},
		{"priority on port 514", "<14>hello", "", 514, proto.Maybe, proto.Yes},
		{"start of a priority", "<1", "", 0, proto.Maybe, proto.No},
		{"xml", "<HEL.R01>", "", 514, proto.No, proto.No},
		{"number out of range", "<192>x", "", 514, proto.No, proto.No},
		{"http", "GET / HTTP/1.1", "", 0, proto.No, proto.No},
	}
	for _, tt := range tests {
		ports := proto.Ports{Resp: tt.port}
		if got := Codec.Stream([]byte(tt.orig), []byte(tt.resp), ports); got != tt.stream {
			t.Errorf("%s: stream %v, want %v", tt.name, got, tt.stream)
		}
		if got := Codec.Datagram([]byte(tt.orig), ports); got != tt.datagram {
			t.Errorf("%s: datagram %v, want %v", tt.name, got, tt.datagram)
		}
	}
}

func TestKindsAreCapped(t *testing.T) {
	var pieces []string
	for i := range 500 {
		pieces = append(pieces, fmt.Sprintf("<34>Oct 11 22:14:15 host%d sshd: x", i))
	}
	if got := run(pieces...); len(got) != maxKinds {
		t.Errorf("%d facts, want %d", len(got), maxKinds)
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte("<34>Oct 11 22:14:15 mri1 sshd[77]: x\n<14>1 - - - - - - x"), uint8(9))
	f.Add([]byte("15 <14>hello there<85>1 - - - - - - "+auditXML), uint8(200))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		Codec.Stream(b, nil, proto.Ports{})
		Codec.Datagram(b, proto.Ports{})
		n, count := int(cut)+1, 0
		p := Codec.New().(*parser)
		emit := func(proto.Dir, proto.Fact) { count++ }
		for i := 0; i < len(b); i += n {
			p.Data(proto.Orig, b[i:min(i+n, len(b))], emit)
		}
		p.Close(emit)
		if count > 2*maxKinds || cap(p.flows[0].buf) > 2*maxMessage {
			t.Fatalf("%d facts, %d bytes held", count, cap(p.flows[0].buf))
		}
	})
}
