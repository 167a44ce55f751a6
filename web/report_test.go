package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/seed"
	"ward/store"
	"ward/web/ui"
)

// printedText gets a PDF and gives what a reader sees.
func (s *site) printedText(path string) string {
	s.Helper()
	w := s.do("GET", path, nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") {
		s.Fatalf("%s: %d %v %.300s", path, w.Code, w.Header(), w.Body)
	}
	dir := s.TempDir()
	if to := os.Getenv("WARD_LOOK"); to != "" { // to look at the pages
		dir = to
	}
	file := filepath.Join(dir, regexp.MustCompile(`\W+`).ReplaceAllString(path, "-")+".pdf")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		s.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		s.Fatalf("pdftotext (package poppler-utils): %v %s", err, out)
	}
	return string(out)
}

func (s *site) wants(name, got string, want ...string) {
	s.Helper()
	for _, text := range want {
		if !strings.Contains(got, text) {
			s.Errorf("%s: no %q in\n%.3000s", name, text, got)
		}
	}
}

func TestReports(t *testing.T) {
	s := newSite(t, 24)
	if err := s.store.SetSetting(t.Context(), SettingSite, "Example Hospital", store.Ward); err != nil {
		t.Fatal(err)
	}
	ct := ui.DeviceLink(seed.Device(2).ID)
	for _, c := range []struct {
		path string
		want []string
	}{
		{"/worklist", []string{"Example Hospital", "web service without login", "infusion_pump-0000", "ICU 2, bed 1", "Made by Ada", "No vulnerability feed was read", "Contains no patient data"}},
		{ct + "/report", []string{"ct-0002", "Example Imaging", "the maker", "tap1.pcap", "CVE-2026-90003", "CVE-2026-90004", "How likely it is here", "outdated operating system"}},
		{"/inventory", []string{"Intensive care", "24 devices", "infusion_pump-0008", "10.0.0.8", "no department"}},
	} {
		s.wants(c.path, s.printedText(c.path+".pdf"), append(c.want, "Page 1 of")...)
		s.wants(c.path, s.get(c.path+".html"), c.want...)
	}
	for verb, n := range map[string]int{"report.pdf": 3, "report.print": 3} {
		if e, err := s.store.AuditTrail(t.Context(), store.AuditFilter{Verb: verb, Limit: 10}); err != nil || len(e) != n {
			t.Errorf("%s: %v %v", verb, e, err)
		}
	}
	one := s.printedText("/inventory.pdf?department=Radiology")
	if s.wants("one department", one, "Departments: Radiology", "3 devices", "ct-0002"); strings.Contains(one, "infusion_pump") {
		t.Error("another department is on it")
	}
	s.wants("filter", s.printedText("/inventory.pdf?tier=T0&text=pump"), "Chosen by: text pump; tier T0")
	if w := s.do("GET", "/devices/nobody/report.pdf", nil); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
}

// TestReportsKeepToDepartments shows no other department on any paper.
func TestReportsKeepToDepartments(t *testing.T) {
	s := newSite(t, 24)
	s.person.Departments = []string{"Radiology"}
	for _, path := range []string{"/worklist.pdf", "/inventory.pdf", "/inventory.pdf?department=Cardiology"} {
		if got := s.printedText(path); strings.Contains(got, "infusion_pump-") || strings.Contains(got, "patient_monitor-") || !strings.Contains(got, "Radiology") && !strings.Contains(path, "?") {
			t.Errorf("%s:\n%s", path, got)
		}
	}
	for _, path := range []string{"/report.pdf", "/report.html"} {
		if w := s.do("GET", ui.DeviceLink(seed.Device(0).ID)+path, nil); w.Code != http.StatusNotFound {
			t.Error(path, w.Code)
		}
	}
	if got := s.get("/worklist.csv"); strings.Contains(got, "infusion_pump") || strings.Contains(got, string(seed.Device(0).ID)) {
		t.Error(got)
	}
}

func TestWorklistCSV(t *testing.T) {
	s := newSite(t, 24)
	d := seed.Device(0)
	d.Hostname = "=cmd|' /C calc'!A0\x1b\u202e"
	if _, err := s.store.PutDevices(t.Context(), "x", func(put func(*device.Device) error) error { return put(d) }); err != nil {
		t.Fatal(err)
	}
	w := s.do("GET", "/worklist.csv", nil)
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) < 6 || len(rows[0]) != len(workHead) {
		t.Fatal(rows, err)
	}
	found := false
	for _, row := range rows[1:] {
		for _, cell := range row {
			found = found || strings.HasPrefix(cell, "'=cmd")
			if strings.HasPrefix(cell, "=") || strings.ContainsAny(cell, "\x1b\u202e") {
				t.Errorf("%q", cell)
			}
		}
	}
	if !found {
		t.Error("the hostile name is missing")
	}
	if e, err := s.store.AuditTrail(t.Context(), store.AuditFilter{Verb: "work.export", Limit: 5}); err != nil || len(e) != 1 {
		t.Errorf("audit: %v %v", e, err)
	}
}

// paperTexts finds the texts of reports in the sources.
var paperTexts = regexp.MustCompile(`(?:\b(?:h|s|d)\.[tT]|[^.\w]t)\("((?:[^"\\]|\\.)*)"|(?:case|field|state)?\S*: +"([A-Za-z][a-z ]+)",`)

// TestReportsInGerman finds a German text for every one that reports use.
func TestReportsInGerman(t *testing.T) {
	german := map[string]string{}
	names, _ := filepath.Glob("ui/de/*.json")
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &german); err != nil {
			t.Fatal(err)
		}
	}
	own, _ := filepath.Glob("report_*.go")
	papers, _ := filepath.Glob("../report/paper/*.go")
	n := 0
	for _, name := range append(own, papers...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range paperTexts.FindAllSubmatch(b, -1) {
			text := string(m[1]) + string(m[2])
			n++
			if german[text] == "" {
				t.Errorf("%s: no German for %q", name, text)
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d texts found", n)
	}
	s := newSite(t, 12)
	s.person.Language = "de"
	s.wants("German", s.printedText("/worklist.pdf"), "Alle Abteilungen", "Seite 1 von", "Enthält keine Patientendaten", "Stunden")
	s.wants("German", s.get("/inventory.html"), "Geräte nach Abteilung", "ohne Abteilung")
}
