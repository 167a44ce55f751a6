package http

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
	"ward/wire/proto/ntlm"
)

func TestContract(t *testing.T) {
	prototest.Contract(t, Codec)
	prototest.Contract(t, Codec2)
}

func basic(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestExchanges(t *testing.T) {
	msgs := []prototest.Msg{
		prototest.Orig("GET / HTTP/1.1\r\nHost: pump-7.test:8080\r\nUser-Agent: Mozilla/5.0 (Windows NT 6.1; " + canary.Family + ") Firefox/3.6\r\n\r\n" +
			"GET /patients/" + canary.MRN + "?name=" + canary.Family + " HTTP/1.1\r\nHost: pump-7.test\r\nCookie: u=" + canary.User + "\r\nReferer: /x/" + canary.Given + "\r\n\r\n" +
			"POST /admin/save HTTP/1.1\r\nHost: pump-7.test\r\nAuthorization: Basic " + basic("admin:admin") + "\r\nContent-Length: 22\r\n\r\nname=" + canary.Family + "GET " + "HEAD /login HTTP/1.1\r\nHost: pump-7.test\r\n\r\n"),
		prototest.Resp("HTTP/1.1 200 OK\r\nServer: GoAhead-Webs\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 46\r\n\r\n<html><head><title>Pump 7 setup</title></head>" +
			"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"Pump Web\", nonce=\"1\"\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"1a\r\n<title>" + canary.Family + "abcdef\r\n0\r\n\r\n" +
			"HTTP/1.1 302 Found\r\nX-Powered-By: PHP/5.2\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"),
	}
	want := []proto.Fact{
		Exchange{Method: "GET", Host: "pump-7.test", Path: Root, Status: 200, Server: "GoAhead-Webs", UserAgent: "Mozilla/5.0 (Windows NT 6.1) Firefox/3.6", ContentType: "text/html"},
		Page{Title: "Pump 7 setup"},
		Exchange{Method: "GET", Host: "pump-7.test", Path: Other, Status: 401, ContentType: "text/html", AuthScheme: "digest", Realm: "Pump Web"},
		Login{Scheme: "basic", Default: true, Accepted: true},
		Exchange{Method: "POST", Host: "pump-7.test", Path: Admin, Status: 302, PoweredBy: "PHP/5.2", AuthScheme: "basic"},
		Exchange{Method: "HEAD", Host: "pump-7.test", Path: LoginPage, Status: 200},
	}
	prototest.Check(t, Codec, want, msgs...)
}

func TestFHIR(t *testing.T) {
	ask := func(path string) prototest.Msg {
		return prototest.Orig("GET " + path + " HTTP/1.1\r\nHost: ehr\r\nAuthorization: Bearer " + basic(canary.Secret) + "\r\nAccept: application/fhir+json\r\n\r\n")
	}
	answer := func(body string) prototest.Msg {
		return prototest.Resp("HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n" + body)
	}
	e := func(p PathClass) Exchange {
		return Exchange{Method: "GET", Host: "ehr", Path: p, Status: 200, ContentType: "application/fhir+json", AuthScheme: "bearer"}
	}
	want := []proto.Fact{
		e(FHIRPath), Capability{Software: "HAPI FHIR", Version: "6.4.0", FHIR: "4.0.1"}, e(FHIRPath), e(FHIRPath),
		FHIR{Method: "GET", Resource: "metadata", Status: 200, Count: 1},
		FHIR{Method: "GET", Resource: "Patient", Status: 200, Count: 1},
		FHIR{Method: "GET", Resource: "Patient", Status: 200, Count: 1, Everything: true},
	}
	prototest.Check(t, Codec, want,
		ask("/fhir/metadata"), answer(`{"resourceType":"CapabilityStatement","name":"x","software":{"name":"HAPI FHIR","version":"6.4.0"},"fhirVersion":"4.0.1"}`),
		ask("/fhir/Patient?family="+canary.Family), answer(`{"name":"`+canary.Family+`"}`),
		ask("/fhir/Patient/"+canary.MRN+"/$everything"), answer(`{"x":"`+canary.MRN+`"}`))
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestDICOMweb(t *testing.T) {
	get := "GET /dicom-web/studies/1.2.3/series/4.5/instances/6 HTTP/1.1\r\nHost: pacs\r\nAccept: multipart/related; type=\"application/dicom\"\r\n\r\n"
	stow := "POST /dicom-web/studies HTTP/1.1\r\nHost: pacs\r\nContent-Type: multipart/related; type=\"application/dicom\"\r\nContent-Length: 13\r\n\r\n" + canary.Family
	e := func(m string) Exchange { return Exchange{Method: m, Host: "pacs", Path: DICOMPath, Status: 200} }
	prototest.Check(t, Codec, []proto.Fact{e("GET"), e("POST"),
		DICOMweb{Verb: "WADO", Level: "instance", Status: 200, Count: 1, Bytes: 4}, DICOMweb{Verb: "STOW", Level: "study", Status: 200, Count: 1, Bytes: 13}},
		prototest.Orig(get), prototest.Resp("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nDICM"), prototest.Orig(stow), prototest.Resp("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
}

func TestIPP(t *testing.T) {
	body := "\x01\x01\x00\x00\x00\x00\x00\x01\x04\x41\x00\x16printer-make-and-model\x00\x0bLaserMan 42\x03"
	prototest.Check(t, Codec, []proto.Fact{Exchange{Method: "POST", Path: IPP, Status: 200, ContentType: "application/ipp"}, Printer{MakeModel: "LaserMan 42"}},
		prototest.Orig("POST /printers/"+canary.User+" HTTP/1.1\r\nContent-Type: application/ipp\r\nContent-Length: 5\r\n\r\n12345"),
		prototest.Resp("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n"+body))
}

func TestKinds(t *testing.T) {
	ntlmType3 := "NTLMSSP\x00\x03\x00\x00\x00" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x00\x40\x00\x00\x00" + "\x11\x00\x11\x00\x40\x00\x00\x00" + "\x04\x00\x04\x00\x51\x00\x00\x00" + strings.Repeat("\x00", 8) + strings.Repeat("\x00", 4) + canary.User + "WS-7"
	ok := prototest.Resp("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	for _, c := range []struct {
		name, request string
		want          []proto.Fact
	}{
		{"SDC over SOAP", "POST /" + canary.MRN + " HTTP/1.1\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: 0\r\n\r\n", []proto.Fact{Exchange{Method: "POST", Path: SOAP, Status: 200}}},
		{"token in the URL", "GET /api/v1?access_token=" + canary.Secret + " HTTP/1.1\r\n\r\n", []proto.Fact{Exchange{Method: "GET", Path: API, Status: 200, TokenInURL: true}}},
		{"web socket", "GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", []proto.Fact{Exchange{Method: "GET", Path: Other, Status: 200, Upgrade: "websocket"}}},
		{"absolute URI", "GET http://" + canary.Family + ".test/login/x HTTP/1.1\r\nHost: a b\r\n\r\n", []proto.Fact{Exchange{Method: "GET", Path: LoginPage, Status: 200}}},
		{"NTLM names the machine, not the user", "GET /x HTTP/1.1\r\nAuthorization: NTLM " + basic(ntlmType3) + "\r\n\r\n", []proto.Fact{
			ntlm.Host{Via: "http", Computer: "WS-7"}, Exchange{Method: "GET", Path: Other, Status: 200, AuthScheme: "ntlm"}}},
	} {
		t.Run(c.name, func(t *testing.T) { prototest.Check(t, Codec, c.want, prototest.Orig(c.request), ok) })
	}
}

func TestManyAreCounted(t *testing.T) {
	var msgs []prototest.Msg
	for range 20 {
		msgs = append(msgs, prototest.Orig("GET /a HTTP/1.1\r\n\r\n"), prototest.Resp("HTTP/1.1 204 No Content\r\n\r\n"))
	}
	got := prototest.Facts(Codec, 5, msgs...)
	if len(got) != detailed+1 || got[detailed] != (Totals{Exchanges: 20}) {
		t.Errorf("%d facts, last %v", len(got), got[len(got)-1])
	}
}

func TestOneSideAndGap(t *testing.T) {
	got := prototest.Facts(Codec, 0, prototest.Orig("GET /api/x HTTP/1.0\r\nHost: h\r\n\r\n"))
	if d := cmp.Diff([]proto.Fact{Exchange{Method: "GET", Host: "h", Path: API}}, got); d != "" {
		t.Error(d)
	}
	p := Codec.New()
	var facts []proto.Fact
	emit := func(_ proto.Dir, f proto.Fact) { facts = append(facts, f) }
	p.Data(proto.Orig, []byte("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"), emit)
	p.Data(proto.Resp, []byte("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), emit)
	p.Gap(proto.Resp, 900)
	p.Data(proto.Resp, append(make([]byte, 100), "HTTP/1.1 404 Not\r\n\r\n"...), emit)
	p.Close(emit)
	if len(facts) != 2 || facts[1].(Exchange).Status != 404 {
		t.Errorf("a body with a hole must not lose the next answer: %v", facts)
	}
}

func TestMatch(t *testing.T) {
	get, ok := "GET / HTTP/1.1\r\n", "HTTP/1.0 200 OK\r\n"
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{get, ok, proto.Yes}, {ok, get, proto.Yes}, {get, "", proto.Maybe}, {"", ok, proto.Maybe}, {"GE", "", proto.Maybe},
		{get, "220 ftp\r\n", proto.No}, {"OPTIONS sip:x SIP/2.0\r\n", "", proto.No}, {"GETX / HTTP/1.1\r\n", "", proto.Maybe}, {"getx / HTTP/1.1\r\n", "", proto.No},
		{"BASELINE-CONTROL /a HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", proto.Yes}, {"OPTIONS HTTP/1.1\r\n", "HTTP/1.0 400 No\r\n", proto.Yes}, {"GETX HTTP/1.1\r\n", "", proto.No},
		{"PRI * HTTP/2.0\r\n", "", proto.No}, {"\x16\x03\x01", "", proto.No}, {"DESCRIBE rtsp://x RTSP/1.0\r\n", "", proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v, want %v", c.orig, c.resp, got, c.want)
		}
	}
	if Codec2.Stream([]byte(prefaceText), []byte("\x00\x00\x00\x04\x00\x00\x00\x00\x00"), proto.Ports{}) != proto.Yes {
		t.Error("HTTP/2 preface")
	}
	prototest.Check(t, Codec2, []proto.Fact{Preface{Cleartext: true}}, prototest.Orig(prefaceText))
}

func TestProducts(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"curl/7.88.1", "curl/7.88.1"},
		{"Agent " + canary.User, "Agent"},
		{"Dalvik/1.6.0 (Linux; U; Android 4.4.2; " + canary.Given + "'s tablet)", "Dalvik/1.6.0 (Linux; Android 4.4.2)"},
		{canary.User, ""},
	} {
		if got := products([]byte(c.in)); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, c := range []struct{ name, resp string }{
		{"chunk size no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"},
		{"chunk size too long", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"},
		{"garbage after an answer", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\x00\x01\x02\r\n\r\n"},
		{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"},
	} {
		if got := prototest.Facts(Codec, 1, prototest.Resp(c.resp)); len(got) != 1 {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	count := map[string]int{}
	for _, folder := range []string{"zeek/http", "ndpi"} {
		for _, name := range prototest.Names(t, folder) {
			for _, s := range prototest.Capture(t, name) {
				if s.Match(Codec) == proto.Yes {
					count["sessions"]++
					for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
						if e, ok := f.(Exchange); ok {
							count["exchanges"]++
							if e.Status == 0 || e.Method == "" {
								count["halves"]++
							}
						}
					}
				}
			}
		}
	}
	t.Log(count)
	if count["sessions"] < 100 || count["exchanges"] < 150 || count["halves"]*8 > count["exchanges"] {
		t.Errorf("%v", count)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{
		prototest.Orig("POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"),
		prototest.Resp("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n4\r\n<tit\r\n0\r\n\r\n")})
}
