package device

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/wire/session"
)

// someday is a day on a small network: hosts, a router, a scan, names, logins.
func someday(n int) []seen {
	var all []seen
	for i := range n {
		m := byte(rand.IntN(9) + 1)
		s := udp(i, []string{"dns", "hl7", "dicom", ""}[rand.IntN(4)], end(m, "10.0.0."+string('0'+m), 5000, 64),
			end(9, "10.0."+string('0'+byte(rand.IntN(4)))+".9", uint16(50+rand.IntN(3)), 63))
		s.Input, s.VLAN = rand.IntN(2), uint16(rand.IntN(100))
		if rand.IntN(2) == 0 {
			s.Transport, s.State = session.TCP, "SF"
		}
		all = append(all, seen{s, Observation{
			Claims: []Statement{{Of(&s.Orig), claim(FieldModel, []string{"A", "B"}[rand.IntN(2)], "r", 0.5)},
				{Of(&s.Resp), claim(FieldSerial, "SN-1000"+string('0'+m), "s", 0.8)}},
			Logins:   []PartyLogin{{Of(&s.Resp), Login{Service: []string{"telnet", "ftp"}[rand.IntN(2)], Cleartext: true, Frame: s.Frame}}},
			Bindings: []Binding{{mac(m), s.Orig.Addr, BindDHCP, s.Start}},
		}})
	}
	return all
}

var twoFiles = Options{Inputs: []string{"b.pcap", "a.pcap"}}

func folded(list []seen) *Inventory {
	v := NewInventory(twoFiles)
	for i := range list {
		v.Session(list[i].s, &list[i].o)
	}
	return v
}

func saved(t testing.TB, v *Inventory) []byte {
	var b bytes.Buffer
	if err := v.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func document(t testing.TB, v *Inventory) string {
	b, err := json.MarshalIndent(v.Devices(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestMergeIsTheFold splits a day into parts, saves and loads each, and merges
// them in any order.
func TestMergeIsTheFold(t *testing.T) {
	for range 50 {
		all := someday(rand.IntN(80) + 1)
		rows := []Asset{{Line: 2, File: "a.csv", Values: map[Field]string{FieldAssetID: "B-1", FieldSerial: "SN-10001"}, Extra: map[string]string{"x": "y"}},
			{Line: 3, File: "a.csv", Values: map[Field]string{FieldAssetID: "B-2"}, MAC: mac(200), Addrs: []netip.Addr{netip.MustParseAddr("fe80::1%eth0")}}}
		whole := folded(all)
		whole.Join(rows)
		want := document(t, whole)
		parts := make([][]seen, rand.IntN(4)+1)
		for _, i := range rand.Perm(len(all)) {
			n := rand.IntN(len(parts))
			parts[n] = append(parts[n], all[i])
		}
		merged := NewInventory(Options{})
		for _, n := range rand.Perm(len(parts)) {
			part := folded(parts[n])
			if n == 0 {
				part.Join(rows)
			}
			back, err := Load(bytes.NewReader(saved(t, part)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			merged.Merge(back)
		}
		if diff := cmp.Diff(want, document(t, merged)); diff != "" {
			t.Fatal(diff)
		}
		if !bytes.Equal(saved(t, whole), saved(t, merged)) {
			t.Fatal("equal inventories are saved in different bytes")
		}
	}
}

func TestDamagedIsRefused(t *testing.T) {
	good := saved(t, folded(someday(20)))
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << rand.IntN(8)
		if _, err := Load(bytes.NewReader(bad), Options{}); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d of %d changed: %v", i, len(good), err)
		}
		if _, err := Load(bytes.NewReader(good[:i]), Options{}); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d of %d: %v", i, len(good), err)
		}
	}
	if _, err := Load(bytes.NewReader(append(bytes.Clone(good), 0)), Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("one byte more: %v", err)
	}
}

// sealed puts the frame of a saved inventory around what stands in it.
func sealed(body []byte) []byte {
	b := append([]byte(savedMagic), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func FuzzLoad(f *testing.F) {
	good := saved(f, folded(someday(5)))
	f.Add(good[len(savedMagic) : len(good)-4])
	f.Add([]byte{0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := Load(bytes.NewReader(sealed(body)), Options{})
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		v.Devices()
		w := NewInventory(Options{})
		w.Merge(v)
		once := saved(t, w)
		again, err := Load(bytes.NewReader(once), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once, saved(t, again)) {
			t.Fatal("saved, loaded and saved: not the same bytes")
		}
	})
}

func TestLabelWinsAndFollows(t *testing.T) {
	at := t0.Add(time.Hour)
	addr := netip.MustParseAddr("10.0.0.1")
	late := t0.Add(48 * time.Hour)
	c := claim(FieldModel, "from the wire", "r", 0.8)
	c.Seen = late // newer than the label
	s := udp(0, "hl7", end(0, "10.0.0.1", 5000, 64), end(2, "10.0.0.2", 2575, 64))
	v := NewInventory(Options{})
	v.Session(s, &Observation{Claims: []Statement{{Of(&s.Orig), c}}})
	v.Join([]Asset{{Line: 2, File: "a.csv", Values: map[Field]string{FieldAssetID: "B-1", FieldModel: "from the wire"}, Addrs: []netip.Addr{addr}}})
	v.Label(Label{Device: "ip:10.0.0.1", Field: FieldModel, Value: "old label", At: at, Who: "Ada"})
	v.Label(Label{Device: "ip:10.0.0.1", Field: FieldModel, Value: "the label", At: at.Add(time.Minute), Who: "Ada", Reason: "read the plate"})
	v.Label(Label{Device: "ip:10.0.0.1", Field: FieldKind, Value: "workstation", At: at})
	v.Label(Label{Device: "asset:B-1", Field: FieldLocation, Value: "Room 3", At: at})
	v.Label(Label{Device: "asset:B-1", Field: FieldTier, Value: "T9", At: at}) // not valid
	check := func(id ID) {
		t.Helper()
		for _, d := range v.Devices() {
			if d.ID == id {
				if d.Model != "the label" || d.Location != "Room 3" || d.Kind != "workstation" {
					t.Errorf("%s: model %q, location %q, kind %q, claims %+v", id, d.Model, d.Location, d.Kind, d.Claims)
				}
				return
			}
		}
		t.Errorf("no device %s", id)
	}
	check("ip:10.0.0.1")
	a := arp(3, 1, "10.0.0.1") // now its MAC is known
	v.Session(a.s, &a.o)
	check("mac:00:09:fb:01:02:01")
}
