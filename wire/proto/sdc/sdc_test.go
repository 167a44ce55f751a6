package sdc

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

// hello is a provider of the sdc11073 library, its location scope filled with
// the canary.
const hello = `<?xml version='1.0' encoding='UTF-8'?>
<s12:Envelope xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:s12="http://www.w3.org/2003/05/soap-envelope"><s12:Header><wsa:To>urn:docs-oasis-open-org:ws-dd:ns:discovery:2009:01</wsa:To><wsa:Action>http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/Hello</wsa:Action><wsa:MessageID>urn:uuid:6ea33545-7d56-4781-b2f5-23c964dc1918</wsa:MessageID><wsd:AppSequence InstanceId="3262689142" MessageNumber="1"/></s12:Header><s12:Body><wsd:Hello><wsa:EndpointReference><wsa:Address>urn:uuid:72313cab-7352-51c9-8373-8b4031a66ec7</wsa:Address></wsa:EndpointReference><wsd:Types xmlns:ns0="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01" xmlns:ns1="http://standards.ieee.org/downloads/11073/11073-20702-2016">ns0:Device ns1:MedicalDevice</wsd:Types><wsd:Scopes>sdc.ctxt.loc:/sdc.ctxt.loc.detail/HOSP%2F%2F%2FCU2%2F%2F` + canary.Family + `?fac=HOSP&amp;poc=CU2&amp;bed=` + canary.Given + ` sdc.ctxt.ens:/1.2.3/MyEnsemble sdc.mds.pkp:1.2.840.10004.20701.1.1</wsd:Scopes><wsd:XAddrs>http://10.77.1.41:43197/` + canary.MRN + ` https://[fd00::1]:6464/x</wsd:XAddrs><wsd:MetadataVersion>1</wsd:MetadataVersion></wsd:Hello></s12:Body></s12:Envelope>`

const camera = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Body><d:ProbeMatches>` +
	`<d:ProbeMatch><a:EndpointReference><a:Address>uuid:5f5a69c2-e0ae-504f-829b-00408CD1A2B3</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>` +
	`<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/P1375-E onvif://www.onvif.org/name/AXIS%20P1375-E onvif://www.onvif.org/location/room/` + canary.Family + `</d:Scopes>` +
	`<d:XAddrs>http://192.168.0.90/onvif/device_service</d:XAddrs><d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>`

