// Package seed fills a store with a made-up hospital of any size, for tests of
// pages and load. The same number gives the same hospital. No person in it
// exists, no text comes from a publisher.
package seed

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"time"

	"ward/asset/device"
	"ward/store"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
	"ward/wire/packet"
)

// Now is a time shortly after the hospital was watched.
var Now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// model is a kind of device as it occurs, with what is wrong with it.
type model struct {
	kind, maker, name, version, place, department string
	service                                       string
	port                                          uint16
	flaws                                         []flaw
}

// flaw is a made-up vulnerability with its factors here.
type flaw struct {
	id, advisory, title string
	r, l, k             float64
	band                risk.Band
}

// models is the mix of the hospital.
var models = []model{
	{"infusion_pump", "Example Infusion", "IP-200", "2.1.0", "ICU 2, bed %d", "Intensive care", "http", 80, []flaw{{"CVE-2026-90001", "EX-2026-001", "web service without login", .93, .72, .95, risk.ActNow}}},
	{"patient_monitor", "Example Monitoring", "PM 7", "4.0", "Ward 3B, bed %d", "Cardiology", "hl7", 2575, []flaw{{"CVE-2026-90002", "EX-2026-002", "a packet restarts it", .7, .6, .85, risk.NextWindow}}},
	{"ct", "Example Imaging", "CT One", "VB20", "Radiology %d", "Radiology", "dicom", 104, []flaw{{"CVE-2026-90003", "EX-2026-003", "outdated operating system", .9, .45, .6, risk.NextWindow}, {"CVE-2026-90004", "EX-2026-003", "remote desktop flaw", .8, .3, .6, risk.Schedule}}},
	{"workstation", "Example PC", "Desk 5", "11", "Office %d", "Administration", "smb", 445, nil},
	{"printer", "Example Print", "LJ 400", "1.9", "Corridor %d", "Administration", "ipp", 631, []flaw{{"CVE-2026-90005", "EX-2026-005", "default password", .4, .5, .3, risk.Track}}},
	{"ultrasound", "Example Imaging", "US Go", "3.2", "Ward 1A, room %d", "Obstetrics", "dicom", 104, []flaw{{"CVE-2026-90004", "EX-2026-003", "remote desktop flaw", .8, .35, .5, risk.Schedule}}},
	{"", "", "", "", "", "", "mdns", 5353, nil},
	{"pacs", "Example Archive", "Store", "8.4", "Data centre %d", "IT", "dicom", 11112, []flaw{{"CVE-2026-90006", "EX-2026-006", "path traversal", .75, .5, .7, risk.NextWindow}}},
}

// Device makes the i-th device.
func Device(i int) *device.Device {
	m := &models[i%len(models)]
	mac := packet.MAC{2, 0x10, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}
	addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	d := &device.Device{ID: device.ID("mac:" + mac.String()), MAC: mac, Addresses: []netip.Addr{addr}, Kind: m.kind, Manufacturer: m.maker,
		Model: m.name, Version: m.version, Department: m.department, First: Now.Add(-90 * 24 * time.Hour), Last: Now.Add(-time.Duration(i%200) * time.Minute),
		OnWire: true, Software: []device.Software{}}
	claim := func(f device.Field, value, rule, saw string, sure float64) {
		d.Claims = append(d.Claims, device.Claim{Field: f, Value: value, Confidence: sure, Seen: d.First, Source: device.Source{Rule: rule, Input: "tap1.pcap", Frame: uint64(i + 1), Saw: saw}})
	}
	if m.kind != "" {
		d.Hostname = fmt.Sprintf("%s-%04d", m.kind, i)
		d.AssetID, d.Serial = fmt.Sprintf("B-%05d", i), fmt.Sprintf("SN%07d", i*7)
		d.Location = fmt.Sprintf(m.place, i/len(models)%40+1)
		d.Tier = device.TierFor(m.kind, d.Location, m.department)
		claim(device.FieldKind, m.kind, "model", "the maker's model list", device.Strong)
		claim(device.FieldManufacturer, m.maker, "oui", "MAC block of the maker", device.Medium)
		claim(device.FieldModel, m.name, "banner", "the service's banner", device.Strong)
		claim(device.FieldHostname, d.Hostname, "dhcp", "DHCP option 12", device.Medium)
	}
	d.Services = []device.Service{{Name: m.service, Transport: "tcp", Port: m.port, Answers: true, Cleartext: m.service == "http" || m.service == "hl7", Sessions: i%90 + 1, First: d.First, Last: d.Last}}
	for p := 1; p <= i%6; p++ {
		peer := Peer(i, p)
		d.Peers = append(d.Peers, device.Peer{Device: peer.ID, Addr: peer.Addr, Service: m.service, Port: m.port, Inbound: p%2 == 0, Sessions: p * 3, Bytes: uint64(p*p) * 48_000})
	}
	if i%9 == 4 {
		d.Peers = append(d.Peers, device.Peer{Addr: netip.MustParseAddr("93.184.216.34"), Service: "https", Port: 443, Internet: true, Sessions: 4, Bytes: 1_200_000})
	}
	return d
}

