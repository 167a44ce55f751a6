package cpeindex

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ward/spec/cpe"
	"ward/vuln/advisory"
)

func TestCompare(t *testing.T) {
	rising := []string{"", "0.0.1", "0.9", "1.0-alpha", "1.0beta", "1.0.0rc1", "1.0-rc2", "v1.0", "1.0a", "1.0 SP1", "1.0.0.1", "1.0.1", "1.1", "1.02.1",
		"1.9", "1.10", "2.0.5", "7.4.0.1570", "10.0.19041", "2018-1", "2021-1", "20210101120000", "340282366920938463463374607431768211457"}
	for i, a := range rising {
		for j, b := range rising {
			if got := Compare(a, b); sign(got) != sign(i-j) {
				t.Errorf("Compare(%q, %q) = %d", a, b, got)
			}
		}
	}
	for _, pair := range [][2]string{{"1.0", "1.0.0"}, {"1.0", "V1"}, {"1.0A", "1.0.a"}, {"01.002", "1.2"}, {"0.0", ""}, {"1_0_3", "1.0.3"}} {
		if Compare(pair[0], pair[1]) != 0 || Compare(pair[1], pair[0]) != 0 {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func FuzzCompare(f *testing.F) {
	f.Add("1.0.0rc1", "1.0", "v1.0.0.1")
	f.Add("0.0.5", "0.0a", "0")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		ab, bc, ac := sign(Compare(a, b)), sign(Compare(b, c)), sign(Compare(a, c))
		if ab != -sign(Compare(b, a)) || Compare(a, a) != 0 {
			t.Fatalf("not symmetric: %q %q", a, b)
		}
		if x, y := key(a), key(b); x < y && ab >= 0 || x > y && ab <= 0 {
			t.Fatalf("key and Compare differ: %q %x, %q %x: %d", a, x, b, y, ab)
		}
		if ab <= 0 && bc <= 0 && ac > 0 || ab == 0 && bc == 0 && ac != 0 {
			t.Fatalf("not transitive: %q %q %q", a, b, c)
		}
	})
}

// match and and write the rows below.
func match(vulnerable bool, name string, limits ...string) advisory.CPEMatch {
	m := advisory.CPEMatch{CPE: name, Vulnerable: vulnerable}
	for i := 0; i+1 < len(limits); i += 2 {
		switch limits[i] {
		case ">=":
			m.StartIncluding = limits[i+1]
		case ">":
			m.StartExcluding = limits[i+1]
		case "<=":
			m.EndIncluding = limits[i+1]
		case "<":
			m.EndExcluding = limits[i+1]
		}
	}
	return m
}

func or(m ...advisory.CPEMatch) advisory.Node  { return advisory.Node{Matches: m} }
func not(m ...advisory.CPEMatch) advisory.Node { return advisory.Node{Negate: true, Matches: m} }
func and(n ...advisory.Node) advisory.Configuration {
	return advisory.Configuration{Nodes: n}
}

func TestMatch(t *testing.T) {
	firmware := and(or(match(true, "cpe:2.3:o:v:fw:*", "<", "2.0")), or(match(false, "cpe:2.3:h:v:box:-")))
	tests := []struct {
		name   string
		config advisory.Configuration
		device []string
		want   How
	}{
		{"below the end", and(or(match(true, "cpe:2.3:a:v:p", "<", "2"))), []string{"cpe:2.3:a:v:p:1.9"}, Confirmed},
		{"the end itself is out", and(or(match(true, "cpe:2.3:a:v:p", "<", "2"))), []string{"cpe:2.3:a:v:p:2.0"}, ""},
		{"the end itself is in", and(or(match(true, "cpe:2.3:a:v:p", "<=", "2"))), []string{"cpe:2.3:a:v:p:2.0"}, Confirmed},
		{"before the start", and(or(match(true, "cpe:2.3:a:v:p", ">", "1", "<=", "2"))), []string{"cpe:2.3:a:v:p:1"}, ""},
		{"version unknown", and(or(match(true, "cpe:2.3:a:v:p", "<", "2"))), []string{"cpe:2.3:a:v:p"}, Likely},
		{"version unknown, all affected", and(or(match(true, "cpe:2.3:a:v:p"))), []string{"cpe:2.3:a:v:p"}, Confirmed},
		{"exact version", and(or(match(true, "cpe:2.3:a:v:p:1.0.3"))), []string{"cpe:2.3:a:v:p:1.0.3"}, Confirmed},
		{"other version", and(or(match(true, "cpe:2.3:a:v:p:1.0.3"))), []string{"cpe:2.3:a:v:p:1.0.4"}, ""},
		{"version pattern", and(or(match(true, "cpe:2.3:a:v:p:8.*"))), []string{"cpe:2.3:a:v:p:8.5"}, Confirmed},
		{"version pattern, other", and(or(match(true, "cpe:2.3:a:v:p:8.*"))), []string{"cpe:2.3:a:v:p:9.5"}, ""},
		{"update unknown", and(or(match(true, "cpe:2.3:o:m:w:7:sp1"))), []string{"cpe:2.3:o:m:w:7"}, Likely},
		{"other update", and(or(match(true, "cpe:2.3:o:m:w:7:sp1"))), []string{"cpe:2.3:o:m:w:7:sp2"}, ""},
		{"software version -", and(or(match(true, "cpe:2.3:o:m:w:-:sp1"))), []string{"cpe:2.3:o:m:w:1:sp1"}, ""},
		{"both -", and(or(match(true, "cpe:2.3:o:m:w:-"))), []string{"cpe:2.3:o:m:w:-"}, Confirmed},
		{"device - and a range", and(or(match(true, "cpe:2.3:o:m:w:*", "<", "9"))), []string{"cpe:2.3:o:m:w:-"}, ""},
		{"hardware - means every version", and(or(match(true, "cpe:2.3:h:v:box:-"))), []string{"cpe:2.3:h:v:box:3"}, Confirmed},
		{"only a platform", and(or(match(false, "cpe:2.3:h:v:box:-"))), []string{"cpe:2.3:h:v:box"}, ""},
		{"firmware and hardware", firmware, []string{"cpe:2.3:o:v:fw:1.1", "cpe:2.3:h:v:box"}, Confirmed},
		{"firmware without hardware", firmware, []string{"cpe:2.3:o:v:fw:1.1"}, ""},
		{"hardware without firmware", firmware, []string{"cpe:2.3:h:v:box"}, ""},
		{"newer firmware", firmware, []string{"cpe:2.3:o:v:fw:2.1", "cpe:2.3:h:v:box"}, ""},
		{"unknown firmware version", firmware, []string{"cpe:2.3:o:v:fw", "cpe:2.3:h:v:box"}, Likely},
		{"negated and there", and(or(match(true, "cpe:2.3:a:v:p")), not(match(false, "cpe:2.3:a:v:guard"))), []string{"cpe:2.3:a:v:p:1", "cpe:2.3:a:v:guard:1"}, ""},
		{"negated and not there", and(or(match(true, "cpe:2.3:a:v:p")), not(match(false, "cpe:2.3:a:v:guard"))), []string{"cpe:2.3:a:v:p:1"}, Confirmed},
		{"negated, version unknown", and(or(match(true, "cpe:2.3:a:v:p")), not(match(false, "cpe:2.3:a:v:guard", "<", "3"))), []string{"cpe:2.3:a:v:p:1", "cpe:2.3:a:v:guard"}, Likely},
		{"negated alone", and(not(match(true, "cpe:2.3:a:v:guard"))), []string{"cpe:2.3:a:v:guard"}, ""},
		{"a name that names nothing", and(or(match(true, "cpe:2.3:a:v:p"))), []string{"cpe:2.3:a:v:*"}, ""},
	}
	for _, test := range tests {
		list := []advisory.Configuration{test.config}
		b := NewBuilder()
		b.Add("CVE-1", list)
		var got How
		b.Index().Match(parse(test.device), func(_ string, how How) { got = how })
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if slow := naive(list, parse(test.device)); slow != test.want {
			t.Errorf("%s: the slow way says %q, want %q", test.name, slow, test.want)
		}
	}
}

func parse(list []string) []cpe.Name {
	var out []cpe.Name
	for _, s := range list {
		n, err := cpe.Parse(s)
		if err != nil {
			panic(err)
		}
		out = append(out, n)
	}
	return out
}

// naive is the oracle: the rules read off one by one, for one CVE.
func naive(list []advisory.Configuration, device []cpe.Name) How {
	best := How("")
	for _, c := range list {
		met, sure, vulnerable, vulnerableSure, positive := true, true, false, false, false
		for _, n := range c.Nodes {
			state := How("")
			for _, m := range n.Matches {
				for _, name := range device {
					how := naiveMatch(m, name)
					if how == "" {
						continue
					}
					if len(c.Nodes) == 1 && !m.Vulnerable {
						continue
					}
					if state != Confirmed {
						state = how
					}
					if m.Vulnerable && !n.Negate {
						vulnerable = true
						vulnerableSure = vulnerableSure || how == Confirmed
					}
				}
			}
			if n.Negate {
				met = met && state != Confirmed
				sure = sure && state == ""
				continue
			}
			positive = true
			met = met && state != ""
			sure = sure && state == Confirmed
		}
		if !met || !positive || !vulnerable {
			continue
		}
		if sure && vulnerableSure {
			best = Confirmed
		} else if best == "" {
			best = Likely
		}
	}
	return best
}

func naiveMatch(m advisory.CPEMatch, device cpe.Name) How {
	want, err := cpe.Parse(m.CPE)
	if err != nil || want.Part != device.Part || want.Vendor != device.Vendor || want.Product != device.Product || want.Vendor.Any() || want.Product.Any() {
		return ""
	}
	how := Confirmed
	bounded := m.StartIncluding+m.StartExcluding+m.EndIncluding+m.EndExcluding != ""
	have := device.Version.Text()
	switch {
	case want.Version == cpe.NA && want.Part == "h", want.Version.Any() && !bounded:
	case device.Version.Any():
		how = Likely
	case want.Version.Any():
		if device.Version == cpe.NA ||
			m.StartIncluding != "" && Compare(have, m.StartIncluding) < 0 ||
			m.StartIncluding == "" && m.StartExcluding != "" && Compare(have, m.StartExcluding) <= 0 ||
			m.EndIncluding != "" && Compare(have, m.EndIncluding) > 0 ||
			m.EndIncluding == "" && m.EndExcluding != "" && Compare(have, m.EndExcluding) >= 0 {
			return ""
		}
	case want.Version == cpe.NA || want.Version.Wild():
		if !cpe.CompareValues(want.Version, device.Version).Covers() {
			return ""
		}
	case device.Version == cpe.NA || Compare(want.Version.Text(), have) != 0:
		return ""
	}
	for _, pair := range [][2]cpe.Value{{want.Update, device.Update}, {want.TargetSW, device.TargetSW}} {
		switch {
		case pair[0].Any():
		case pair[1].Any():
			how = Likely
		case pair[0] != pair[1]:
			return ""
		}
	}
	return how
}

// pick and the lists below make small worlds where things meet often.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.Intn(len(list))] }

func randomName(r *rand.Rand, device bool) string {
	version := pick(r, "1.0", "1.0.5", "2.0", "2.0a", "2.1", "3", "*", "-", "1.0rc1")
	if !device && r.Intn(8) == 0 {
		version = "2.*"
	}
	return fmt.Sprintf("cpe:2.3:%s:v:%s:%s:%s:*:*:*:%s", pick(r, "a", "o", "h"), pick(r, "p", "q"), version, pick(r, "*", "*", "*", "sp1", "-"), pick(r, "*", "*", "*", "linux"))
}

func randomConfiguration(r *rand.Rand) advisory.Configuration {
	var c advisory.Configuration
	for range 1 + r.Intn(3) {
		n := advisory.Node{Negate: r.Intn(6) == 0}
		for range 1 + r.Intn(3) {
			m := advisory.CPEMatch{CPE: randomName(r, false), Vulnerable: r.Intn(3) > 0}
			if r.Intn(2) == 0 {
				m = match(m.Vulnerable, "cpe:2.3:"+pick(r, "a", "o", "h")+":v:"+pick(r, "p", "q"), pick(r, ">", ">=", "-"), pick(r, "1", "1.0.5", "2"), pick(r, "<", "<=", "-"), pick(r, "2.0", "2.1", "3", "4"))
			}
			n.Matches = append(n.Matches, m)
		}
		c.Nodes = append(c.Nodes, n)
	}
	return c
}

// TestAgainstNaive compares index, saved index and inventory with the oracle.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		b, configs := NewBuilder(), map[string][]advisory.Configuration{}
		for i := range 1 + r.Intn(12) {
			id := fmt.Sprint("CVE-", i)
			for range 1 + r.Intn(2) {
				configs[id] = append(configs[id], randomConfiguration(r))
			}
			b.Add(id, configs[id])
		}
		ix := b.Index()
		var file bytes.Buffer
		if err := ix.Save(&file); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(&file, int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		inv, want, got, again := NewInventory(), map[string]How{}, map[string]How{}, map[string]How{}
		for d := range 6 {
			var names []string
			for range 1 + r.Intn(4) {
				names = append(names, randomName(r, true))
			}
			device := parse(names)
			inv.Add(device)
			for id, list := range configs {
				if how := naive(list, device); how != "" {
					want[fmt.Sprint(d, id)] = how
				}
			}
			loaded.Match(device, func(cve string, how How) { got[fmt.Sprint(d, cve)] = how })
		}
		inv.Match(ix, func(d int, cve string, how How) { again[fmt.Sprint(d, cve)] = how })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("oracle (-), index (+): %s", diff)
		}
		if diff := cmp.Diff(want, again); diff != "" {
			t.Fatalf("oracle (-), inventory (+): %s", diff)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	b := NewBuilder()
	b.Add("CVE-1", []advisory.Configuration{and(or(match(true, "cpe:2.3:a:v:p", "<", "2")), or(match(false, "cpe:2.3:h:v:p")))})
	var file bytes.Buffer
	if err := b.Index().Save(&file); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	for i := range whole {
		if _, err := Load(bytes.NewReader(whole[:i]), 0); err == nil {
			t.Fatalf("cut at %d: no error", i)
		}
		flipped := append([]byte(nil), whole...)
		flipped[i] ^= 0x40
		if _, err := Load(bytes.NewReader(flipped), int64(len(flipped))); err == nil {
			t.Fatalf("flipped at %d: no error", i)
		}
	}
	if _, err := Load(bytes.NewReader([]byte("WARDCPE0xxxxxxxx")), 0); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}

// FuzzLoad gives each damaged file a right checksum, so that the checks behind
// it are met.
func FuzzLoad(f *testing.F) {
	b := NewBuilder()
	b.Add("CVE-1", []advisory.Configuration{and(or(match(true, "cpe:2.3:a:v:p:*:sp1", "<", "2")), or(match(false, "cpe:2.3:h:v:p")))})
	var file bytes.Buffer
	if err := b.Index().Save(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes()[len(magic) : file.Len()-4])
	f.Fuzz(func(t *testing.T, body []byte) {
		data := append([]byte(magic), body...)
		data = binary.LittleEndian.AppendUint32(data, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
		ix, err := Load(bytes.NewReader(data), 0)
		if err != nil {
			return
		}
		ix.Match(parse([]string{"cpe:2.3:a:v:p:1", "cpe:2.3:h:v:p", "cpe:2.3:a:v:p"}), func(string, How) {})
	})
}
