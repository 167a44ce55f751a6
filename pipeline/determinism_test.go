package pipeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/internal/shareddata"
	"ward/pipeline"
	"ward/report"
	"ward/sim"
)

// simulated writes a small simulated hospital once for a test: capture, feeds
// and maintenance export.
func simulated(t *testing.T) (capture, feeds, assets string) {
	t.Helper()
	hospital, err := sim.New(sim.Config{Seed: 7, Duration: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	capture, feeds, assets = filepath.Join(dir, "ward.pcap"), filepath.Join(dir, "feeds"), filepath.Join(dir, "assets.csv")
	f, err := os.Create(capture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recorder := sim.NewRecorder(f, sim.PCAP)
	if _, err := hospital.Write(recorder.Frame); err != nil {
		t.Fatal(err)
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	if err := hospital.WriteFeeds(feeds); err != nil {
		t.Fatal(err)
	}
	if err := hospital.WriteAssets(assets); err != nil {
		t.Fatal(err)
	}
	return capture, feeds, assets
}

// outputs gives everything an analysis writes: document, text and sessions.
func outputs(t *testing.T, req pipeline.Request) (document, text, sessions string) {
	t.Helper()
	var lines, doc, page bytes.Buffer
	req.Sessions = &lines
	r, err := pipeline.Analyze(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(&doc, r); err != nil {
		t.Fatal(err)
	}
	if err := report.Text(&page, r, report.Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return doc.String(), page.String(), lines.String()
}

// TestSameBytes wants the same bytes from each run, whatever the workers.
func TestSameBytes(t *testing.T) {
	capture, feeds, assets := simulated(t)
	inputs := [][]string{{capture}}
	if dir, ok := shareddata.Find(); ok {
		files, _ := filepath.Glob(filepath.Join(dir, "pcap", "recorded-third-party", "*.pcap"))
		inputs = append(inputs, files)
	}
	for _, in := range inputs {
		var first [3]string
		for i, workers := range []int{1, 1, 2, 4} {
			var got [3]string
			got[0], got[1], got[2] = outputs(t, pipeline.Request{Inputs: in, Feeds: feeds, Assets: assets, Hours: 4, Workers: workers})
			if i == 0 {
				first = got
				if strings.Count(got[2], "\n") < 100 {
					t.Fatalf("only %d sessions", strings.Count(got[2], "\n"))
				}
			}
			for k, name := range []string{"document", "text", "sessions"} {
				if got[k] != first[k] {
					t.Errorf("%s: run %d with %d workers differs:\n%.2000s", name, i, workers, cmp.Diff(strings.Split(first[k], "\n"), strings.Split(got[k], "\n")))
				}
			}
		}
	}
}

// TestOrderOfCaptures gives the same captures in another order: the devices,
// findings, assessments and the worklist stay the same.
func TestOrderOfCaptures(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "pcap", "recorded-third-party", "*.pcap"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	capture, feeds, assets := simulated(t)
	files = append(files, capture)
	var first string
	for turn := range len(files) {
		inputs := append(append([]string{}, files[turn:]...), files[:turn]...)
		document, _, _ := outputs(t, pipeline.Request{Inputs: inputs, Feeds: feeds, Assets: assets})
		got := withoutInputs(t, document)
		if turn == 0 {
			first = got
		}
		if got != first {
			t.Errorf("order %d differs:\n%.3000s", turn, cmp.Diff(strings.Split(first, "\n"), strings.Split(got, "\n")))
		}
		if testing.Short() && turn == 2 {
			break
		}
	}
}

// withoutInputs drops the list of inputs, which stays in the order given.
func withoutInputs(t *testing.T, document string) string {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatal(err)
	}
	delete(d, "inputs")
	b, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s\n", b)
}
