package hub

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"ward/asset/device"
	"ward/bus"
	"ward/store"
	"ward/wire/packet"
	"ward/wire/session"
)

// answer gets a page and gives its status and text.
func answer(t *testing.T, client *http.Client, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	b, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.StatusCode, string(b)
}

// Beyond localhost a hub speaks TLS alone, with a certificate of its own
// authority that a browser can be told to trust.
func TestTLSBeyondLocalhost(t *testing.T) {
	h := start(t, func(o *Options) { o.Listen, o.Hosts = "0.0.0.0:0", []string{"localhost"} })
	if h.Base.Scheme != "https" {
		t.Fatal(h.Base)
	}
	trusting := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: h.authority.Pool(), MinVersion: tls.VersionTLS12}}}
	if status, _ := answer(t, trusting, h.Base.String()+"/healthz"); status != http.StatusOK {
		t.Error(status)
	}
	if status, text := answer(t, trusting, h.Base.String()+"/install-ca"); status != http.StatusOK || !strings.Contains(text, h.authority.Fingerprint()[:8]) {
		t.Error("the page to install the authority:", status)
	}
	if _, err := http.Get(h.Base.String() + "/healthz"); err == nil {
		t.Error("a browser that was told nothing trusts the hub")
	}
	if status, _ := answer(t, http.DefaultClient, strings.Replace(h.Base.String(), "https", "http", 1)+"/healthz"); status != http.StatusBadRequest {
		t.Error("plain HTTP beyond localhost:", status)
	}
}

// Nobody without a session sees anything, whatever the path.
func TestNobodySeesNothing(t *testing.T) {
	h := start(t, nil)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/", "/devices", "/devices.csv", "/audit", "/people", "/settings", "/network", "/api/v1/devices", "/worklist.pdf", "/live"} {
		if status, text := answer(t, client, h.Base.String()+path); status == http.StatusOK || strings.Contains(text, "Worklist") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// Figures are for this machine, or for who has the token.
func TestMetrics(t *testing.T) {
	h := start(t, nil)
	answer(t, http.DefaultClient, h.Base.String()+"/healthz")
	if status, text := answer(t, http.DefaultClient, h.Base.String()+"/metrics"); status != http.StatusOK || !strings.Contains(text, `ward_http_request_seconds_count{route="GET /healthz",status="200"} 1`) {
		t.Error(status, text)
	}
	h = start(t, func(o *Options) { o.Metrics = "secret" })
	if status, _ := answer(t, http.DefaultClient, h.Base.String()+"/metrics"); status != http.StatusForbidden {
		t.Error(status)
	}
	if status, _ := answer(t, http.DefaultClient, h.Base.String()+"/metrics", "Authorization", "Bearer secret"); status != http.StatusOK {
		t.Error(status)
	}
}

// A second hub on the same folder is refused, and says what to do.
func TestSecondHubIsRefused(t *testing.T) {
	h := start(t, nil)
	_, err := New(t.Context(), Options{Data: h.dir, Listen: "localhost:0", Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "--data") {
		t.Error(err)
	}
}

// A sensor with a certificate of the hub sends what it saw over mutual TLS; the
// device is in the inventory then, and its sessions are counted.
func TestSensorOverTheBus(t *testing.T) {
	h := start(t, func(o *Options) { o.Bus = "localhost:0" })
	bundle, err := h.bus.Enrol("icu", "tls://"+h.bus.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p, err := bus.Connect(bundle)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	s := session.Session{ID: 7, Transport: session.TCP, Service: "hl7", State: session.SF, Start: at, Last: at.Add(time.Second),
		Orig: session.Endpoint{MAC: packet.MAC{0, 9, 0xfb, 1, 2, 3}, Addr: netip.MustParseAddr("10.0.0.5"), Port: 40000, Packets: 5, Bytes: 100, TTL: 64},
		Resp: session.Endpoint{MAC: packet.MAC{0, 9, 0xfb, 1, 2, 4}, Addr: netip.MustParseAddr("10.0.0.9"), Port: 2575, Packets: 5, Bytes: 50, TTL: 64}}
	v := device.NewInventory(device.Options{Inputs: []string{"icu"}})
	v.Session(&s, &device.Observation{Claims: []device.Statement{{Subject: device.Of(&s.Orig), Claim: device.Claim{Field: device.FieldModel, Value: "MX450",
		Confidence: device.Strong, Source: device.Source{Rule: "test", Saw: "a test"}, Seen: at}}}})
	var part bytes.Buffer
	if err := v.Save(&part); err != nil {
		t.Fatal(err)
	}
	b := &bus.Batch{Sensor: "icu", Seq: 1, From: at, To: at.Add(time.Minute), Inventory: part.Bytes(), Sessions: []session.Session{s}}
	for range 2 { // the second one is the first once more
		if err := p.Publish(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Publish(t.Context(), &bus.Batch{Sensor: "icu", Seq: 2, From: at, To: at, Inventory: []byte("damaged")}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		d, err := h.Store.Device(t.Context(), "mac:00:09:fb:01:02:03")
		pairs, pairErr := h.Store.DevicePairs(t.Context(), "mac:00:09:fb:01:02:03", at.Add(-time.Hour), 10)
		dead, deadErr := h.bus.Stats(t.Context())
		if err == nil && d.Model == "MX450" && pairErr == nil && len(pairs) == 1 && pairs[0].Sessions == 1 && deadErr == nil && dead.Dead == 1 && dead.Waiting == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%+v %v; %+v %v; %+v %v", d, err, pairs, pairErr, dead, deadErr)
		}
	}
}
