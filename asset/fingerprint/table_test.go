package fingerprint

import (
	"strings"
	"testing"

	"ward/wire/packet"
)

// TestEveryRow replays the vector of every row: it must fit this row first and
// yield the version that the row promises.
func TestEveryRow(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tab := range r.tables {
		if len(tab.rows) == 0 || tab.word == "" {
			t.Errorf("%s.tsv: %d rows, #saw %q", tab.name, len(tab.rows), tab.word)
		}
		for i := range tab.rows {
			want := &tab.rows[i]
			got, _ := tab.find(want.vector)
			if got != want {
				t.Errorf("%s.tsv: vector %q of %q fits %+v", tab.name, want.vector, want.pattern, got)
				continue
			}
			checkVersion(t, tab, want)
		}
	}
}

func checkVersion(t *testing.T, tab *table, want *row) {
	t.Helper()
	found := false
	claims := tab.claims(want.vector)
	for _, c := range claims {
		found = found || c.Value == want.version || strings.HasSuffix(c.Value, " "+want.version)
		if c.Source.Rule != tab.name || c.Source.Saw == "" || strings.Contains(c.Value, "{") {
			t.Errorf("%s.tsv: %q gives %+v", tab.name, want.vector, c)
		}
	}
	if want.version == "-" {
		for _, c := range want.claims {
			if c.Name != "" && strings.Contains(c.Value, "{") && !found {
				t.Errorf("%s.tsv: %q yields a version, the row says none: %+v", tab.name, want.vector, claims)
			}
		}
		return
	}
	if !found {
		t.Errorf("%s.tsv: %q: no claim with version %q in %+v", tab.name, want.vector, want.version, claims)
	}
}

func TestEveryMaker(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.makers {
		m := &r.makers[i]
		if name, ok := strings.CutPrefix(m.vector, "@"); ok {
			if got := r.maker("", name); got != m {
				t.Errorf("makers.tsv: name %q fits %+v, want %+v", name, got, m)
			}
			continue
		}
		addr, err := packet.ParseMAC(m.vector)
		if err != nil {
			t.Errorf("makers.tsv: %+v: %v", m, err)
			continue
		}
		claims := r.MAC(addr)
		if m.class == "virtual" {
			if len(claims) != 1 || claims[0].Value != "virtual_machine" {
				t.Errorf("makers.tsv: vector %s of %+v gives %+v", m.vector, m, claims)
			}
			continue
		}
		if len(claims) == 0 || claims[0].Value != m.name || (m.kind != "") != (len(claims) == 2) || m.kind != "" && claims[1].Value != m.kind {
			t.Errorf("makers.tsv: vector %s of %+v gives %+v", m.vector, m, claims)
		}
		switch m.class {
		case "medical", "module", "building", "general", "virtual":
		default:
			t.Errorf("makers.tsv: class %q", m.class)
		}
	}
}

func TestRegistry(t *testing.T) {
	last := ""
	for line := range strings.Lines(ouiText) {
		prefix, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || name == "" || prefix <= last || len(prefix) != 6 && len(prefix) != 7 && len(prefix) != 9 {
			t.Fatalf("oui.tsv: %q after %q", line, last)
		}
		last = prefix
		if got, ok := holder(prefix); !ok || got != name {
			t.Fatalf("%s is %q, want %q", prefix, got, name)
		}
	}
	for digits, want := range map[string]string{"0009FB010203": "0009FB", "50A030812345": "50A0308", "70B3D536A123": "70B3D536A", "FEFEFE000000": ""} {
		if got, _ := registered(digits); got != want {
			t.Errorf("%s is in block %q, want %q", digits, got, want)
		}
	}
	r, _ := New()
	for _, m := range []packet.MAC{{}, {0, 0, 0, 0, 0, 1}, {1, 0, 0x5e}, {0x02, 0x42, 1}, {255, 255, 255, 255, 255, 255}} {
		if c := r.MAC(m); c != nil {
			t.Errorf("%s: %+v", m, c)
		}
	}
}

func TestTableFaults(t *testing.T) {
	for _, text := range []string{"x\ty\tmaker=a*s\tv\t-", "=\ty\tmaker=a\tv\t-", "=\ty\tcolour=a*s\tv\t-", "=\ty\tkind=spaceship*s\tv\t-", "=\ty\tmaker=a*s\t\t-", "=\ty"} {
		if _, err := parseTable("x", text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestVersion(t *testing.T) {
	for in, want := range map[string]string{"/2.4.6 (CentOS)": "2.4.6", "_7.4p1 Debian": "7.4p1", " v1.2.": "1.2", "-Webs": "", "": "", "(9.4.43.v20210629)": "9.4.43.v20210629", "/": ""} {
		if got := version(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestVirtualMachines(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for m, want := range map[packet.MAC]string{{0, 0x50, 0x56, 1, 2, 3}: "virtual_machine", {0x52, 0x54, 0, 1, 2, 3}: "virtual_machine", {8, 0, 0x27, 1, 2, 3}: "virtual_machine",
		{0, 0, 0x5e, 0, 1, 7}: "", {0, 9, 0xfb, 1, 2, 3}: "Philips"} {
		got := ""
		if c := r.MAC(m); len(c) > 0 {
			got = c[0].Value
		}
		if got != want {
			t.Errorf("%s says %q, want %q", m, got, want)
		}
	}
}