func run(datagrams ...string) []Discovery {
	var out []Discovery
	p := Codec.New()
	for _, s := range datagrams {
		b := []byte(s)
		p.Data(proto.Orig, b, func(_ proto.Dir, f proto.Fact) { out = append(out, f.(Discovery)) })
		clear(b)
	}
	p.Close(nil)
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

func TestDiscovery(t *testing.T) {
	tests := []struct {
		name, message string
		want          Discovery
	}{
		{"medical device", hello, Discovery{Message: Hello, Endpoint: "urn:uuid:72313cab-7352-51c9-8373-8b4031a66ec7", Types: []string{"Device", "MedicalDevice"},
			Addresses: []Address{{"http", "10.77.1.41", 43197}, {"https", "fd00::1", 6464}}, MetadataVersion: 1, Provider: true}},
		{"camera", camera, Discovery{Message: ProbeMatch, Endpoint: "urn:uuid:5f5a69c2-e0ae-504f-829b-00408cd1a2b3", Types: []string{"onvif:NetworkVideoTransmitter"},
			Addresses: []Address{{"http", "192.168.0.90", 0}}, MetadataVersion: 10, Hardware: "P1375-E", Label: "AXIS P1375-E"}},
		{"bye", strings.ReplaceAll(hello, "wsd:Hello>", "wsd:Bye>"), Discovery{Message: Bye, Endpoint: "urn:uuid:72313cab-7352-51c9-8373-8b4031a66ec7", Types: []string{"Device", "MedicalDevice"},
			Addresses: []Address{{"http", "10.77.1.41", 43197}, {"https", "fd00::1", 6464}}, MetadataVersion: 1, Provider: true}},
	}
	for _, tt := range tests {
		got := run(tt.message, tt.message) // the second copy of UDP says nothing new
		if diff := cmp.Diff([]Discovery{tt.want}, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		noCanary(t, got)
	}
}

func TestTypes(t *testing.T) {
	tests := []struct{ prefix, namespace, want string }{
		{"p", "http://schemas.microsoft.com/windows/2006/08/wdp/print", "print:X"},
		{"c", "http://schemas.microsoft.com/windows/pub/2005/07", "computer:X"},
		{"o", "http://example.com/types", "other:X"},
		{"m", "http://standards.ieee.org/downloads/11073/11073-20702-2016", "X"},
	}
	for _, tt := range tests {
		got := run(fmt.Sprintf(`<E xmlns:d="%s" xmlns:%s="%s"><d:Hello><d:Types>%s:X bad$:Y p:b%%d</d:Types></d:Hello></E>`, nsDiscovery, tt.prefix, tt.namespace, tt.prefix))
		if len(got) != 1 || len(got[0].Types) != 2 || got[0].Types[0] != tt.want {
			t.Errorf("%s: %+v", tt.namespace, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	in := func(body string) string {
		return `<E xmlns:d="` + nsDiscovery + `"><d:Hello>` + body + `</d:Hello></E>`
	}
	tests := []struct {
		name, message string
		want          []Discovery
	}{
		{"empty hello", in(""), []Discovery{{Message: Hello}}},
		{"endpoint that is no uuid", in("<R><Address>x</Address></R><EndpointReference><Address>urn:" + canary.Family + "</Address></EndpointReference>"), []Discovery{{Message: Hello}}},
		{"addresses", in("<d:XAddrs>ftp://a/ http://:80/ http://a:99999/ :// http://h:1/</d:XAddrs>"), []Discovery{{Message: Hello, Addresses: []Address{{"http", "h", 1}}}}},
		{"version", in("<d:MetadataVersion>-1</d:MetadataVersion>"), []Discovery{{Message: Hello}}},
		{"cut", in("")[:80], nil},
		{"other namespace", `<E xmlns:d="http://example.com"><d:Hello/></E>`, nil},
		{"document type", `<!DOCTYPE a [<!ENTITY b "c">]>` + in(""), nil},
		{"unknown entity", in("<d:Types>&b;</d:Types>"), nil},
		{"too deep", strings.Repeat("<a>", 100) + in(""), nil},
		{"too many tokens", `<E xmlns:d="` + nsDiscovery + `">` + strings.Repeat("<a/>", maxTokens) + "<d:Hello/></E>", nil},
		{"not UTF-8", `<?xml version="1.0" encoding="iso-8859-1"?>` + in(""), nil},
		{"too long", in("") + strings.Repeat(" ", maxDatagram), nil},
	}
	for _, tt := range tests {
		got := run(tt.message)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestCaps(t *testing.T) {
	one := `<d:Hello><d:Types>` + strings.Repeat("a:B ", 100) + `</d:Types><d:XAddrs>` + strings.Repeat("http://h:1/ ", 100) + `</d:XAddrs></d:Hello>`
	got := run(`<E xmlns:d="` + nsDiscovery + `">` + strings.Repeat(one, 5) + `</E>`)
	if len(got) != 1 || len(got[0].Types) != maxTypes || len(got[0].Addresses) != maxAddress {
		t.Errorf("%d endpoints: %+v", len(got), got)
	}
	var many []string
	for i := range 200 {
		many = append(many, fmt.Sprintf(`<E xmlns:d="%s"><d:Hello><d:MetadataVersion>%d</d:MetadataVersion></d:Hello></E>`, nsDiscovery, i))
	}
	if got := run(many...); len(got) != maxSeen {
		t.Errorf("%d facts, want %d", len(got), maxSeen)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, message string
		want          proto.Match
	}{
		{"SDC", hello, proto.Yes},
		{"ONVIF", camera, proto.Yes},
		{"byte order mark", "\xef\xbb\xbf" + camera, proto.Yes},
		{"other SOAP", `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>`, proto.No},
		{"ssdp", "M-SEARCH * HTTP/1.1\r\n", proto.No},
		{"nothing", "", proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Datagram([]byte(tt.message), proto.Ports{}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(hello))
	f.Add([]byte(camera))
	f.Fuzz(func(t *testing.T, b []byte) {
		Codec.Datagram(b, proto.Ports{})
		if got := parse(b); len(got) > maxMatches {
			t.Fatalf("%d endpoints", len(got))
		}
	})
}
