package exposure

import (
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"ward/vuln/advisory"
)

var update = flag.Bool("update", false, "write golden files")

// text of a version expression as understood, for the golden table.
func (v versions) String() string {
	var parts []string
	if v.all {
		parts = append(parts, "all")
	}
	for _, s := range v.spans {
		switch {
		case s.exact:
			parts = append(parts, "= "+s.low.String())
		default:
			var b []string
			if !s.low.empty() {
				b = append(b, map[bool]string{true: "> ", false: ">= "}[s.lowOpen]+s.low.String())
			}
			if !s.high.empty() {
				b = append(b, map[bool]string{true: "< ", false: "<= "}[s.highOpen]+s.high.String())
			}
			parts = append(parts, strings.Join(b, " "))
		}
	}
	out := strings.Join(parts, " | ")
	if v.condition != "" {
		out += " IF " + v.condition
	}
	if v.vague != "" {
		out += " UNREADABLE"
	}
	return out
}

func (r release) String() string {
	if !r.date.IsZero() {
		return r.date.Format("2006-01-02")
	}
	var parts []string
	if r.label != "" {
		parts = append(parts, r.label)
	}
	for _, p := range r.parts {
		switch {
		case p.wild:
			parts = append(parts, "x")
		case p.word != "":
			parts = append(parts, p.word)
		default:
			parts = append(parts, fmt.Sprint(p.num))
		}
	}
	return strings.Join(parts, ".")
}

// Each distinct version text of the real documents and how it is understood
// stands in testdata/versions.txt, read by people line by line.
func TestVersionTexts(t *testing.T) {
	lex := loadLexicon()
	lines := map[string]bool{}
	for _, folder := range []string{"csaf-icsma", "csaf-ot"} {
		for _, a := range realAdvisories(t, folder) {
			for i := range a.Products {
				p := &a.Products[i]
				if p.Version == "" || len(lex.modelPhrases(p)) > 0 {
					if p.Version != "" {
						lines[p.Version+"\tMODELS "+strings.Join(lex.modelPhrases(p), " | ")] = true
					}
					continue
				}
				main, _ := versionsOf(p)
				lines[p.Version+"\t"+main.String()] = true
			}
		}
	}
	var sorted []string
	for l := range lines {
		sorted = append(sorted, l)
	}
	sort.Strings(sorted)
	got := strings.Join(sorted, "\n") + "\n"
	const golden = "testdata/versions.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("version texts are understood in another way; run with -update and read the difference")
	}
}

