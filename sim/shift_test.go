package sim

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// played gives the capture of one shift.
func played(t *testing.T, s Shift) []byte {
	t.Helper()
	h, err := New(Config{Seed: 1, Devices: 100, Duration: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	r := NewRecorder(&b, PCAP)
	if err := h.WriteShift(s, r.Frame); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShift(t *testing.T) {
	quiet, busy := played(t, Shift{Turn: 1, Share: 0.05}), played(t, Shift{Turn: 1, Share: 0.9})
	if len(busy) < 4*len(quiet) {
		t.Errorf("a busy hour has %d bytes, a quiet one %d", len(busy), len(quiet))
	}
	if !bytes.Equal(busy, played(t, Shift{Turn: 1, Share: 0.9})) {
		t.Error("the same shift gives other bytes")
	}
	if bytes.Equal(busy, played(t, Shift{Turn: 2, Share: 0.9})) {
		t.Error("another turn gives the same bytes")
	}
	stranger := strangerRow.oui[:]
	if bytes.Contains(quiet, stranger) || !bytes.Contains(played(t, Shift{Turn: 1, Share: 0.05, Scan: true}), stranger) {
		t.Error("the stranger is there without Scan, or not there with it")
	}
}

func TestStages(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC)
	for _, s := range []Stage{{At: at, Advisories: 1, KEV: 1}, {At: at, Advisories: Advisories(), KEV: KEVEntries, Revised: advisories[1].id}} {
		if err := WriteStage(dir, s); err != nil {
			t.Fatal(err)
		}
		docs, err := filepath.Glob(filepath.Join(dir, "csaf", "*.json"))
		if err != nil || len(docs) != s.Advisories {
			t.Errorf("%d documents, want %d", len(docs), s.Advisories)
		}
		var kev struct {
			Count           int
			Vulnerabilities []struct{ CVEID, DateAdded, Notes string }
		}
		b, err := os.ReadFile(filepath.Join(dir, "kev.json"))
		if err != nil || json.Unmarshal(b, &kev) != nil || kev.Count != s.KEV || len(kev.Vulnerabilities) != s.KEV {
			t.Fatalf("%v %+v", err, kev)
		}
		last := kev.Vulnerabilities[s.KEV-1]
		if (last.CVEID == "CVE-2019-0708") != (s.KEV == KEVEntries) || s.KEV == KEVEntries && (last.DateAdded != "2026-03-16" || !strings.Contains(last.Notes, "2021-11-03")) {
			t.Errorf("%+v", last)
		}
		ssvc, err := os.ReadFile(filepath.Join(dir, "ssvc-cve-2019-0708.json"))
		if err != nil || strings.Contains(string(ssvc), `"active"`) != (s.KEV == KEVEntries) {
			t.Errorf("exploitation is told at the wrong stage: %v", err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "csaf", strings.ToLower(advisories[1].id)+".json"))
	if err != nil || !strings.Contains(string(b), "simulated revision") {
		t.Error("no second revision")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}
