package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	realpg "ward/internal/postgres"
	"ward/vuln/risk"
)

func fill(t testing.TB, s *Store) {
	put(t, s, pump(1), pump(2), pump(300))
	assess(t, s, pump(1).ID, finding(pump(1).ID, "CVE-1", 80, risk.ActNow))
	must(t, s.SetSetting(t.Context(), "days", 30, anna))
	must(t, s.SetSecret(t.Context(), "smtp", []byte("hunter2"), anna))
	must(t, s.PutImport(t.Context(), Import{ID: "a", Name: "a.pcap"}))
	must(t, s.Finish(t.Context(), Import{ID: "a", Name: "a.pcap"}, Evidence{"a", "inventory", []byte{0, 1, 255}}))
	must(t, get2(s.AddComment(t.Context(), "device:"+string(pump(1).ID), "ä \" \n x", anna)))
}

// TestBackup restores each database into each.
func TestBackup(t *testing.T) {
	for _, from := range []string{"sqlite", "postgres"} {
		for _, to := range []string{"sqlite", "postgres"} {
			t.Run(from+" to "+to, func(t *testing.T) { roundTrip(t, from, to) })
		}
	}
}

func roundTrip(t *testing.T, from, to string) {
	s, c := openTest(t, from)
	fill(t, s)
	id := get(age.GenerateX25519Identity())(t)
	var b bytes.Buffer
	must(t, s.Backup(t.Context(), &b, []age.Recipient{id.Recipient()}, nil))
	o := Options{Path: filepath.Join(t.TempDir(), "ward.db"), Now: c.now, Key: []byte(strings.Repeat("k", 32))}
	if to == "postgres" {
		o.URL = realpg.New(t)
	}
	other := get(age.GenerateX25519Identity())(t)
	if err := Restore(t.Context(), bytes.NewReader(b.Bytes()), []age.Identity{other}, o); err == nil {
		t.Error("opened with another key")
	}
	if err := Restore(t.Context(), bytes.NewReader(b.Bytes()[:b.Len()-10]), []age.Identity{id}, o); err == nil {
		t.Error("half a backup was restored")
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(o.Path), "ward.db*"))
	if len(left) > 1 { // the lock
		t.Error("left over:", left)
	}
	must(t, Restore(t.Context(), bytes.NewReader(b.Bytes()), []age.Identity{id}, o))
	if err := Restore(t.Context(), bytes.NewReader(b.Bytes()), []age.Identity{id}, o); !errors.Is(err, ErrNotEmpty) {
		t.Error("a store with data was restored into:", err)
	}
	r := get(Open(t.Context(), o))(t)
	defer r.Close()
	if n, _, faults, err := r.VerifyAudit(t.Context()); n == 0 || len(faults) != 0 || err != nil {
		t.Error(n, faults, err)
	}
	if v := get(r.Secret(t.Context(), "smtp"))(t); string(v) != "hunter2" {
		t.Error(v)
	}
	a, b2 := get(s.Finding(t.Context(), pump(1).ID, "CVE-1"))(t), get(r.Finding(t.Context(), pump(1).ID, "CVE-1"))(t)
	if asJSON(a) != asJSON(b2) {
		t.Errorf("%+v\n%+v", a, b2)
	}
	if x, y := asJSON(get(s.Devices(t.Context(), DeviceFilter{}))(t)), asJSON(get(r.Devices(t.Context(), DeviceFilter{}))(t)); x != y {
		t.Errorf("%s\n%s", x, y)
	}
	put(t, r, pump(1), pump(2), pump(300), pump(301)) // numbers go on
	sumsHold(t, r)
}

func TestBackupDigest(t *testing.T) {
	s, _ := openTest(t, "sqlite")
	fill(t, s)
	path := filepath.Join(t.TempDir(), "x.db")
	in := func(text string) error {
		id := get(age.GenerateX25519Identity())(t)
		var b bytes.Buffer
		w := get(age.Encrypt(&b, id.Recipient()))(t)
		must(t, get2(w.Write(pack([]byte(text)))))
		must(t, w.Close())
		return Restore(t.Context(), &b, []age.Identity{id}, Options{Path: path})
	}
	head := `{"ward":"backup","format":1,"schema":1}` + "\n"
	for _, bad := range []string{"", "{}\n", head, head + "[1]\n", head + `{"table":"nope"}` + "\n", head + `{"table":"setting","columns":["x\""]}` + "\n",
		head + `{"end":true,"rows":0,"sha256":"00"}` + "\n", head + `{"table":"setting","columns":["name","value"]}` + "\n[1,{}]\n[[]]\n"} {
		if err := in(bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := in(`{"ward":"backup","format":1,"schema":9999}` + "\n"); !errors.Is(err, ErrNewer) {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a failed restore left a file")
	}
}

func TestUsageAndPrune(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			s, c := openTest(t, db)
			fill(t, s)
			assess(t, s, pump(1).ID) // closes
			bytes := int64(0)
			for _, u := range get(s.Usage(t.Context()))(t) {
				bytes += u.Bytes
				if u.Kind == "devices" && u.Rows < 6 {
					t.Errorf("%+v", u)
				}
			}
			if bytes == 0 {
				t.Error("no bytes")
			}
			must(t, s.SetRetention(t.Context(), Retention{Changes: 10, ClosedFindings: 10}, anna))
			if gone := get(s.Prune(t.Context()))(t); gone["changes"]+gone["closed_findings"] != 0 {
				t.Error(gone)
			}
			c.at = c.at.Add(11 * day)
			gone := get(s.Prune(t.Context()))(t)
			if gone["changes"] == 0 || gone["closed_findings"] != 1 || gone["texts"] == 0 {
				t.Error(gone)
			}
			if n, _, faults, _ := s.VerifyAudit(t.Context()); n == 0 || len(faults) != 0 {
				t.Error("the audit trail was pruned")
			}
		})
	}
}