// The wordings of advisories of later years, and what lies inside.
func TestVersionsWithin(t *testing.T) {
	for _, c := range []struct {
		expression, version string
		want                verdict
	}{
		{"<= R4.1L1", "R4.1", inside}, {"<= R4.1L1", "R4.1L2", outside}, {"<= R4.1L1", "R4.2", outside}, {"<= R4.1L1", "4.0", inside},
		{"Rev B-M", "Rev. C", inside}, {"Rev B-M", "N", outside}, {"Rev J-M", "B", outside},
		{"A.01 <= C.0x | 4.0", "B.02", inside}, {"A.01 <= C.0x | 4.0", "C.09", inside}, {"A.01 <= C.0x | 4.0", "C.12", inside}, {"A.01 <= C.0x | 4.0", "D.01", outside},
		{"A.01 <= C.0x | 4.0", "4.0", inside}, {"9.13 | 9.19 | 12.1", "9.19", inside}, {"9.13 | 9.19 | 12.1", "9.20", outside},
		{"9.13 | 9.19 | 12.1", "12.1.0", inside}, {"9.13 | 9.19 | 12.1", "12.1.2", maybe}, {"vers:all/*", "", inside}, {"*", "7", inside},
		{"vers:generic/>=1.0|<2.0", "1.9.9", inside}, {"vers:generic/>=1.0|<2.0", "2.0", outside}, {"vers:intdot/<8.2.2", "8.2.1", inside},
		{"< 8.2.2", "8.2.2", outside}, {"< 8.2.2", "8.2.1", inside}, {"2.3.6 and below", "2.3.6", inside}, {"2.3.6 and below", "2.3.7", outside},
		{"2.3.6 and prior", "2.3.6.12", maybe}, {"5.x.x", "5.3.1", inside}, {"5.x.x", "6.0", outside}, {"<= 12.2.x.x", "12.2.8.400", inside}, {"<= 12.2.x.x", "12.3", outside},
		{"<= 3.0 D15", "3.0 D15", inside}, {"<= 3.0 D15", "3.0 D16", outside}, {"<= 3.0 D15", "3.0", inside}, {"<= D25", "D24", inside}, {"<= D25", "vD25", inside},
		{"<= U61 |<= L81", "L82", outside}, {"<= U61 |<= L81", "U60", inside}, {"<= VM5.0", "VM4.1", inside}, {"<= VM5.0", "5.1", outside}, {"v17", "17", inside},
		{"all versions prior to 2.2", "2.1", inside}, {"All versions", "", inside}, {"Versions prior to v6.0.3.3 RU1", "6.0.3.3", inside},
		{"1.0.2 to 1.0.5", "1.0.4", inside}, {"1.0.2 through 1.0.5", "1.0.6", outside}, {"1.0.2 - 1.0.5", "1.0.5", inside}, {"up to 7.6.2", "7.6.2", inside}, {"before 7.6.2", "7.6.2", outside},
		{"< 1.8.4 Service Pack 01", "1.8.4", inside}, {"< 1.8.4 Service Pack 01", "1.8.4 SP1", outside}, {"< V16 Update 3a", "V16", inside}, {"< V16 Update 3a", "V16 Upd 4", outside},
		{"<= K", "J", inside}, {"<= K", "L", outside}, {"<=N", "M.04", inside}, {"B.02", "B.02.10", inside}, {"B.02", "C.02", outside},
		{"<=2.9 17030709", "2.9", inside}, {"<= 9.33", "9.33.1", outside}, {"<= 9.33", "9.33 build 12", inside}, {"<= 12.2.1.5", "12.2", inside}, {"<= 12.2.1.5", "12", maybe},
		{">= 2.5 | <= 3.11", "3.2", inside}, {">= 2.5 | <= 3.11", "2.4", outside}, {"4.20 SR1", "4.20 SR1", inside}, {"<8.4 GMA3", "8.4 GMA2", inside}, {"<8.4 GMA3", "8.4 GMA3", outside},
		{"<= 2.6A", "2.6B", outside}, {"<= 2.6A", "2.5", inside}, {"< VB30E", "VB20A", inside}, {"< VB30E", "VB30E", outside}, {"VE11", "VE11A", inside},
		{"< 012U000040", "012U000039", inside}, {"<= 3.0.11.5 BN9", "3.0.11.5 BN10", outside}, {"< July 1 2017", "8.1", unknown}, {"< July 1 2017", "2017-03-01", inside},
		{"14.0.1 and earlier", "v14.0.1", inside}, {"5.0 or later", "6", inside}, {"2.0 and newer", "1.9", outside}, {"Version 1.10, 1.11 and 1.13", "1.12", outside},
		{"<=06.08.00.00", "6.8", inside}, {"01-03", "01-03", inside}, {"01-03", "01-04", outside}, {"", "", inside}, {"contact the maker", "1.0", unknown},
		{"<= 4.1", "R4.1L1", maybe}, {"2.X", "2.1", inside}, {"< 3.x", "3.1", outside}, {"< 3.x", "2.9", inside}, {"12.2.8.410*", "12.2.8.410", inside}, {"<12.2.8.410", "12.2.8.409", inside},
	} {
		p := advisory.Product{Name: "Thing", Version: c.expression}
		main, _ := versionsOf(&p)
		if got, why := main.within(parseRelease(c.version)); got != c.want {
			t.Errorf("%q in %q: %v, want %v (%s) understood as %s", c.version, c.expression, got, c.want, why, main)
		}
	}
}

// The product text says more than the version branch in these documents.
func TestProductText(t *testing.T) {
	for _, c := range []struct{ name, version, text, device string }{
		{"Alaris 8015 PC unit", "9.33", "Alaris 8015 PC unit: Versions 9.33 and prior", "9.19"},
		{"Xcelera", "R4.1L1", "Xcelera: R4.1L1 and prior", "R3.2"},
		{"Thing", "", "Thing: all versions prior to 2.0", "1.9"},
	} {
		main, _ := versionsOf(&advisory.Product{Name: c.name, Version: c.version, Text: c.text})
		if got, why := main.within(parseRelease(c.device)); got != inside {
			t.Errorf("%s %s: %v %s", c.text, c.device, got, why)
		}
	}
}
