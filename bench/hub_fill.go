package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"ward/config"
	"ward/people"
	"ward/store"
	"ward/wire/packet"
	"ward/wire/session"
)

const (
	hubModels  = 500             // of devices: groups of make and model
	hubPeers   = 20              // rolled-up rows of a device in an hour
	sharedFlaw = "CVE-2031-0001" // in a library that two of five models use
)

var hubMakers = []string{"Philips", "Siemens Healthineers", "GE Healthcare", "Baxter", "Becton Dickinson"}

// fill makes the data folder of a hub: feeds, a maintenance export, persons who
// are signed in, and traffic.
func (r *hubRun) fill() error {
	feeds := filepath.Join(r.dir, "feeds")
	if err := os.MkdirAll(feeds, 0o700); err != nil {
		return err
	}
	var err error
	if r.ward, err = buildWard(r.options); err != nil {
		return err
	}
	for m := range hubModels {
		if err := writeAdvisory(feeds, m, r.findings); err != nil {
			return err
		}
	}
	if err := writeKEV(feeds, "CVE-1999-0001"); err != nil {
		return err
	}
	if err := r.writeAssets(); err != nil {
		return err
	}
	key, err := config.Key(r.dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Path: filepath.Join(r.dir, config.StoreFile), Key: key})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := r.signIn(ctx, s); err != nil {
		return err
	}
	return r.fillTraffic(ctx, s)
}

// signIn makes the users, each with a session of a browser.
func (r *hubRun) signIn(ctx context.Context, s *store.Store) error {
	now := time.Now()
	for i := range max(1, r.users) {
		p, err := s.AddPerson(ctx, people.Person{Name: fmt.Sprintf("User %d", i), Email: fmt.Sprintf("user%d@example.org", i), Roles: people.Roles})
		if err != nil {
			return err
		}
		secret, _, err := s.StartLogin(ctx, store.Login{Person: p.ID, Method: "password", Address: "127.0.0.1", Agent: "bench"}, now)
		if err != nil {
			return err
		}
		r.people = append(r.people, secret)
	}
	return nil
}

func hubMAC(i int) packet.MAC { return packet.MAC{0, 9, 0xfb, byte(i >> 16), byte(i >> 8), byte(i)} }
func hubAddr(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}
func hubModel(m int) string       { return fmt.Sprintf("Vitalon %d", 1000+m) }
func hubFlaw(model, n int) string { return fmt.Sprintf("CVE-2031-%05d", 10000+model*100+n) }

func (r *hubRun) writeAssets() error {
	f, err := os.Create(filepath.Join(r.dir, "assets.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "asset_id,manufacturer,model,software_version,serial,mac,ip,hostname,department,location,kind")
	for i := range r.devices {
		m := i % hubModels
		fmt.Fprintf(w, "B-%06d,%s,%s,2.%d,SN%06d,%s,%s,mon-%05d,Department %d,Ward %d,patient_monitor\n", i, hubMakers[m%len(hubMakers)], hubModel(m), i%3, i,
			hubMAC(i), hubAddr(i), i, i%12, i%300)
	}
	return w.Flush()
}

// fillTraffic records sessions that roll up to the wanted number of rows.
func (r *hubRun) fillTraffic(ctx context.Context, s *store.Store) error {
	rec, err := s.Record(ctx, "bench")
	if err != nil {
		return err
	}
	defer rec.Discard()
	hours := max(1, r.rollups/(r.devices*hubPeers))
	start := time.Now().Add(-time.Duration(hours) * time.Hour).Truncate(time.Hour)
	rows := 0
	for hour := range hours {
		at := start.Add(time.Duration(hour) * time.Hour)
		for i := range r.devices {
			for p := 0; p < hubPeers && rows < r.rollups; p++ {
				v := trafficServices[p%len(trafficServices)]
				to := (i*7 + p*131) % (r.devices + 60)
				x := session.Session{Transport: session.TCP, State: session.SF, Service: v.name, Start: at.Add(time.Duration(i%3600) * time.Second)}
				x.Orig = session.Endpoint{MAC: hubMAC(i), Addr: hubAddr(i), Port: 40000, Bytes: uint64(1000 + i%999), Packets: 9}
				x.Resp = session.Endpoint{MAC: hubMAC(to), Addr: hubAddr(to), Port: v.port, Bytes: uint64(5000 + p), Packets: 11}
				x.Last = x.Start.Add(time.Second)
				if err := rec.Session(&x); err != nil {
					return err
				}
				rows++
			}
		}
	}
	return rec.Commit(ctx)
}

func writeJSON(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

type object = map[string]any

// writeAdvisory writes the CSAF document of one model.
func writeAdvisory(dir string, m, flaws int) error {
	var list []any
	for n := range flaws {
		id := hubFlaw(m, n)
		if n == 0 && m%5 < 2 {
			id = sharedFlaw
		}
		list = append(list, object{"cve": id, "cwe": object{"id": "CWE-306", "name": "Missing Authentication"},
			"notes":          []any{object{"category": "summary", "text": fmt.Sprintf("Flaw %d of the web server lets an attacker change settings of the device.", n)}},
			"product_status": object{"known_affected": []any{"P1"}},
			"scores":         []any{object{"products": []any{"P1"}, "cvss_v3": object{"version": "3.1", "baseScore": 8.1, "baseSeverity": "HIGH", "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"}}},
			"remediations":   []any{object{"category": "vendor_fix", "details": fmt.Sprintf("Update to version %d.2 or later.", 3+n%4), "product_ids": []any{"P1"}}}})
	}
	stamp := "2026-01-05T00:00:00Z"
	product := object{"name": hubModel(m) + " <3.0", "product_id": "P1"}
	return writeJSON(filepath.Join(dir, fmt.Sprintf("ex-%04d.json", m)), object{
		"document": object{"category": "csaf_security_advisory", "csaf_version": "2.0", "title": hubModel(m), "publisher": object{"category": "vendor", "name": "Example", "namespace": "https://example.org"},
			"tracking": object{"id": fmt.Sprintf("EX-%04d", m), "initial_release_date": stamp, "current_release_date": stamp, "status": "final", "version": "1",
				"revision_history": []any{object{"date": stamp, "number": "1", "summary": "first"}}}},
		"product_tree": object{"branches": []any{object{"category": "vendor", "name": hubMakers[m%len(hubMakers)], "branches": []any{object{"category": "product_name", "name": hubModel(m),
			"branches": []any{object{"category": "product_version_range", "name": "<3.0", "product": product}}}}}}},
		"vulnerabilities": list,
	})
}

func writeKEV(dir string, ids ...string) error {
	var list []any
	for _, id := range ids {
		list = append(list, object{"cveID": id, "dateAdded": "2026-01-02", "dueDate": "2026-02-02", "knownRansomwareCampaignUse": "Unknown"})
	}
	return writeJSON(filepath.Join(dir, "kev.json"), object{"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.20",
		"dateReleased": "2026-11-20T00:00:00.000Z", "count": len(list), "vulnerabilities": list})
}
