package fingerprint

import (
	"context"
	"fmt"
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
