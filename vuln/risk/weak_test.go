package risk

import (
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// What was seen on the wire decides a precondition and names its frame.
func TestWeaknessesOnTheWire(t *testing.T) {
	w := DefaultWeights()
	weak := device.Service{Name: "rdp", Transport: "tcp", Port: 3389, Answers: true, Weak: []string{"no network level authentication"}, Input: "a.pcap", Frame: 9}
	rows := []struct {
		name   string
		d      device.Device
		judge  func(*subject) (Precondition, Reason)
		value  float64
		text   string
		absent bool
	}{
		{"weak setting", device.Device{Services: []device.Service{weak}}, (*subject).configuration, 1, "no network level authentication seen on rdp", false},
		{"no setting seen", device.Device{}, (*subject).configuration, w.Unknown, "not known whether it is on", true},
		{"default login", device.Device{Logins: []device.Login{{Service: "ftp", Default: true, Frame: 3, Input: "a.pcap"}}}, (*subject).credentials, 1, "factory default login", false},
		{"no password", device.Device{Logins: []device.Login{{Service: "vnc", None: true, Default: true}}}, (*subject).credentials, 1, "without a password", false},
		{"nothing seen", device.Device{}, (*subject).credentials, w.Unknown, "not known", true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := subject{w: w, d: &row.d, v: &advisory.Vulnerability{}, reading: newReading(&advisory.Vulnerability{Description: "Remote desktop, when configured so",
				Scores: []advisory.Score{{Vector: "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"}}})}
			p, r := row.judge(&s)
			if p.Value != row.value || p.Unknown != row.absent || !strings.Contains(r.Text, row.text) {
				t.Errorf("%+v %q, want %v unknown %v with %q", p, r.Text, row.value, row.absent, row.text)
			}
		})
	}
}
