package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// advisory is one example document. The facts (identifiers, products, versions,
// vectors, what the maker offers) are those of the advisory of that number; the
// words are ours.
type advisory struct {
	id, date, title, vendor string
	products                []affected
	flaws                   []flaw
}

// affected is one product with its version expression as coordinators write
// it, and the simulated devices that it means: catalogue key, @, version or *.
type affected struct {
	product, versions string
	devices           []string
}

// flaw is one vulnerability; steps are "category: words".
type flaw struct {
	cve, cwe, vector string
	score            float64
	words            string
	steps            []string
	only             []int // indices of products, none: all
}

func (a *advisory) hits(f *flaw, i int) bool { return len(f.only) == 0 || slices.Contains(f.only, i) }

// expected tells which findings the example feeds must lead to on a device.
func expected(d *Host) []Expected {
	var list []Expected
	for a := range advisories {
		doc := &advisories[a]
		for f := range doc.flaws {
			for i, p := range doc.products {
				e := Expected{doc.id, doc.flaws[f].cve}
				if doc.hits(&doc.flaws[f], i) && !slices.Contains(list, e) && (slices.Contains(p.devices, d.row.key+"@"+d.Version) || slices.Contains(p.devices, d.row.key+"@*")) {
					list = append(list, e)
				}
			}
		}
	}
	for _, s := range d.Software {
		for _, cve := range softwareFlaws[s] {
			if !slices.ContainsFunc(list, func(e Expected) bool { return e.CVE == cve }) {
				list = append(list, Expected{cve, cve})
			}
		}
	}
	return list
}

// WriteFeeds writes the example feeds into a folder: CSAF 2.0 documents, and
// small samples of KEV, EPSS, NVD and SSVC.
func (h *Hospital) WriteFeeds(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "csaf"), 0o755); err != nil {
		return err
	}
	for i := range advisories {
		a := &advisories[i]
		if err := writeJSON(filepath.Join(dir, "csaf", strings.ToLower(a.id)+".json"), a.csaf()); err != nil {
			return err
		}
	}
	for _, f := range []struct{ name, text string }{{"kev.json", kevSample}, {"epss.csv", epssSample}, {"nvd.json", nvdSample}, {"ssvc-cve-2019-0708.json", ssvcSample}} {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

type object = map[string]any

// csaf shapes the advisory as an OASIS CSAF 2.0 security advisory.
func (a *advisory) csaf() object {
	var products []any
	for i, p := range a.products {
		leaf := object{"category": "product_version_range", "name": p.versions,
			"product": object{"name": fmt.Sprintf("%s %s: %s", a.vendor, p.product, p.versions), "product_id": productID(i)}}
		products = append(products, object{"category": "product_name", "name": p.product, "branches": []any{leaf}})
	}
	var flaws []any
	for i := range a.flaws {
		flaws = append(flaws, a.vulnerability(&a.flaws[i]))
	}
	stamp := a.date + "T00:00:00Z"
	return object{
		"document": object{
			"category": "csaf_security_advisory", "csaf_version": "2.0", "lang": "en", "title": a.title,
			"publisher": object{"category": "other", "name": "Ward example feed", "namespace": "https://ward.example/simulator"},
			"notes":     []any{object{"category": "legal_disclaimer", "text": "Written by the Ward simulator for its example. Read the advisory of this number itself before you act."}},
			"tracking": object{"id": a.id, "initial_release_date": stamp, "current_release_date": stamp, "status": "final", "version": "1",
				"revision_history": []any{object{"date": stamp, "number": "1", "summary": "example"}}},
		},
		"product_tree":    object{"branches": []any{object{"category": "vendor", "name": a.vendor, "branches": products}}},
		"vulnerabilities": flaws,
	}
}

func productID(i int) string { return fmt.Sprintf("CSAFPID-%04d", i+1) }

func (a *advisory) vulnerability(f *flaw) object {
	var ids, steps []any
	for i := range a.products {
		if a.hits(f, i) {
			ids = append(ids, productID(i))
		}
	}
	for _, s := range f.steps {
		category, words, _ := strings.Cut(s, ": ")
		steps = append(steps, object{"category": category, "details": words, "product_ids": ids})
	}
	return object{
		"cve": f.cve, "cwe": object{"id": f.cwe, "name": cweNames[f.cwe]},
		"notes":          []any{object{"category": "summary", "text": f.words}},
		"product_status": object{"known_affected": ids},
		"remediations":   steps,
		"scores": []any{object{"products": ids, "cvss_v3": object{"version": f.vector[5:8], "vectorString": f.vector, "baseScore": f.score,
			"baseSeverity": severity(f.score)}}},
	}
}

func severity(score float64) string {
	switch {
	case score >= 9:
		return "CRITICAL"
	case score >= 7:
		return "HIGH"
	case score >= 4:
		return "MEDIUM"
	}
	return "LOW"
}
