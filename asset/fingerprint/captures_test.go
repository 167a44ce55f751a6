package fingerprint

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/shareddata"
	"ward/wire/capture"
	"ward/wire/session"
)

// devicesOf reads a real capture the whole way to devices.
func devicesOf(t *testing.T, path string) []*device.Device {
	t.Helper()
	in, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rules, err := New()
	if err != nil {
		t.Fatal(err)
	}
	r, v := rules.NewReader(), device.NewInventory(device.Options{Inputs: []string{filepath.Base(path)}, MAC: rules.MAC})
	var o device.Observation
	_, err = session.Run(context.Background(), in, session.Options{}, func(s *session.Session) {
		o.Reset()
		r.Read(s, &o)
		v.Session(s, &o)
	})
	if err != nil {
		t.Logf("%s: %v", path, err)
	}
	return v.Devices()
}

// TestNoPatientData reads captures with patients in them: no name and no number
// of a PID segment, and no DICOM or HL7 person name, comes out in a claim.
func TestNoPatientData(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "pcap", "recorded-third-party", "*.pcap"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no captures", err)
	}
	patients := 0
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		secrets := personal(string(raw))
		patients += len(secrets)
		for _, d := range devicesOf(t, path) {
			for _, c := range d.Claims {
				said := c.Name + " " + c.Value + " " + c.Source.Saw
				if strings.Contains(said, "^") {
					t.Errorf("%s: %s looks like a person's name: %s", filepath.Base(path), c.Field, said)
				}
				for _, s := range secrets {
					if strings.Contains(said, s) {
						t.Errorf("%s: %s has %q of a patient: %s", filepath.Base(path), c.Field, s, said)
					}
				}
			}
		}
	}
	if patients == 0 {
		t.Error("no patient in the captures: the test proves nothing")
	}
}

// personal takes ids and names (PID-3, PID-5, PID-19) out of the bytes.
func personal(raw string) []string {
	var out []string
	for _, part := range strings.Split(raw, "PID|")[1:] {
		part, _, _ = strings.Cut(part, "\r")
		fields := strings.Split(part, "|")
		for _, n := range []int{2, 4, 18} {
			if n >= len(fields) {
				break
			}
			for _, s := range strings.FieldsFunc(fields[n], func(r rune) bool { return r == '^' || r == '~' || r == '&' }) {
				if len(s) >= 4 {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// TestCaptures states what real captures must show, one line a device; devices
// that are not listed may be there too.
func TestCaptures(t *testing.T) {
	tests := []struct {
		path string
		want []string
	}{
		{"pcap/recorded-third-party/dicom-modality-worklist-store.pcap", []string{
			"mac:2e:a5:6d:aa:de:9a kind=worklist_broker ae=LABRIS tier=T2", "mac:ce:2c:6f:1f:09:16 kind=mr ae=MR01 tier=T3", "mac:f6:a6:fa:b7:59:f2 kind=ct ae=CT01 tier=T3"}},
		{"pcap/recorded-third-party/dicom-query-retrieve-viewer.pcap", []string{
			"mac:8e:63:b7:f6:58:d8 kind=pacs ae=LABPACS tier=T2", "mac:ba:d5:2d:64:18:c2 kind=viewer ae=VIEW1 tier=T3"}},
		{"pcap/iot-sentinel/WeMoLink/Setup-A-1-STA.pcap", []string{"mac:94:10:3e:cd:37:65 kind=iot ae= tier=T4"}},
		{"pcap/iot-sentinel/D-LinkCam/Setup-A-1-STA.pcap", []string{"mac:b0:c5:54:25:5b:0e kind=camera ae= tier=T4"}},
		{"pcap/iot-sentinel/HueBridge/Setup-A-1-STA.pcap", []string{"mac:00:17:88:24:76:ff kind=iot ae= tier=T4", "mac:00:b5:6d:06:08:ba kind=router ae= tier=T3"}},
	}
	dir := shareddata.Dir(t)
	for _, tt := range tests {
		var got []string
		for _, d := range devicesOf(t, filepath.Join(dir, tt.path)) {
			got = append(got, fmt.Sprintf("%s kind=%s ae=%s tier=%s", d.ID, d.Kind, strings.Join(d.AETitles, " "), d.Tier))
		}
		for _, w := range tt.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", tt.path, w, strings.Join(got, "\n"))
			}
		}
	}
}
