package fingerprint

import (
	"context"
	"os"
	"path/filepath"
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

// TestShow prints what WARD_SHOW names; it is for people.
func TestShow(t *testing.T) {
	paths, _ := filepath.Glob(os.Getenv("WARD_SHOW"))
	for _, p := range paths {
		t.Log("==", p)
		for _, d := range devicesOf(t, p) {
			t.Logf("%s %v host=%s maker=%s model=%s kind=%s %.2f tier=%s os=%s v=%s sn=%s ae=%v roles=%v vlans=%v", d.ID, d.Addresses, d.Hostname, d.Manufacturer,
				d.Model, d.Kind, d.KindSure, d.Tier, d.OS, d.Version, d.Serial, d.AETitles, d.Roles, d.VLANs)
			for _, s := range d.Software {
				t.Logf("    software %s %s", s.Name, s.Version)
			}
			for _, s := range d.Services {
				if s.Answers {
					t.Logf("    answers %s %s/%d x%d", s.Name, s.Transport, s.Port, s.Sessions)
				}
			}
			if len(d.Logins)+len(d.Warnings) > 0 {
				for _, c := range d.Claims {
 if c.Value == "router" { t.Logf("    %+v", c) }
}
t.Logf("    logins %+v warnings %s", d.Logins, strings.Join(d.Warnings, "; "))
			}
		}
	}
}

var _ = shareddata.Dir
