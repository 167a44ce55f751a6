package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var made = time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)

func head(title string) Head {
	return Head{Site: "Example Hospital", Title: title, At: made, By: "Anna Müller", Scope: "All departments",
		Rests: []string{"Watched for 12 days on one tap. Too short to say that something is not there: that takes 30 days."}}
}

func worklist(n int) *Worklist {
	l := &Worklist{Head: head("Worklist"), Total: n + 3, Hours: 12.5}
	for i := range n {
		l.Work = append(l.Work, Work{Rank: i + 1, Band: "act now", Kind: "patch", State: "open", Action: fmt.Sprintf("Install version 2.%d on the infusion pumps", i),
			Why:   []string{"A web service without login can change settings; known to be exploited (KEV of 2026-11-20)."},
			Where: []Place{{"/d", "pump-0001", "ICU 2, bed 4"}, {"/d", "pump-0002", "ICU 2, bed 5"}}, Devices: 40, Hours: 2.5, Before: 86, After: 31,
			Steps:  []Step{{"Ask the maker for release 2.1 and install it while no patient is attached.", "ICSMA-26-001-01"}},
			Verify: "The version that the pump reports.", Assignee: "Anna Müller", Due: "2026-12-01"})
	}
	return l
}

func dossier() *Device {
	return &Device{Head: head("Device report"), Name: "ct-0002", Lead: "CT · Example Imaging CT One · Radiology 3", Warnings: []string{"CMMS says Windows 10, the wire says Windows 7"},
		Facts: []Fact{{"Kind", "CT", "model: the maker's model list", "tap1.pcap, frame 3, 2026-08-26", .8}, {"Host name", "ct-0002", "dhcp: DHCP option 12", "tap1.pcap, frame 3", .5}},
		Risk: &Risk{Score: 62, Low: 40, High: 71, Band: "next change window", Vulnerability: "CVE-2026-90003", FindOut: "Is the service reachable from outside of its ward?",
			Factors: []Factor{{"R", "How bad the flaw is", .9, []string{"outdated operating system"}}, {"L", "How likely it is here", .45, []string{"seen from 3 other zones", "not known: whether it can be switched off"}}, {"K", "How much the device matters", .6, []string{"where it stands"}}}},
		Findings: []Finding{{62, "next change window", "CVE-2026-90003", "EX-2026-003", "confirmed", "version is in the affected range", ""}}, Total: 130,
		Work:      worklist(2).Work,
		Decisions: []Decision{{"Risk accepted: CVE-2026-90004", "Replacement is ordered; until then the port is closed.", "in force", "Anna Müller", "2026-11-01", "2027-01-30"}}}
}

func inventory(n int) *Inventory {
	v := &Inventory{Head: head("Inventory")}
	for i := range n {
		l := Line{Name: fmt.Sprintf("pump-%04d", i), Kind: "infusion pump", Product: "Example Infusion IP-200", Version: "2.1.0", Serial: fmt.Sprintf("SN%07d", i), Address: fmt.Sprintf("10.0.%d.%d", i>>8, i&255),
			Location: fmt.Sprintf("Bed %d", i%40), Department: []string{"Intensive care", "Cardiology", "Radiology", ""}[i%4], Tier: TierNames[i%len(TierNames)], Band: "act now", Score: 86}
		v.Count(l.Department, l.Tier, 1)
		if len(v.Lines) < MaxLines {
			v.Add(l)
		}
	}
	v.Sort()
	return v
}

// text gives what a reader of the PDF sees, by poppler.
func text(t *testing.T, name string, pdf []byte) string {
	t.Helper()
	dir := t.TempDir()
	if to := os.Getenv("WARD_LOOK"); to != "" { // to look at the pages
		dir = to
	}
	file := filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (package poppler-utils): %v %s", err, out)
	}
	return string(out)
}

func TestPages(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*bytes.Buffer) error
		want []string
	}{
		{"worklist", func(b *bytes.Buffer) error { return worklist(9).PDF(b) }, []string{"Example Hospital", "2026-11-24 08:30 UTC", "Watched for 12 days on one tap", "Anna Müller",
			"1. Install version 2.0", "worst score 86, afterwards 31", "2.5 hours", "pump-0001 (ICU 2, bed 4)", "and 38 more", "Source: ICSMA-26-001-01", "due 2026-12-01", "9 of 12 actions", "Page 1 of 2", "Contains no patient data"}},
		{"device", func(b *bytes.Buffer) error { return dossier().PDF(b) }, []string{"ct-0002", "CMMS says Windows 10", "DHCP option 12", "80 %", "CVE-2026-90003", "How likely it is here (L) 0.45", "129 more findings", "Replacement is ordered", "until", "Page 1 of"}},
		{"inventory", func(b *bytes.Buffer) error { return inventory(300).PDF(b) }, []string{"Intensive care", "no department", "not known", "300 devices", "pump-0299", "10.0.1.43", "Page 9 of"}},
		{"much", func(b *bytes.Buffer) error { return inventory(2500).PDF(b) }, []string{"Only the 2000 devices with the highest scores are listed. The summary counts all 2500."}},
		{"empty", func(b *bytes.Buffer) error { return (&Worklist{Head: head("Worklist")}).PDF(b) }, []string{"Nothing to do"}},
		{"nothing", func(b *bytes.Buffer) error { return (&Device{}).PDF(b) }, []string{"No open finding"}},
		{"none", func(b *bytes.Buffer) error { return (&Inventory{}).PDF(b) }, []string{"0 devices"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := c.make(&b); err != nil {
				t.Fatal(err)
			}
			got := text(t, c.name, b.Bytes())
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
		})
	}
}

