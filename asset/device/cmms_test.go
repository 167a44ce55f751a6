package device

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"ward/wire/session"
)

func utf16le(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestReadAssets(t *testing.T) {
	plain := "asset_id,manufacturer,model,ip\nB-1,Philips,MX800,10.0.0.5\n"
	want := Asset{Line: 2, File: "a.csv", Values: map[Field]string{FieldAssetID: "B-1", FieldManufacturer: "Philips", FieldModel: "MX800"}}
	want.Addrs = append(want.Addrs, netip.MustParseAddr("10.0.0.5"))
	tests := []struct{ name, text string }{
		{"plain", plain},
		{"mark of UTF-8", "\ufeff" + plain},
		{"UTF-16", utf16le(plain)},
		{"semicolons", strings.ReplaceAll(plain, ",", ";")},
		{"tabs", strings.ReplaceAll(plain, ",", "\t")},
		{"line ends of Windows", strings.ReplaceAll(plain, "\n", "\r\n")},
		{"line ends of old Macs", strings.ReplaceAll(plain, "\n", "\r")},
		{"quotes", "\"Asset Tag\",\"Mfr\",\"Model\",\"IP Address\"\n\"B-1\",\"Philips\",\"MX800\",\"10.0.0.5\""},
		{"synonyms", "Equipment #,Make,MODEL,IPv4 address\nB-1, Philips ,MX800,10.0.0.5/24"},
		{"no new line at the end", strings.TrimSpace(plain)},
		{"empty lines", strings.Replace(plain, "\n", "\n\n", 1)},
	}
	for _, tt := range tests {
		got, notes, err := ReadAssets(strings.NewReader(tt.text), "a.csv")
		if err != nil || len(notes) > 0 || len(got) != 1 {
			t.Errorf("%s: %v %v %v", tt.name, got, notes, err)
			continue
		}
		got[0].Line = 2
		if diff := cmp.Diff(want, got[0], cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestReadAssetsFaults(t *testing.T) {
	text := "asset_id,mac,ip,Budget code,Operating System\n" +
		"1,zz,10.0.0.1,77,Windows 7\n" +
		"2,00:09:FB:01:02:03,10.0.0.999,,\n" +
		"3,\"open,10.0.0.3,x\n" +
		"4,,10.0.0.4,a,b,c,d\n" +
		",,,,\n" +
		"5,,\"10.0.0.5, 10.0.0.6\",\"say \"\"x\"\"\",M\xfcnchen\n"
	got, notes, err := ReadAssets(strings.NewReader(text), "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, n := range notes {
		said = append(said, n.String())
	}
	want := []string{`line 2: "zz" is no MAC address`, `line 3: "10.0.0.999" is no IP address`, "line 4: a quotation mark is not closed",
		`line 4: "\"open" is no MAC address`, "line 5: 7 cells, the header has 5: the rest is left out"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	if len(got) != 5 || got[0].Values[FieldOS] != "Windows 7" || got[0].Extra["Budget code"] != "77" ||
		len(got[4].Addrs) != 2 || got[4].Extra["Budget code"] != `say "x"` || got[4].Values[FieldOS] != "München" {
		t.Errorf("%+v", got)
	}
	if _, _, err := ReadAssets(strings.NewReader("a b c\n1 2 3"), "x"); err == nil {
		t.Error("a file without known columns was taken")
	}
	if _, _, err := ReadAssets(strings.NewReader(""), "x"); err == nil {
		t.Error("an empty file was taken")
	}
}

func FuzzReadAssets(f *testing.F) {
	f.Add([]byte("asset_id,ip\n1,10.0.0.1\n"))
	f.Add([]byte("sep=;\nserial;\"model\n"))
	f.Add([]byte(utf16le("mac\tmodel\n00:11:22:33:44:55\tx\"\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, _, err := ReadAssets(strings.NewReader(string(b)), "f")
		if err == nil {
			v := NewInventory(Options{})
			v.Join(a)
			v.Devices()
		}
	})
}

func TestRecordsAlone(t *testing.T) {
	assets, notes, err := ReadAssets(strings.NewReader("Equipment #,Mfr,Model No,Model,SW version,Device type,Criticality\n"+
		"7,Philips,866062,IntelliVue MX800,L.01,Thingamajig,high\n"), "c.csv")
	if err != nil || len(notes) != 1 {
		t.Fatal(err, notes)
	}
	v := NewInventory(Options{Model: func(s string) []Claim {
		return []Claim{{Field: FieldKind, Value: "patient_monitor", Confidence: Strong, Source: Source{Rule: "model", Saw: s}}}
	}})
	v.Join(assets)
	d := v.Devices()[0]
	if d.ID != "asset:7" || d.Kind != "patient_monitor" || d.Tier != T1 || d.ModelNumber != "866062" || d.Version != "L.01" ||
		d.OnWire || d.Extra["Device type"] != "Thingamajig" {
		t.Errorf("%+v", d)
	}
}

func TestJoin(t *testing.T) {
	v := NewInventory(Options{})
	for i, addr := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"} {
		s := arp(i, byte(i+1), addr)
		at := Subject{MAC: mac(byte(i + 1))}
		c := []Claim{claim(FieldSerial, "SN-0001", "x", Strong), claim(FieldHostname, "ct01.example.org", "x", Strong),
			claim(FieldHostname, "twin", "x", Strong), claim(FieldHostname, "twin", "x", Strong)}[i]
		s.o.Claims = []Statement{{at, c}}
		if i == 1 {
			s.o.Claims = append(s.o.Claims, Statement{at, claim(FieldOS, "Windows 7", "smb", Strong)})
		}
		v.Session(s.s, &s.o)
	}
	assets, notes, err := ReadAssets(strings.NewReader("asset_id,serial,hostname,ip,os,kind,tier,location,colour\n"+
		"A,sn0001,,10.0.0.2,,,,,\n"+ // serial beats address
		"B,,CT01,,Windows 10,CT scanner,,ICU,red\n"+
		"C,,twin,,,,,,\n"+ // two devices: not joined
		"D,,,10.0.0.4,,printer,T4,,\n"+
		"E,zz99,,,,infusion pump,,,\n"), "cmms.csv")
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	v.Join(assets)
	var got []string
	for _, d := range v.Devices() {
		got = append(got, strings.Join([]string{string(d.ID), d.AssetID, d.Kind, string(d.Tier), strings.Join(d.Warnings, "; ")}, "|"))
	}
	want := []string{
		"asset:C|C|||host name twin of the record fits 2 devices on the wire: not joined",
		"asset:E|E|infusion_pump|T0|",
		"mac:00:09:fb:01:02:01|A|||CMMS says address 10.0.0.2, the wire says 10.0.0.1 (cmms.csv line 2)",
		"mac:00:09:fb:01:02:02|B|ct|T2|CMMS says Windows 10, the wire says Windows 7 (cmms.csv line 3; smb, frame 1)",
		"mac:00:09:fb:01:02:03||||",
		"mac:00:09:fb:01:02:04|D|printer|T4|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A device that only calls itself like a recorded one does not get its record
// while the record's address is in use by another device.
func TestNameIsNotStolen(t *testing.T) {
	real, thief := netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("10.0.0.66")
	at := time.Unix(1_700_000_000, 0)
	v := NewInventory(Options{})
	for _, a := range []netip.Addr{real, thief} {
		s := &session.Session{Transport: session.UDP, Start: at, Last: at, Orig: session.Endpoint{Addr: a, Packets: 1}, Resp: session.Endpoint{Addr: netip.MustParseAddr("10.0.0.1"), Packets: 1}}
		o := &Observation{}
		if a == thief {
			o.Claims = []Statement{{Subject: Subject{Addr: thief}, Claim: Claim{Field: FieldHostname, Value: "csgw01", Confidence: Medium, Source: Source{Rule: "dhcp"}}}}
		}
		v.Session(s, o)
	}
	v.Join([]Asset{{Line: 2, File: "cmms.csv", Addrs: []netip.Addr{real}, Values: map[Field]string{FieldAssetID: "B-1039", FieldHostname: "csgw01"}}})
	for _, d := range v.Devices() {
		if holds := slices.Contains(d.Addresses, real); (d.AssetID == "B-1039") != holds {
			t.Errorf("%s with addresses %v has the asset id %q", d.ID, d.Addresses, d.AssetID)
		}
	}
}
