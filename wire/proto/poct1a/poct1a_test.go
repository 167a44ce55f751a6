package poct1a

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

const hello = `<?xml version="1.0" encoding="UTF-8"?>
<!-- hello > <DEV.device_id V="` + canary.Secret + `"/> -->
<HEL.R01>
 <HDR><HDR.message_type V="HEL.R01"/><HDR.control_id V="10001"/><HDR.version_id V="POCT1"/><HDR.creation_dttm V="2026-08-01T08:00:00+02:00"/></HDR>
 <DEV><DEV.device_id V="00-0B-86-FF-FE-12-34-56"/><DEV.vendor_id V="ACME"/><DEV.model_id SN='X' V='Gluco 5'/><DEV.serial_id V="GL500123"/>
  <DEV.manufacturer_name V="Acme Diagnostics"/><DEV.hw_version V="2"/><DEV.sw_version V="03.01.02"/><DEV.device_name V="` + canary.Family + `"/>
  <DCP><DCP.application_timeout V="60"/></DCP></DEV>
</HEL.R01>`

const observation = `<OBS.R01><HDR><HDR.control_id V="2"/></HDR><SVC><SVC.role_cd V="OBS"/>
 <PT><PT.patient_id V="` + canary.MRN + `"/><PT.name V="` + canary.HL7Name + `"/><PT.birth_date V="` + canary.Birth + `"/>
 <OBS><OBS.value V="5.6" U="mmol/L"/><DEV.serial_id V="` + canary.MRN + `"/></OBS></PT>
 <OPR><OPR.operator_id V="` + canary.User + `"/></OPR><NTE>` + canary.Address + `</NTE></SVC></OBS.R01>`

const directive = `<DTV.R01><HDR/><DTV><DTV.command_cd V="START_CONTINUOUS"/></DTV></DTV.R01><DTV.R02><DTV><DTV.command_cd V="` + canary.Family + `"/></DTV></DTV.R02>` +
	`<OPL.R01><OPR><OPR.operator_id V="` + canary.User + `"/></OPR></OPL.R01>`

const answer = `<ACK.R01><HDR/><ACK><ACK.type_cd V="AA"/><ACK.ack_control_id V="10001"/></ACK></ACK.R01>`

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

func TestSession(t *testing.T) {
	want := []seen{
		{proto.Orig, Device{DeviceID: "00-0B-86-FF-FE-12-34-56", VendorID: "ACME", ModelID: "Gluco 5", Serial: "GL500123",
			Manufacturer: "Acme Diagnostics", Hardware: "2", Software: "03.01.02", ProtocolVersion: "POCT1"}},
		{proto.Orig, Traffic{Messages: []Count{{"HEL.R01", 2}, {"OBS.R01", 1}}}},
		{proto.Resp, Traffic{Messages: []Count{{"ACK.R01", 1}, {"DTV.R01", 1}, {"DTV.R02", 1}, {"OPL.R01", 1}},
			Directives: []Count{{"START_CONTINUOUS", 1}, {"other", 1}}, Acks: []Count{{"AA", 1}}}},
	}
	for _, cut := range []int{1, 2, 77, 1 << 16} {
		got := run(cut, hello+observation+hello, answer+directive)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut %d: %s", cut, diff)
		}
		noCanary(t, got)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, orig, resp string
		want             proto.Match
	}{
		{"hello and answer", hello, answer, proto.Yes},
		{"hello alone", hello, "", proto.Maybe},
		{"byte order mark", "\xef\xbb\xbf" + hello, answer, proto.Yes},
		{"start of a name", "<HEL", answer, proto.Maybe},
		{"declaration alone", `<?xml version="1.0"?>`, answer, proto.Maybe},
		{"other XML", `<?xml version="1.0"?><Envelope/>`, answer, proto.No},
		{"unknown message", "<ABC.R01>", answer, proto.No},
		{"longer name", "<HEL.R012>", answer, proto.No},
		{"syslog", "<13>Aug  1 host", "", proto.No},
		{"binary that looks like white space", "\x82\x8d\x3a\x4c\x65", "\x82\x0d\x09\x00\x00", proto.No},
		{"nothing", "", "", proto.No},
		{"endless prologue", "<?" + strings.Repeat("x", 4000), answer, proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Stream([]byte(tt.orig), []byte(tt.resp), proto.Ports{}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	long := strings.Repeat("x", 5000)
	tests := []struct {
		name, stream string
		devices      int
	}{
		{"value too long", `<HEL.R01><DEV.serial_id V="` + strings.Repeat("x", 65) + `"/></HEL.R01>`, 0},
		{"tag too long", `<HEL.R01><DEV.serial_id A="` + long + `" V="S1"/></HEL.R01>`, 0},
		{"control character", "<HEL.R01><DEV.serial_id V=\"a\x01b\"/></HEL.R01>", 0},
		{"no quotes", "<HEL.R01><DEV.serial_id V=S1/></HEL.R01>", 0},
		{"open quote", `<HEL.R01><DEV.serial_id V="S1/></HEL.R01>`, 0},
		{"no end of message", `<HEL.R01><DEV.serial_id V="S1"/>`, 0},
		{"device outside a message", `<DEV.serial_id V="S1"/>`, 0},
		{"empty tags", `<><HEL.R01></><DEV.serial_id V="S1"/></HEL.R01>`, 1},
		{"end tag without name outside a message", `</ >`, 0},
		{"entity bomb", `<!DOCTYPE a [<!ENTITY b "` + long + `">]><HEL.R01><DEV.serial_id V="&b;"/></HEL.R01>`, 1},
	}
	for _, tt := range tests {
		n := 0
		for _, s := range run(100, tt.stream, "") {
			if _, ok := s.Fact.(Device); ok {
				n++
			}
		}
		if n != tt.devices {
			t.Errorf("%s: %d devices, want %d", tt.name, n, tt.devices)
		}
	}
}

func TestGapDropsTheMessage(t *testing.T) {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	p.Data(proto.Orig, []byte(`<HEL.R01><DEV><DEV.model_id V="A`), emit)
	p.Gap(proto.Orig, 0)
	p.Data(proto.Orig, []byte(`"/><DEV.serial_id V="`+canary.MRN+`"/></PT>`+answer), emit)
	p.Close(emit)
	noCanary(t, out)
	if len(out) != 1 {
		t.Errorf("got %+v", out)
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(hello+observation), uint8(7))
	f.Add([]byte(directive+answer), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		Codec.Stream(b, b, proto.Ports{})
		n, count := int(cut)+1, 0
		p := Codec.New().(*parser)
		emit := func(proto.Dir, proto.Fact) { count++ }
		for i := 0; i < len(b); i += n {
			p.Data(proto.Orig, b[i:min(i+n, len(b))], emit)
		}
		p.Close(emit)
		if count > maxDevices+1 || cap(p.flows[0].tag) > 2*maxTag {
			t.Fatalf("%d facts, %d bytes held", count, cap(p.flows[0].tag))
		}
	})
}