// hostile is what devices may call themselves.
var hostile = []string{
	"", "\x00\x1b[31mred\x07", "a\u202egnp.exe", "\u200b\u200f\ufeff", strings.Repeat("W", 10_000), strings.Repeat("ä b ", 5_000), "\xff\xfe\x80", "😀🏥\U0010ffff",
	"שלום עולם مرحبا", "漢字かな", "{pages}", "%s %d %!", "(\\) <</Type /Action /S /JavaScript>> endobj", "line\nline\rline\t", "e\u0301\u0301\u0301", "\u2028\u2029", "Ω ≥ µ Я ÄÖÜß €",
}

func TestHostileText(t *testing.T) {
	for i, x := range hostile {
		l, d, v := worklist(1), dossier(), inventory(3)
		l.Site, l.Title, l.Scope, l.Rests, l.By = x, x, x, []string{x}, x
		w := &l.Work[0]
		w.Action, w.Why, w.Where, w.Steps, w.Verify, w.Assignee, w.Band = x, []string{x, x, x}, []Place{{x, x, x}}, []Step{{x, x}}, x, x, x
		d.Head, d.Name, d.Lead, d.Warnings, d.Work, d.Facts = l.Head, x, x, []string{x}, l.Work, []Fact{{x, x, x, x, 2}}
		d.Risk.Factors, d.Risk.FindOut, d.Decisions, d.Findings = []Factor{{x, x, 5, []string{x}}}, x, []Decision{{x, x, x, x, x, x}}, []Finding{{1e300, x, x, x, x, x, x}}
		v.Head = l.Head
		v.Lines[0] = Line{x, x, x, x, x, x, x, x, x, x, x, -1, 0}
		v.Groups[0].Department = x
		for name, make := range map[string]func(*bytes.Buffer) error{"w": func(b *bytes.Buffer) error { return l.PDF(b) }, "d": func(b *bytes.Buffer) error { return d.PDF(b) }, "i": func(b *bytes.Buffer) error { return v.PDF(b) }} {
			var b bytes.Buffer
			if err := make(&b); err != nil {
				t.Fatalf("%q: %v", x, err)
			}
			if b.Len() > 400_000 {
				t.Errorf("%d: %d bytes", i, b.Len())
			}
			got := text(t, fmt.Sprint("hostile-", name, i), b.Bytes())
			if strings.ContainsAny(got, "\x00\x1b\x07\u202e\u200b") || !utf8.ValidString(got) {
				t.Errorf("%q came out", x)
			}
			if bytes.Contains(b.Bytes(), []byte("/JavaScript")) || !strings.Contains(got, "Page") && x != "{pages}" {
				t.Errorf("%q: %s", x, got)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	width := func(s string) float64 { return float64(utf8.RuneCountInString(s)) }
	for _, c := range []struct {
		text string
		n    int
		want []string
	}{
		{"", 3, nil},
		{"a bc def", 3, []string{"a bc", "def"}},
		{"abcdefghij", 3, []string{"abcde", "fghij"}},
		{"äöüäöüä x", 3, []string{"äöüäö", "üä x"}},
		{"aa bb cc dd ee", 2, []string{"aa bb", "cc d…"}},
		{strings.Repeat("x", 100), 2, []string{"xxxxx", "xxxx…"}},
	} {
		if got := wrap(width, c.text, 5, c.n); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q: %q", c.text, got)
		}
	}
	if got := wrap(width, "xyz", .5, 9); strings.Join(got, "|") != "x|y|z" {
		t.Errorf("%q", got)
	}
}

func FuzzWrap(f *testing.F) {
	have, err := glyphs()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("a bc", 5.0)
	f.Fuzz(func(t *testing.T, s string, w float64) {
		p := plain(have, s, 50)
		if n := utf8.RuneCountInString(p); n > 51 || !utf8.ValidString(p) {
			t.Errorf("%q: %d", p, n)
		}
		wrap(func(s string) float64 { return float64(len(s)) }, p, w, 5)
	})
}

func BenchmarkInventory(b *testing.B) {
	v := inventory(MaxLines)
	for b.Loop() {
		var out bytes.Buffer
		if err := v.PDF(&out); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len()), "bytes")
	}
}
