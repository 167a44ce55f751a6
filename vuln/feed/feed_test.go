package feed

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"ward/internal/shareddata"
	"ward/vuln/advisory"
)

const (
	csafOld  = `{"document":{"csaf_version":"2.0","publisher":{"name":"M"},"tracking":{"id":"M-1","version":"1.9","current_release_date":"2024-01-01T00:00:00Z"}}}`
	csafNew  = `{"document":{"csaf_version":"2.0","publisher":{"name":"M"},"tracking":{"id":"m-1","version":"1.10","current_release_date":"2024-01-01T00:00:00Z"}},"vulnerabilities":[{"cwe":3}]}`
	nvd20    = `{"resultsPerPage":3,"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-0001","lastModified":"2024-05-01T10:00:00.000","vulnStatus":"Analyzed","cisaExploitAdd":"2024-02-02","descriptions":[{"lang":"es","value":"x"},{"lang":"en","value":"text"}],"metrics":{"cvssMetricV31":[{"source":"s","cvssData":{"version":"3.1","vectorString":"V","baseScore":7.5}}]},"weaknesses":[{"description":[{"lang":"en","value":"CWE-79"},{"lang":"en","value":"NVD-CWE-noinfo"}]}],"configurations":[{"operator":"AND","nodes":[{"operator":"OR","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:v:f:*:*:*:*:*:*:*:*","versionEndExcluding":"2"}]},{"operator":"OR","cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:h:v:h:-:*:*:*:*:*:*:*"}]}]}]}},{"cve":{"id":7,"metrics":3}},{"cve":{"id":"CVE-2024-0002","vulnStatus":"Rejected"}}]}`
	nvd11    = `{"CVE_data_type":"CVE","CVE_Items":[{"cve":{"CVE_data_meta":{"ID":"CVE-2019-1"},"description":{"description_data":[{"lang":"en","value":"d"}]}},"configurations":{"nodes":[{"operator":"AND","children":[{"operator":"OR","cpe_match":[{"vulnerable":true,"cpe23Uri":"cpe:2.3:o:a:b:1"}]},{"operator":"OR","cpe_match":[{"vulnerable":false,"cpe23Uri":"cpe:2.3:h:a:b"}]}]}]},"impact":{"baseMetricV2":{"cvssV2":{"version":"2.0","vectorString":"V2","baseScore":5}}},"lastModifiedDate":"2020-01-01T00:00Z"}]}`
	cve5One  = `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2024-0009","state":"PUBLISHED","dateUpdated":"2024-06-01T00:00:00"},"containers":{"cna":{"affected":[{"vendor":"V","product":"P","cpes":["cpe:2.3:a:v:p"],"versions":[{"version":"1.0","lessThan":"2.0","status":"affected"},{"version":"2.0","status":"unaffected"},{"version":"0","lessThanOrEqual":"3","status":"affected"}]}],"descriptions":[{"lang":"en","value":"d"}]},"adp":[{"metrics":[{"other":{"type":"ssvc","content":{"options":[{"Exploitation":"active"},{"Automatable":"yes"},{"Technical Impact":"total"}]}}}]}]}}`
	kevJSON  = `{"title":"t","catalogVersion":"1","dateReleased":"2024-07-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-0001","dateAdded":"2024-02-02","dueDate":"2024-03-03","knownRansomwareCampaignUse":"Known"}]}`
	kevCSV   = "\"cveID\",\"vendorProject\",\"product\",\"vulnerabilityName\",\"dateAdded\",\"shortDescription\",\"requiredAction\",\"dueDate\",\"knownRansomwareCampaignUse\"\nCVE-2020-5,a,\"b, c\",d,2020-01-02,e,f,2020-02-02,Unknown\n"
	epssNew  = "#model_version:v4,score_date:2024-08-02T00:00:00Z\ncve,epss,percentile\nCVE-2024-0001,0.14515,0.96527\nrubbish\n"
	epssOld  = "#model_version:v4,score_date:2024-08-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-0001,0.5,0.5\nCVE-2024-0009,0.1,0.2\n"
	brokenIn = `{"document":{"csaf_version":"2.0","tracking":{"id":"X"}},"product_tree":{"branches":[{"name":`
)

