package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func webhookTo(s *httptest.Server, allow ...string) *webhookSender {
	return &webhookSender{Webhook: Webhook{URL: s.URL + "/hook", Allow: allow}, key: []byte("shared key"), now: func() time.Time { return noon },
		ca: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))}
}

func TestWebhook(t *testing.T) {
	var body []byte
	var header http.Header
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
	}))
	defer s.Close()
	if err := webhookTo(s, "127.0.0.0/8").Send(t.Context(), envelope()); err != nil {
		t.Fatal(err)
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil || p.ID != envelope().ID || p.Sections[0].Items[0].Name != "pumpe-ü" || p.Sections[0].More != 7 {
		t.Errorf("%s %v", body, err)
	}
	h := hmac.New(sha256.New, []byte("shared key")) // as a receiver checks it
	io.WriteString(h, header.Get("Ward-Timestamp")+"."+string(body))
	if header.Get("Ward-Signature") != "sha256="+hex.EncodeToString(h.Sum(nil)) || header.Get("Ward-Delivery") != p.ID || header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", header)
	}
}

func TestWebhookFailures(t *testing.T) {
	reached := 0
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached++
		if r.URL.Path == "/hook" {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}
	}))
	defer s.Close()
	if err := webhookTo(s, "127.0.0.0/8").Send(t.Context(), envelope()); err == nil || !strings.Contains(err.Error(), "307") || reached != 1 {
		t.Errorf("redirect: %v, %d requests", err, reached)
	}
	reached = 0
	if err := webhookTo(s).Send(t.Context(), envelope()); !errors.Is(err, ErrInternal) || !errors.Is(err, ErrPermanent) || reached != 0 {
		t.Errorf("loopback: %v", err)
	}
	byName := webhookTo(s)
	byName.URL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	if err := byName.Send(t.Context(), envelope()); !errors.Is(err, ErrInternal) || reached != 0 {
		t.Errorf("loopback by name: %v", err)
	}
	stranger := webhookTo(s, "127.0.0.0/8")
	stranger.ca = ""
	if err := stranger.Send(t.Context(), envelope()); err == nil || reached != 0 {
		t.Error("a server that nobody vouches for was believed")
	}
	plain := webhookTo(s, "127.0.0.0/8")
	plain.URL = strings.Replace(s.URL, "https", "http", 1)
	if err := plain.Send(t.Context(), envelope()); !errors.Is(err, ErrPermanent) {
		t.Error("http was taken:", err)
	}
}

func TestGuard(t *testing.T) {
	g, err := newGuard([]string{"10.20.0.0/16"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		address string
		refused bool
	}{
		{"9.9.9.9", false}, {"2620:fe::fe", false}, {"10.20.1.1", false}, {"::ffff:10.20.1.1", false},
		{"127.0.0.1", true}, {"127.8.8.8", true}, {"::1", true}, {"::ffff:127.0.0.1", true}, {"10.21.1.1", true}, {"172.16.0.1", true}, {"192.168.1.1", true},
		{"169.254.169.254", true}, {"fe80::1", true}, {"fe80::1%eth0", true}, {"fd00::1", true}, {"0.0.0.0", true}, {"::", true}, {"100.64.0.1", true},
		{"224.0.0.1", true}, {"ff02::1", true}, {"255.255.255.255", true}, {"64:ff9b::7f00:1", true}, {"2002:7f00:1::", true}, {"0.1.2.3", true},
	} {
		if err := g.check(netip.MustParseAddr(x.address)); errors.Is(err, ErrInternal) != x.refused {
			t.Errorf("%s: %v", x.address, err)
		}
	}
}
