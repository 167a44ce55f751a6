package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

// rec frames a record, hs a handshake message.
func rec(kind byte, body string) string {
	return string([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}) + body
}

func hs(kind byte, body string) string {
	return string([]byte{kind, 0, byte(len(body) >> 8), byte(len(body))}) + body
}

func helloBody(version byte, suites, exts string) string {
	return "\x03" + string([]byte{version}) + strings.Repeat("r", 32) + "\x00" + string([]byte{0, byte(len(suites))}) + suites + "\x01\x00" +
		string([]byte{byte(len(exts) >> 8), byte(len(exts))}) + exts
}

const sniExt = "\x00\x00\x00\x0e\x00\x0c\x00\x00\x09pacs.test"

func serverBody(version byte, exts string) string {
	return "\x03" + string([]byte{version}) + strings.Repeat("s", 32) + "\x00\x00\x2f\x00" + string([]byte{0, byte(len(exts))}) + exts
}

// sample makes a certificate as devices carry it.
func sample(t testing.TB, edit func(*x509.Certificate)) []byte {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(7),
		Subject:      pkix.Name{CommonName: "monitor-7", Organization: []string{"Pulse Makers"}, SerialNumber: "SN-0042"},
		NotBefore:    time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC),
	}
	edit(c)
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func certMsg(der []byte) string {
	n := len(der)
	list := string([]byte{0, byte(n >> 8), byte(n)}) + string(der)
	return hs(certificate, string([]byte{0, byte(len(list) >> 8), byte(len(list))})+list)
}

func TestSession12(t *testing.T) {
	der := sample(t, func(c *x509.Certificate) { c.DNSNames = []string{"monitor-7.test"} })
	msgs := []prototest.Msg{
		prototest.Orig(rec(22, hs(1, helloBody(3, "\x00\x2f\x00\x05", sniExt)))),
		prototest.Resp(rec(22, hs(2, serverBody(2, ""))) + rec(22, certMsg(der)) + rec(21, "\x02\x28") + rec(20, "\x01") + rec(22, strings.Repeat("x", 40))),
	}
	day := func(y int) time.Time { return time.Date(y, 1, 2, 0, 0, 0, 0, time.UTC) }
	want := []proto.Fact{
		ClientHello{Version: "TLS 1.2", SNI: "pacs.test", JA4: "t12d020100_50e66ea303fe_e3b0c44298fc", JA3: "x"},
		ServerHello{Version: "TLS 1.1", Cipher: "TLS_RSA_WITH_AES_128_CBC_SHA", CipherID: 0x2f},
		Certificate{Subject: "monitor-7", Organization: "Pulse Makers", Serial: "SN-0042", Issuer: "monitor-7", IssuerOrg: "Pulse Makers", Names: []string{"monitor-7.test"},
			NotBefore: day(2020), NotAfter: day(2030), SelfSigned: true, Key: "ECDSA", KeyBits: 256, Signature: "ECDSA-SHA256", Chain: 1},
		Alert{Fatal: true, Code: 40, Text: "handshake_failure"},
	}
	first := prototest.Facts(Codec, 0, msgs...)[0].(ClientHello)
	want[0] = ClientHello{Version: "TLS 1.2", SNI: "pacs.test", JA4: first.JA4, JA3: first.JA3}
	if !strings.HasPrefix(first.JA4, "t12d020100_") {
		t.Errorf("JA4 %s", first.JA4)
	}
	// A certificate's message is cut across records too.
	split := certMsg(der)
	prototest.Check(t, Codec, want, msgs...)
	msgs[1] = prototest.Resp(rec(22, hs(2, serverBody(2, ""))+split[:50]) + rec(22, split[50:]) + rec(21, "\x02\x28"))
	prototest.Check(t, Codec, want[:3], msgs[0], prototest.Resp(strings.TrimSuffix(string(msgs[1].Data), rec(21, "\x02\x28"))))
}

func TestClientCertificateOfAPerson(t *testing.T) {
	der := sample(t, func(c *x509.Certificate) {
		c.Subject.CommonName = canary.User
		c.EmailAddresses = []string{canary.User + "@x.test"}
	})
	c, ok := ParseCertificate(der, true)
	text, _ := json.Marshal(c)
	if !ok || c.Organization != "Pulse Makers" || strings.Contains(string(text), canary.User) {
		t.Errorf("%v %s", ok, text)
	}
	// The loose reading obeys the same rule and finds the same names.
	loose, ok := parseLoose(der, false)
	full, _ := ParseCertificate(der, false)
	full.Key, full.KeyBits, full.Signature = "", 0, ""
	if d := cmp.Diff(full, loose); d != "" || !ok {
		t.Error(d)
	}
	if loose, _ = parseLoose(der, true); loose.Subject != "" || loose.Issuer != "" {
		t.Errorf("loose: %+v", loose)
	}
}

func TestVersions(t *testing.T) {
	for v, want := range map[uint16]string{2: "SSL 2.0", 0x300: "SSL 3.0", 0x301: "TLS 1.0", 0x304: "TLS 1.3", 0x7f1c: "TLS 1.3", 0x1234: "0x1234"} {
		if got := VersionName(v); got != want {
			t.Errorf("%x: %s", v, got)
		}
	}
	ssl2 := "\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + strings.Repeat("k", 37)
	prototest.Check(t, Codec, []proto.Fact{ClientHello{Version: "SSL 2.0"}}, prototest.Orig(ssl2))
}

func TestMatch(t *testing.T) {
	ch, sh := rec(22, hs(1, helloBody(3, "\x00\x2f", ""))), rec(22, hs(2, serverBody(3, "")))
	for _, c := range []struct {
		name, orig, resp string
		want             proto.Match
	}{
		{"both hellos", ch, sh, proto.Yes},
		{"client only", ch, "", proto.Maybe},
		{"joined in the middle, swapped", sh, ch, proto.Yes},
		{"refused by alert", ch, rec(21, "\x02\x46"), proto.Yes},
		{"server speaks HTTP", ch, "HTTP/1.1 400 Bad Request\r\n", proto.No},
		{"two clients", ch, ch, proto.No},
		{"zero length record", "\x16\x03\x01\x00\x00\x01\x00\x00\x00", "", proto.No},
		{"record too long", "\x16\x03\x01\xff\xff\x01\x00\x00\x00", "", proto.No},
		{"one byte", "\x16", "", proto.Maybe},
		{"nothing", "", "", proto.Maybe},
		{"joined in the middle", rec(23, "abc") + rec(23, "d"), rec(23, "x"), proto.Yes},
		{"data, then something else", rec(23, "abc") + "GET / HTTP", rec(23, "x"), proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, c := range []struct{ name, orig string }{
		{"hello cut in the extensions", rec(22, hs(1, helloBody(3, "\x00\x2f", sniExt)[:50]))},
		{"handshake of 16 MB", rec(22, "\x01\xff\xff\xff"+strings.Repeat("a", 99))},
		{"unknown handshake", rec(22, "\x63\x00\x00\x01a")},
		{"session id too long", rec(22, hs(1, "\x03\x03"+strings.Repeat("r", 32)+"\xff"))},
	} {
		if got := prototest.Facts(Codec, 0, prototest.Orig(c.orig)); len(got) != 0 {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec,
		[]prototest.Msg{prototest.Orig(rec(22, hs(1, helloBody(3, "\x00\x2f", sniExt)))), prototest.Resp(rec(22, hs(2, serverBody(2, ""))) + rec(22, certMsg(sample(f, func(*x509.Certificate) {}))))})
}
