package csaf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/internal/shareddata"
	"ward/vuln/advisory"
)

const vex = `{"document":{"csaf_version":"2.0","title":" A  title","publisher":{"name":"Maker"},
 "references":[{"category":"self","url":"https://m.example/a.json"},{"category":"self","url":"https://m.example/a"}],
 "tracking":{"id":"M-1","version":"2","initial_release_date":"2024-01-02T03:04:05+01:00","current_release_date":"2024-02-01"}},
 "product_tree":{"branches":[{"category":"vendor","name":"DrÃ¤ger\u00a0 Medical","branches":[
   {"category":"product_family","name":"Infinity","branches":[{"category":"product_name","name":"M300 ","branches":[
     {"category":"product_version_range","name":"<  VG2","branches":[{"category":"architecture","name":"arm","product":{"product_id":"P1","name":"M300:  old",
       "product_identification_helper":{"cpe":"cpe:2.3:h:d:m300:*:*:*:*:*:*:*:*","model_numbers":["M 300*"],"hashes":[{"file_hashes":[{"algorithm":"sha256","value":"ab"}]}]}}}]},
     {"category":"product_version","name":"8","branches":[{"category":"service_pack","name":"SP1","product":{"product_id":"P2","name":"M300 8 SP1"}}]}]}]}]}],
  "full_product_names":[{"product_id":"P3","name":"Linux"}],
  "product_groups":[{"group_id":"G","product_ids":["P1","P2"]}],
  "relationships":[{"category":"installed_on","product_reference":"P3","relates_to_product_reference":"P1","full_product_name":{"product_id":"P4","name":"Linux on M300"}}]},
 "vulnerabilities":[{"cve":"cve-2024-0001","cwe":{"id":"CWE-79"},"notes":[{"category":"other","text":"o"},{"category":"description","text":"d\nd"}],
   "product_status":{"known_affected":["P1"],"known_not_affected":["P2","P4"],"fixed":["P3"]},
   "flags":[{"label":"component_not_present","group_ids":["G"]},{"label":"inline_mitigations_already_exist"}],
   "threats":[{"category":"impact","details":"not in use","product_ids":["P4"]},{"category":"exploit_status","details":"x"}],
   "scores":[{"products":["P1"],"cvss_v3":{"version":"3","baseScore":5,"vectorString":"CVSS:3.1/AV:N"},"cvss_v2":{"baseScore":2}}],
   "remediations":[{"category":"vendor_fix","details":"Update","group_ids":["G","NONE"],"product_ids":["P2"],"date":"2024-03-01T00:00:00Z","restart_required":{"category":"system"},"entitlements":["contract"]}]},
  {"ids":[{"system_name":"s","text":"ID 7"}]},{}]}`

func TestConvert(t *testing.T) {
	got, err := Parse("a.json", []byte(vex))
	if err != nil {
		t.Fatal(err)
	}
	tree := "/product_tree/branches/0/branches/0/branches/0/branches/"
	want := advisory.Advisory{
		ID: "M-1", Title: "A title", Publisher: "Maker", Feed: "csaf", File: "a.json", Revision: "2", URL: "https://m.example/a",
		Released: time.Date(2024, 1, 2, 2, 4, 5, 0, time.UTC), Revised: time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC),
		Products: []advisory.Product{
			{ID: "P1", Vendor: "Dräger Medical", Family: "Infinity", Name: "M300", Version: "< VG2", Range: true, Text: "M300:  old",
				CPE: "cpe:2.3:h:d:m300:*:*:*:*:*:*:*:*", Models: []string{"M 300*"}, Hashes: []string{"sha256:ab"},
				Details: []string{"architecture: arm"}, Path: tree + "0/branches/0/product"},
			{ID: "P2", Vendor: "Dräger Medical", Family: "Infinity", Name: "M300", Version: "8 SP1", Text: "M300 8 SP1", Path: tree + "1/branches/0/product"},
			{ID: "P3", Name: "Linux", Text: "Linux", Path: "/product_tree/full_product_names/0"},
			{ID: "P4", Name: "Linux on M300", Text: "Linux on M300", Parts: []string{"P3", "P1"}, Relation: "installed_on", Path: "/product_tree/relationships/0/full_product_name"},
		},
		Vulnerabilities: []advisory.Vulnerability{
			{ID: "CVE-2024-0001", Description: "d\nd", CWEs: []string{"CWE-79"},
				Scores: []advisory.Score{{Version: "2.0", Base: 2, Products: []string{"P1"}}, {Version: "3.1", Vector: "CVSS:3.1/AV:N", Base: 5, Products: []string{"P1"}}},
				Status: []advisory.ProductStatus{
					{Product: "P1", Status: advisory.KnownAffected, Flag: "component_not_present"},
					{Product: "P2", Status: advisory.KnownNotAffected, Flag: "component_not_present"},
					{Product: "P4", Status: advisory.KnownNotAffected, Flag: "inline_mitigations_already_exist", Why: "not in use"},
					{Product: "P3", Status: advisory.Fixed, Flag: "inline_mitigations_already_exist"}},
				Remediations: []advisory.Remediation{{Category: "vendor_fix", Text: "Update", Products: []string{"P2", "P1", "NONE"}, Restart: "system",
					Entitlements: []string{"contract"}, Date: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), Path: "/vulnerabilities/0/remediations/0"}}},
			{ID: "ID 7"}, {ID: "M-1#3"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRepair(t *testing.T) {
	for in, want := range map[string]string{
		"DrÃ¤ger":              "Dräger",
		"Dräger é":             "Dräger é",
		"Vendorâ€™s":           "Vendor’s",
		"“fine” ’":             "“fine” ’",
		"a\u00a0 b\u200bc\r\n": "a bc",
		"Ã":                    "Ã",
		"Ã£o":                  "ão",
		"bad\xffbyte":          "badbyte",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestMedical checks what every advisory of CISA's medical set must have.
func TestMedical(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shareddata.Dir(t), "vuln", "csaf-icsma", "*.json"))
	products := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a, err := Parse(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.EqualFold(a.ID+".json", a.File) || a.Revised.IsZero() || a.URL == "" || len(a.Vulnerabilities) == 0 {
			t.Errorf("%s: id %q revised %v url %q, %d vulnerabilities", a.File, a.ID, a.Revised, a.URL, len(a.Vulnerabilities))
		}
		ids := map[string]bool{}
		for _, p := range a.Products {
			ids[p.ID] = true
			products++
			if p.Vendor == "" || p.Name == "" || p.Version == "" || p.Text == "" {
				t.Errorf("%s: product %+v", a.File, p)
			}
		}
		for _, v := range a.Vulnerabilities {
			for _, s := range v.Status {
				if !ids[s.Product] {
					t.Errorf("%s: %s: status of unknown product %s", a.File, v.ID, s.Product)
				}
			}
		}
	}
	if len(files) < 100 || products < 400 {
		t.Errorf("only %d files, %d products", len(files), products)
	}
}
