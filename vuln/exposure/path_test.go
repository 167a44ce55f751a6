package exposure_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/pipeline"
	"ward/vuln/exposure"
)

// object is a JSON object.
type object = map[string]any

// TestWholePath writes a table as CSAF documents in CISA's shape and as a
// maintenance export, and wants from the whole program what the matcher alone
// says of the table.
func TestWholePath(t *testing.T) {
	for _, file := range []string{"testdata/heldout.tsv", "testdata/heldout5.tsv", "testdata/heldout6.tsv", "testdata/heldout7.tsv", "testdata/heldout8.tsv", "testdata/heldout9.tsv"} {
		dir := t.TempDir()
		if keep := os.Getenv("WARD_TABLE_DIR"); keep != "" { // for a look with the program itself
			dir = filepath.Join(keep, strings.TrimSuffix(filepath.Base(file), ".tsv"))
		}
		rows := exposure.Table(t, file)
		writeFeeds(t, file, filepath.Join(dir, "feeds"))
		writeAssets(t, rows, filepath.Join(dir, "assets.csv"))
		r, err := pipeline.Analyze(context.Background(), pipeline.Request{Feeds: filepath.Join(dir, "feeds"), Assets: filepath.Join(dir, "assets.csv")})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]map[string]exposure.Match{}
		for _, f := range r.Findings {
			if f.Status != exposure.Affected {
				continue
			}
			if got[string(f.Device)] == nil {
				got[string(f.Device)] = map[string]exposure.Match{}
			}
			got[string(f.Device)][f.Advisory] = f.Match
		}
		for i, row := range rows {
			if len(row.Got) == 0 {
				row.Got = nil
			}
			if diff := cmp.Diff(row.Got, got[fmt.Sprintf("asset:D%d", i)]); diff != "" {
				t.Errorf("%s: %s | %s | %s (alone -, whole path +)\n%s", file, row.Manufacturer, row.Model, row.Version, diff)
			}
		}
	}
}

// writeFeeds writes one CSAF 2.0 document for each advisory of a table.
func writeFeeds(t *testing.T, file, dir string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	vendors, ids := map[string][]any{}, map[string][]string{}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if f[0] != "A" {
			continue
		}
		id := fmt.Sprintf("CSAFPID-%04d", len(ids[f[1]])+1)
		category := "product_version"
		if f[4] == "R" {
			category = "product_version_range"
		}
		version := object{"category": category, "name": f[5], "product": object{"name": f[6], "product_id": id}}
		product := object{"category": "product_name", "name": f[3], "branches": []any{version}}
		vendors[f[1]] = append(vendors[f[1]], object{"category": "vendor", "name": f[2], "branches": []any{product}})
		ids[f[1]] = append(ids[f[1]], id)
	}
	for id, branches := range vendors {
		first := branches[0].(object)
		title := fmt.Sprint(first["name"], " ", first["branches"].([]any)[0].(object)["name"])
		write(t, filepath.Join(dir, strings.ToLower(id)+".json"), document(id, title, branches, ids[id]))
	}
}

// document is one advisory in the shape that CISA gives its own.
func document(id, title string, branches []any, products []string) []byte {
	const day = "2024-05-02T06:00:00.000000Z"
	doc := object{
		"document": object{"category": "csaf_security_advisory", "csaf_version": "2.0", "lang": "en-US", "title": title,
			"distribution": object{"text": "Disclosure is not limited", "tlp": object{"label": "WHITE"}},
			"publisher":    object{"category": "other", "name": "CISA", "namespace": "https://www.cisa.gov/"},
			"tracking": object{"id": id, "status": "final", "version": "1.0.0", "current_release_date": day, "initial_release_date": day,
				"revision_history": []any{object{"date": day, "number": "1.0.0", "summary": "Initial Publication"}}}},
		"product_tree":    object{"branches": branches},
		"vulnerabilities": []any{object{"cve": "CVE-2024-" + strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") + "0001", "product_status": object{"known_affected": products}}},
	}
	out, err := json.Marshal(doc)
	if err != nil {
		panic(err) // maps of strings always encode
	}
	return out
}

// writeAssets writes the devices as a maintenance export.
func writeAssets(t *testing.T, rows []exposure.TableRow, path string) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"Asset ID", "Manufacturer", "Model", "Software Version", "Device Type", "Hostname", "Model Number", "OS"})
	for i, r := range rows {
		_ = w.Write([]string{fmt.Sprintf("D%d", i), r.Manufacturer, r.Model, r.Version, r.Columns["kind"], r.Columns["hostname"], r.Columns["number"], r.Columns["os"]})
	}
	w.Flush()
	write(t, path, []byte(b.String()))
}

func write(t *testing.T, path string, data []byte) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
