package sim

import (
	"encoding/csv"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTruthHasEveryKind(t *testing.T) {
	_, truth := capture(t, small(), PCAP)
	devices := map[string]Device{}
	for _, d := range truth.Devices {
		devices[d.Kind+"/"+d.Manufacturer] = d
	}
	for _, want := range []string{"infusion_pump/BD", "infusion_pump/Baxter", "pump_server/BD", "patient_monitor/Philips", "patient_monitor/GE Healthcare", "central_station/Philips",
		"central_station/GE Healthcare", "ct/Siemens Healthineers", "ultrasound/GE Healthcare", "pacs/Philips", "worklist_broker/", "viewer/Pixmeo", "lab_analyser/Sysmex", "blood_gas/Siemens Healthineers",
		"interface_engine/", "ventilator/Draeger", "building_controller/Siemens", "building_controller/APC", "camera/Axis", "printer/HP", "workstation/Dell", "telemetry/Spacelabs", "infrastructure/",
		"domain_controller/", "router/Cisco", "network_gear/Cisco"} {
		if _, ok := devices[want]; !ok {
			t.Errorf("no %s", want)
		}
	}
	for _, d := range truth.Devices {
		if !d.Internet && d.VLAN != farVLAN && len(d.Protocols) == 0 {
			t.Errorf("%s says nothing", d.Name)
		}
	}
	for _, service := range []string{"dicom", "hl7", "lis2a2", "poct1a", "intellivue", "carescape", "sdc", "bacnet", "modbus", "rtsp", "printing", "snmp", "syslog", "smb", "kerberos", "ldap", "rdp",
		"telnet", "ftp", "ssh", "tls", "http", "dns", "mdns", "llmnr", "nbns", "ntp", "dhcp", "arp", "icmp", "icmpv6", "lldp", "cdp", "vrrp", "refused"} {
		if truth.Sessions[service] == 0 {
			t.Errorf("no session of %s", service)
		}
	}
}

func TestScale(t *testing.T) {
	_, truth := capture(t, Config{Seed: 3, Devices: 1000, Duration: 20 * time.Second}, PCAP)
	if len(truth.Devices) < 1000 {
		t.Errorf("%d devices, asked for 1000", len(truth.Devices))
	}
	macs, ips := map[string]string{}, map[netip.Addr]string{}
	for _, d := range truth.Devices {
		if other, ok := macs[d.MAC]; ok && !d.Internet {
			t.Errorf("%s and %s have the MAC %s", d.Name, other, d.MAC)
		}
		macs[d.MAC] = d.Name
		for _, a := range d.Addresses {
			if other, ok := ips[a]; ok {
				t.Errorf("%s and %s have the address %s", d.Name, other, a)
			}
			ips[a] = d.Name
		}
	}
	if _, err := New(Config{Devices: MaxDevices + 1}); err == nil {
		t.Error("too many devices are not refused")
	}
	if _, err := New(Config{Duration: -1}); err == nil {
		t.Error("a negative duration is not refused")
	}
}

func TestPacketsAreCounted(t *testing.T) {
	_, truth := capture(t, Config{Seed: 3, Devices: 200, Packets: 50_000, Duration: 5 * time.Second}, PCAP)
	if truth.Frames != 50_000 {
		t.Errorf("%d frames, asked for 50000", truth.Frames)
	}
	if mean := truth.Bytes / truth.Frames; mean < 300 || mean > 900 {
		t.Errorf("mean frame of %d bytes", mean)
	}
}

func TestFeedsAndAssets(t *testing.T) {
	h, err := New(small())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := h.WriteFeeds(filepath.Join(dir, "feeds")); err != nil {
		t.Fatal(err)
	}
	count := 0
	err = filepath.WalkDir(filepath.Join(dir, "feeds"), func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		count++
		b, err := os.ReadFile(path)
		if err == nil && !json.Valid(b) {
			t.Errorf("%s is not JSON", path)
		}
		return err
	})
	if err != nil || count != len(advisories)+3 {
		t.Errorf("%d JSON files, %v", count, err)
	}
	if err := h.WriteAssets(filepath.Join(dir, "assets.csv")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "assets.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 15 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if c := h.conflicts(); len(c) != 1 || !slices.ContainsFunc(rows, func(r []string) bool { return strings.Contains(r[6], "WS-W7") && r[10] == c[0].Record }) {
		t.Errorf("conflict %+v is not in the export", c)
	}
}

// TestExpected holds the versions inside and outside of the advisories' ranges.
func TestExpected(t *testing.T) {
	for _, c := range []struct {
		key, version string
		want         int
	}{
		{"xtr", "1.0.2", 1}, {"spectrum", "20D29", 2}, {"spectrum", "16D38", 1}, {"alaris", "9.33", 2}, {"alaris", "12.3.1", 0}, {"mx800", "N.01.22", 0}, {"mx800", "M.03.12", 1},
		{"mx450", "P.01.04", 0}, {"b650", "2.0", 1}, {"b650", "3.1", 0}, {"pacs", "12.2.1.5", 3},
	} {
		p := row(c.key)
		d := &Host{row: p, Device: Device{Version: c.version, Software: p.software}}
		if got := expected(d); len(got) != c.want {
			t.Errorf("%s %s: %v, want %d", c.key, c.version, got, c.want)
		}
	}
}
