package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// nvdPage is a page of the NVD API 2.0 with one CVE about Windows XP and one
// about a product that nobody here has.
const nvdPage = `{"resultsPerPage":2,"startIndex":0,"totalResults":2,"format":"NVD_CVE","version":"2.0","timestamp":"2026-01-01T00:00:00.000","vulnerabilities":[
{"cve":{"id":"CVE-2099-0001","published":"2025-01-01T00:00:00.000","lastModified":"2025-01-02T00:00:00.000","vulnStatus":"Analyzed",
"descriptions":[{"lang":"en","value":"Remote Desktop Services of Windows XP run code of strangers."}],
"metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"version":"3.1","vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8}}]},
"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:microsoft:windows_xp:*:sp3:*:*:*:*:*:*","matchCriteriaId":"A"}]}]}]}},
{"cve":{"id":"CVE-2099-0002","published":"2025-01-01T00:00:00.000","lastModified":"2025-01-02T00:00:00.000","vulnStatus":"Analyzed",
"descriptions":[{"lang":"en","value":"Other."}],"metrics":{},
"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:other:thing:*:*:*:*:*:*:*:*","matchCriteriaId":"B"}]}]}]}}]}`

func TestRecordsBecomeFindings(t *testing.T) {
	dir := t.TempDir()
	feeds, assets := filepath.Join(dir, "feeds"), filepath.Join(dir, "assets.csv")
	if err := os.Mkdir(feeds, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(feeds, "nvd.json"): nvdPage,
		assets:                           "asset_id,manufacturer,model,os\nB-1,Acme,Imager 5,Windows XP SP3\nB-2,Acme,Imager 6,Windows 10\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Analyze(context.Background(), Request{Feeds: feeds, Assets: assets})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s %s %s %s", f.Device, f.Vulnerability, f.Match, f.Evidence[0].File))
	}
	if diff := cmp.Diff([]string{"asset:B-1 CVE-2099-0001 likely nvd.json"}, got); diff != "" {
		t.Error(diff)
	}
	why := r.Explain(r.Devices[0], "CVE-2099-0001")
	if len(why) == 0 || why[0].Rule != "cpe.configuration" {
		t.Errorf("%+v", why)
	}
}

func TestRecordsAreBounded(t *testing.T) {
	r := records{wanted: wanted{makers: map[string]bool{"acme": true}}}
	for range maxRecords + 3 {
		r.take(advisory.Advisory{Products: []advisory.Product{{Vendor: "Acme Medical"}}})
		r.take(advisory.Advisory{Products: []advisory.Product{{Vendor: "Other"}}})
	}
	if len(r.named) != maxRecords || r.more != 3 || !strings.HasPrefix(r.lost(), "3 CVE records") {
		t.Errorf("%d kept, %d more, %q", len(r.named), r.more, r.lost())
	}
}

func TestWantedProduct(t *testing.T) {
	w := wanted{products: map[string]bool{"acme:thing": true}}
	for name, want := range map[string]bool{"cpe:2.3:a:acme:thing:1.0:*:*:*:*:*:*:*": true, "cpe:2.3:a:acme:thing": true, "cpe:2.3:a:acme:thing2:1": false,
		"cpe:/a:acme:thing:1.0": true, "cpe:2.3:": false, "": false, "cpe:2.3:a:acme": false} {
		if w.product(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

// TestWorst: of thousands of CVEs of one system those that weigh most are
// listed, and the others are counted.
func TestWorst(t *testing.T) {
	a, err := begin(Request{})
	if err != nil {
		t.Fatal(err)
	}
	a.threats = func(cve string) (advisory.Threat, bool) {
		return advisory.Threat{KEV: cve == "CVE-0999", EPSS: 0.5}, true
	}
	var list []exposure.Finding
	for i := range 1000 {
		base := float64(i%10) + 0.5
		list = append(list, exposure.Finding{Vulnerability: fmt.Sprintf("CVE-%04d", i), Vuln: &advisory.Vulnerability{Scores: []advisory.Score{{Base: base}}}})
	}
	list[999].Vuln = &advisory.Vulnerability{}
	kept := a.worst(list)
	if len(kept) != maxPerDevice || kept[len(kept)-1].Vulnerability != "CVE-0999" || kept[0].Vulnerability != "CVE-0007" {
		t.Errorf("%d kept, from %s to %s", len(kept), kept[0].Vulnerability, kept[len(kept)-1].Vulnerability)
	}
	if a.unlisted != (unlisted{1, 700}) || len(a.worst(kept)) != maxPerDevice || a.unlisted.devices != 1 {
		t.Errorf("%+v", a.unlisted)
	}
}

func TestWantedMakers(t *testing.T) {
	w := NewWanted()
	for _, d := range []*device.Device{{Manufacturer: "Intel"}, {Manufacturer: "Acme Medical GmbH", Model: "Imager 5"}, {Manufacturer: "Baxter", Kind: "infusion_pump"}} {
		w.Add(d)
	}
	if diff := cmp.Diff(map[string]bool{"acme": true, "baxter": true}, w.makers); diff != "" {
		t.Error(diff)
	}
}
