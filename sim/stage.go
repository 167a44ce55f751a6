package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Stage is how far the example feeds have come at a moment, for a demonstration
// in which advisories arrive one after the other.
type Stage struct {
	At         time.Time // dates of KEV and EPSS
	Advisories int       // how many of the example documents are out
	Revised    string    // id of one that has a second revision
	KEV        int       // how many entries the catalogue has
}

// Advisories is how many example documents there are.
func Advisories() int { return len(advisories) }

// arrival is the order in which the documents come out: that of GE, which
// concerns the most devices, last.
var arrival = []int{0, 1, 2, 3, 5, 4}

// KEVEntries is the size of the whole sample of the catalogue.
const KEVEntries = 4

// WriteStage writes the feeds as they stand at a stage. Each file appears whole.
func WriteStage(dir string, s Stage) error {
	if err := os.MkdirAll(filepath.Join(dir, "csaf"), 0o755); err != nil {
		return err
	}
	for _, i := range arrival[:min(s.Advisories, len(arrival))] {
		a := &advisories[i]
		doc := a.csaf()
		if a.id == s.Revised {
			revise(doc, s.At)
		}
		b, err := json.MarshalIndent(doc, "", "  ")
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(dir, "csaf", strings.ToLower(a.id)+".json"), append(b, '\n')); err != nil {
			return err
		}
	}
	kev, err := kevAt(s)
	if err != nil {
		return err
	}
	day := s.At.UTC().Format(time.DateOnly)
	epss, ssvc := strings.Replace(epssSample, "2026-03-01", day, 1), ssvcSample
	if s.KEV < KEVEntries { // before anybody is known to use BlueKeep
		epss, ssvc = strings.Replace(epss, "CVE-2019-0708,0.94400,0.99990", "CVE-2019-0708,0.04100,0.89000", 1), strings.Replace(ssvc, `"active"`, `"none"`, 1)
	}
	for _, f := range []struct{ name, text string }{{"kev.json", kev}, {"epss.csv", epss}, {"nvd.json", strings.ReplaceAll(nvdSample, "2026-03-01", day)},
		{"ssvc-cve-2019-0708.json", ssvc}} {
		if err := replace(filepath.Join(dir, f.name), []byte(f.text)); err != nil {
			return err
		}
	}
	return nil
}

// revise makes the second revision of a document: the maker says more.
func revise(doc object, at time.Time) {
	stamp := at.UTC().Format(time.RFC3339)
	tracking := doc["document"].(object)["tracking"].(object)
	tracking["version"], tracking["current_release_date"] = "2", stamp
	tracking["revision_history"] = append(tracking["revision_history"].([]any),
		object{"date": stamp, "number": "2", "summary": "a correction is available for all modules (simulated revision)"})
	for _, v := range doc["vulnerabilities"].([]any) {
		flaw := v.(object)
		ids := flaw["product_status"].(object)["known_affected"]
		flaw["remediations"] = append(flaw["remediations"].([]any),
			object{"category": "vendor_fix", "details": "Update to the corrected software that the maker's service installs on request.", "product_ids": ids})
	}
}

// kevAt gives the catalogue with its first entries; those that arrive in the
// simulation are dated by it and say so.
func kevAt(s Stage) (string, error) {
	var c object
	if err := json.Unmarshal([]byte(kevSample), &c); err != nil {
		return "", fmt.Errorf("sim: %w", err)
	}
	// BlueKeep, which the example calls the first thing to do, comes last.
	all := c["vulnerabilities"].([]any)
	slices.Reverse(all)
	list := all[:min(s.KEV, len(all))]
	day := s.At.UTC().Format(time.DateOnly)
	if n := len(list); n == len(all) {
		entry := list[n-1].(object)
		entry["notes"] = fmt.Sprintf("In this simulation the entry arrives on %s; the true one is of %s.", day, entry["dateAdded"])
		entry["dateAdded"], entry["dueDate"] = day, s.At.UTC().AddDate(0, 0, 14).Format(time.DateOnly)
	}
	c["vulnerabilities"], c["count"] = list, len(list)
	c["catalogVersion"], c["dateReleased"] = s.At.UTC().Format("2006.01.02"), s.At.UTC().Format(time.RFC3339)
	b, err := json.MarshalIndent(c, "", "  ")
	return string(b), err
}

// replace writes a file beside its place and moves it there, where it differs.
func replace(path string, text []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, text) {
		return nil
	}
	fresh := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".part")
	if err := os.WriteFile(fresh, text, 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
