package api

import (
	"os"
	"testing"
)

func TestX(t *testing.T) {
	s := newSite(t, 24)
	w := s.do("GET", "/openapi.json", nil)
	os.WriteFile("/tmp/openapi.json", w.Body.Bytes(), 0o600)
	for _, p := range []string{"/devices", pump, pump + "/peers", pump + "/comments", pump + "/changes", "/nothing", "/devices?limt=3", "/exports/inventory.json", "/exports/openvex.json", "/exports/devices.csv", "/coverage", "/gaps", "/audit/verify"} {
		w := s.do("GET", p, nil)
		b := w.Body.String()
		t.Log(p, w.Code, b[:min(len(b), 300)])
	}
	w = s.do("POST", pump+"/comments", map[string]string{"text": "x"})
	t.Log(w.Code, w.Body)
}
