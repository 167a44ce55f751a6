package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/vuln/exposure"
)

const (
	kevHead  = `{"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"1","dateReleased":"2026-01-01T00:00:00.000Z","count":1,"vulnerabilities":[`
	kevEntry = `{"cveID":"CVE-2099-0001","dateAdded":"2026-01-02","dueDate":"2026-02-02","knownRansomwareCampaignUse":"Known"}`
	kevOther = `{"cveID":"CVE-2099-0003","dateAdded":"2026-01-02","dueDate":"2026-02-02","knownRansomwareCampaignUse":"Unknown"}`
	epssHead = "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n"
	ssvc     = `{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2099-0001","state":"PUBLISHED"},"containers":{"cna":{"affected":[],"descriptions":[{"lang":"en","value":"x"}]},
"adp":[{"title":"CISA ADP Vulnrichment","metrics":[{"other":{"type":"ssvc","content":{"id":"CVE-2099-0001","options":[{"Exploitation":"poc"},{"Automatable":"yes"},{"Technical Impact":"total"}]}}}]}]}}`
)

// TestRefreshIsRead: reading KEV and EPSS alone gives the threats and the feeds
// that reading everything gives; anything more asks for reading everything.
func TestRefreshIsRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func() *Assessor {
		a := NewAssessor(exposure.NewSpeller())
		if _, err := a.Read(dir, NewWanted(), func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		return a
	}
	write("nvd.json", nvdPage)
	write("ssvc.json", ssvc)
	write("kev.json", kevHead+kevEntry+"]}")
	write("epss.csv", epssHead+"CVE-2099-0001,0.02000,0.5\nCVE-2099-0003,0.30000,0.5\n")
	a := read()
	if a.Threat("CVE-2099-0001").Exploitation != "poc" || !a.Threat("CVE-2099-0001").Ransomware {
		t.Fatalf("%+v", a.Threat("CVE-2099-0001"))
	}
	for _, step := range []func(){
		func() { write("kev.json", kevHead+kevEntry+","+kevOther+"]}") },
		func() { write("epss.csv", epssHead+"CVE-2099-0003,0.90000,0.5\n") },
		func() { write("kev.json", kevHead+kevOther+"]}") },
		func() {},
	} {
		step()
		fresh, done, err := a.Refresh(dir)
		if err != nil || !done {
			t.Fatal(done, err)
		}
		a = fresh
		want := read()
		if diff := cmp.Diff(want.Feeds(), a.Feeds()); diff != "" {
			t.Error(diff)
		}
		for _, cve := range []string{"CVE-2099-0001", "CVE-2099-0002", "CVE-2099-0003"} {
			if diff := cmp.Diff(want.Threat(cve), a.Threat(cve)); diff != "" {
				t.Errorf("%s: %s", cve, diff)
			}
		}
	}
	write("nvd.json", nvdPage+" ")
	if _, done, err := a.Refresh(dir); done || err != nil {
		t.Error("a changed NVD file was passed over:", err)
	}
	a = read()
	write("more.csv", epssHead+"CVE-2099-0002,0.90000,0.5\n")
	if _, done, err := a.Refresh(dir); done || err != nil {
		t.Error("a new file was passed over:", err)
	}
}