func pack(t *testing.T, kind, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	switch kind {
	case "gz":
		w := gzip.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
	case "zst":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
		w.Close()
	case "zip":
		w := zip.NewWriter(&b)
		for i, part := range strings.Split(text, "\x00") {
			f, err := w.Create(fmt.Sprintf("in/%d.json", i))
			if err != nil {
				t.Fatal(err)
			}
			f.Write([]byte(part))
		}
		w.Close()
	default:
		return []byte(text)
	}
	return b.Bytes()
}

func TestOpenMix(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string][2]string{
		"a/old.json": {"", csafOld}, "b/new.txt": {"", "\xef\xbb\xbf" + csafNew},
		"nvd/page.json.gz": {"gz", nvd20}, "nvd/old.zip": {"zip", nvd11 + "\x00not json"},
		"records.zip": {"zip", cve5One + "\x00[" + cve5One + "]"}, "k.json": {"", kevJSON}, "k.csv": {"", kevCSV},
		"e1.csv.gz": {"gz", epssNew}, "e2.csv.zst": {"zst", epssOld},
		"readme.md": {"", "hello"}, "empty": {"", ""}, "broken.json": {"", brokenIn}, "cut.gz": {"gz", nvd20}, ".hidden": {"", kevJSON},
	} {
		data := pack(t, content[0], content[1])
		if name == "cut.gz" {
			data = data[:len(data)/2]
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var records []advisory.Advisory
	var last Progress
	set, err := Open(dir, Options{Record: func(a advisory.Advisory) { records = append(records, a) }, Progress: func(p Progress) { last = p }})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range set.Sources {
		got = append(got, fmt.Sprintf("%s|%s|%s|%d|%d|%s", s.Kind, s.Name, s.Date.Format(time.DateOnly), s.Records, len(s.SHA256), strings.Join(s.Files, "+")))
	}
	want := []string{
		"csaf|CSAF M|2024-01-01|1|64|a/old.json+b/new.txt",
		"cve5|CVE records|2024-06-01|2|64|records.zip",
		"epss|EPSS e1.csv.gz|2024-08-02|1|64|e1.csv.gz", "epss|EPSS e2.csv.zst|2024-08-01|2|64|e2.csv.zst",
		"kev|KEV k.csv|2020-01-02|1|64|k.csv", "kev|KEV k.json|2024-07-01|1|64|k.json",
		"nvd|NVD|2024-05-01|3|64|cut.gz+nvd/old.zip+nvd/page.json.gz",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var warnings []string
	for _, w := range set.Warnings {
		warnings = append(warnings, w.File+" "+w.Place)
	}
	if diff := cmp.Diff([]string{"a/old.json /document/tracking/id", "b/new.txt /vulnerabilities/0/cwe", "broken.json /product_tree/branches/0/name",
		"cut.gz ", "e1.csv.gz ", "nvd/page.json.gz /vulnerabilities/1"}, sortedCopy(warnings)); diff != "" {
		t.Error(diff, set.Warnings)
	}
	if diff := cmp.Diff([]string{"empty", "nvd/old.zip!in/1.json", "readme.md"}, set.Unknown); diff != "" {
		t.Error(diff)
	}
	if len(set.Advisories) != 1 || set.Advisories[0].File != "b/new.txt" {
		t.Errorf("newest revision does not win: %+v", set.Advisories)
	}
	if last.Done != last.Files || last.Bytes != last.Size || last.Size == 0 {
		t.Errorf("progress ends at %+v", last)
	}
	checkRecords(t, records)
	threat, ok := set.Threats.Lookup("cve-2024-0001")
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	if diff := cmp.Diff(advisory.Threat{KEV: true, KEVAdded: day(2024, 2, 2), KEVDue: day(2024, 3, 3), Ransomware: true, HasEPSS: true,
		EPSS: 0.14515, Percentile: 0.96527, EPSSDate: day(2024, 8, 2), Sources: []string{"k.json", "e1.csv.gz"}}, threat); diff != "" || !ok {
		t.Error(diff)
	}
	if threat, _ := set.Threats.Lookup("CVE-2024-0009"); threat.Exploitation != "active" || threat.Automatable != "yes" || threat.Impact != "total" || threat.EPSS != 0.1 {
		t.Errorf("%+v", threat)
	}
	if _, ok := set.Threats.Lookup("CVE-1999-1"); ok {
		t.Error("a threat from nowhere")
	}
}

func sortedCopy(list []string) []string {
	out := append([]string(nil), list...)
	for i := range out {
		for j := i; j > 0 && strings.ToLower(out[j]) < strings.ToLower(out[j-1]); j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

func checkRecords(t *testing.T, records []advisory.Advisory) {
	t.Helper()
	by := map[string]advisory.Advisory{}
	for _, r := range records {
		by[r.ID] = r
	}
	if len(by) != 3 {
		t.Errorf("%d records", len(by))
	}
	m := func(cpe string, vulnerable bool, end string) advisory.CPEMatch {
		return advisory.CPEMatch{CPE: cpe, Vulnerable: vulnerable, EndExcluding: end}
	}
	both := func(a, b advisory.CPEMatch) []advisory.Configuration {
		return []advisory.Configuration{{Nodes: []advisory.Node{{Matches: []advisory.CPEMatch{a}}, {Matches: []advisory.CPEMatch{b}}}}}
	}
	for id, want := range map[string]advisory.Vulnerability{
		"CVE-2024-0001": {ID: "CVE-2024-0001", Description: "text", CWEs: []string{"CWE-79"}, Scores: []advisory.Score{{Version: "3.1", Vector: "V", Base: 7.5, Source: "s"}},
			Configurations: both(m("cpe:2.3:o:v:f:*:*:*:*:*:*:*:*", true, "2"), m("cpe:2.3:h:v:h:-:*:*:*:*:*:*:*", false, ""))},
		"CVE-2019-1": {ID: "CVE-2019-1", Description: "d", Scores: []advisory.Score{{Version: "2.0", Vector: "V2", Base: 5, Source: "nvd@nist.gov"}},
			Configurations: both(m("cpe:2.3:o:a:b:1", true, ""), m("cpe:2.3:h:a:b", false, ""))},
	} {
		if diff := cmp.Diff(want, by[id].Vulnerabilities[0]); diff != "" {
			t.Error(diff)
		}
	}
	var versions []string
	for _, p := range by["CVE-2024-0009"].Products {
		versions = append(versions, p.Vendor+" "+p.Name+" "+p.Version+" "+p.CPE+" "+p.Path)
	}
	if diff := cmp.Diff([]string{"V P >= 1.0 | < 2.0 cpe:2.3:a:v:p /containers/cna/affected/0/versions/0", "V P 2.0 cpe:2.3:a:v:p /containers/cna/affected/0/versions/1",
		"V P <= 3 cpe:2.3:a:v:p /containers/cna/affected/0/versions/2"}, versions); diff != "" {
		t.Error(diff)
	}
}

func TestOpenNothing(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none"), Options{}); err == nil {
		t.Error("a folder that is not there")
	}
	set, err := Open(t.TempDir(), Options{})
	if err != nil || len(set.Sources)+len(set.Advisories)+len(set.Warnings) != 0 {
		t.Errorf("%+v %v", set, err)
	}
}

func TestRealFolder(t *testing.T) {
	dir := filepath.Join(shareddata.Dir(t), "vuln")
	records := 0
	set, err := Open(dir, Options{Record: func(advisory.Advisory) { records++ }})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(set.Sources, again.Sources); diff != "" {
		t.Error("not the same twice", diff)
	}
	counts := map[Kind]int{}
	for _, s := range set.Sources {
		counts[s.Kind] += s.Records
		if s.Kind != CSAF && s.Date.IsZero() || len(s.SHA256) != 64 {
			t.Errorf("%+v", s)
		}
	}
	if counts[KEV] != 1404 || counts[CVE5] != 728 || counts[EPSS] < 50 || counts[CSAF] < 230 {
		t.Errorf("%v", counts)
	}
	if records < 720 {
		t.Errorf("%d records", records)
	}
	if threat, ok := set.Threats.Lookup("CVE-2019-0708"); !ok || !threat.KEV {
		t.Errorf("BlueKeep: %+v", threat)
	}
	if len(set.Unknown) > 8 {
		t.Errorf("unknown: %v", set.Unknown)
	}
	t.Log(counts, len(set.Advisories), len(set.Warnings), set.Unknown)
}

func FuzzContent(f *testing.F) {
	for _, seed := range []string{csafNew, nvd20, nvd11, cve5One, kevJSON, kevCSV, epssNew, brokenIn, "[" + cve5One + "]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "f"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := Open(dir, Options{Record: func(a advisory.Advisory) {
			if a.ID == "" {
				t.Fatal("a record without an id")
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if len(set.Sources)+len(set.Warnings)+len(set.Unknown) == 0 {
			t.Fatal("a file vanished")
		}
	})
}