// party names a peer without making all of it.
type party struct {
	ID   device.ID
	Addr netip.Addr
}

// Peer is the p-th peer of the i-th device: a device with a smaller number.
func Peer(i, p int) party {
	n := (i * 7 / (p + 1)) % (i + 1)
	mac := packet.MAC{2, 0x10, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return party{device.ID("mac:" + mac.String()), netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})}
}

// Findings makes the findings of the i-th device.
func Findings(i int) []store.Finding {
	var out []store.Finding
	id := Device(i).ID
	for _, f := range models[i%len(models)].flaws {
		score := 100 * math.Cbrt(f.r*f.l*f.k)
		out = append(out, store.Finding{
			Finding: exposure.Finding{Device: id, Vulnerability: f.id, Advisory: f.advisory, Status: exposure.Affected, Match: exposure.Confirmed, Product: models[i%len(models)].name,
				Evidence: []exposure.Evidence{{Rule: "version.range", Text: "version is in the affected range", File: "feeds/" + f.advisory + ".json", Place: "/vulnerabilities/0"}}},
			Assessment: risk.Assessment{Device: id, Vulnerability: f.id, Advisory: f.advisory, R: f.r, L: f.l, K: f.k, Score: score, Low: max(1, score-22), High: min(100, score+9),
				Band: f.band, BandLow: risk.Schedule, BandHigh: risk.ActNow, FindOut: "Is the service reachable from outside of its ward?",
				Why: []risk.Reason{{Factor: "R.effect", Value: f.r, Text: f.title}, {Factor: "L.reach", Value: f.l, Text: "seen from 3 other zones"},
					{Factor: "L.configuration", Value: .5, Text: "whether the service can be switched off", Unknown: true}, {Factor: "K.acuity", Value: f.k, Text: "where it stands"}},
				Sentence: fmt.Sprintf("%.0f = R %.2f x L %.2f x K %.2f", score, f.r, f.l, f.k)},
		})
	}
	return out
}

// batch is how many devices are assessed in one transaction.
const batch = 500

// Fill makes a hospital of n devices with findings and a worklist.
func Fill(ctx context.Context, s *store.Store, n int) error {
	_, err := s.PutDevices(ctx, "import tap1.pcap", func(put func(*device.Device) error) error {
		for i := range n {
			if err := put(Device(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for from := 0; from < n; from += batch {
		var part []store.Assessed
		for i := from; i < min(n, from+batch); i++ {
			part = append(part, store.Assessed{Device: Device(i).ID, Findings: Findings(i)})
		}
		if _, err := s.PutAssessed(ctx, "import tap1.pcap", part); err != nil {
			return err
		}
	}
	for revision := 1; revision <= 2; revision++ {
		if _, _, err := s.PutAdvisories(ctx, "update of csaf", Advisories(revision)); err != nil {
			return err
		}
	}
	if err := fillTraffic(ctx, s, n); err != nil {
		return err
	}
	keys, plan := Plan(n)
	return s.PutPlan(ctx, "import tap1.pcap", keys, plan)
}

// Plan makes the worklist: one action for each flaw.
func Plan(n int) (keys []string, plan []remedy.Action) {
	at := map[string]int{}
	kinds := []remedy.Kind{remedy.DisableService, remedy.Patch, remedy.NetworkControl, remedy.FindOut, remedy.Credentials, remedy.Configuration}
	for i := range n {
		for _, f := range Findings(i) {
			k, ok := at[f.Vulnerability]
			if !ok {
				k = len(plan)
				at[f.Vulnerability] = k
				m, kind := models[i%len(models)], kinds[k%len(kinds)]
				keys = append(keys, "key-"+f.Vulnerability)
				plan = append(plan, remedy.Action{Rank: k + 1, Action: fmt.Sprintf("%s on the %s %s: %s", kind.Words(), m.maker, m.name, f.Assessment.Why[0].Text),
					Kind: kind, Band: f.Assessment.Band, Cost: kind.Cost(), Why: []string{"It answers to 3 other zones, and the flaw is used by attackers.", "It costs less than an update."},
					Steps:  []remedy.Step{{Kind: kind, Text: "Switch the service off in the service menu.", Source: remedy.Source{ID: f.Advisory, Original: "Users should disable the service where it is not needed."}}},
					Verify: "the service does not answer any more", Vulnerabilities: []string{f.Vulnerability}})
			}
			a := &plan[k]
			a.Devices = append(a.Devices, f.Device)
			a.Findings++
			a.Hours = .5 + .1*float64(len(a.Devices))
			if len(a.Effects) < remedy.MaxEffects {
				a.Effects = append(a.Effects, remedy.Effect{Device: f.Device, Vulnerability: f.Vulnerability, Advisory: f.Advisory, Before: f.Assessment.Score, After: f.Assessment.Score / 3})
			}
		}
	}
	return keys, plan
}
