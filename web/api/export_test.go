package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/internal/seed"
	"ward/pipeline"
	"ward/report"
	"ward/store"
)

// TestInventoryIsTheDocumentOfAnalyze: what is streamed has the same bytes as
// the report of the same result.
func TestInventoryIsTheDocumentOfAnalyze(t *testing.T) {
	for _, n := range []int{0, 24} {
		s := newSite(t, n)
		if n > 0 {
			s.talk()
		}
		streamed := s.do("GET", "/exports/inventory.json", nil).Body.Bytes()
		var r pipeline.Result
		strict := json.NewDecoder(bytes.NewReader(streamed))
		strict.DisallowUnknownFields()
		must(t, strict.Decode(&r))
		var again bytes.Buffer
		must(t, report.JSON(&again, &r))
		if d := cmp.Diff(again.String(), string(streamed)); d != "" {
			t.Errorf("%d devices: -report +api\n%s", n, d)
		}
		if len(r.Devices) != n || n > 0 && (len(r.Findings) == 0 || len(r.Assessments) == 0 || len(r.Worklist) == 0 || r.Sessions.Count < 30 || len(r.Inputs) == 0) {
			t.Errorf("%d devices: %d devices, %d findings, %d actions, %d sessions", n, len(r.Devices), len(r.Findings), len(r.Worklist), r.Sessions.Count)
		}
	}
}

// TestOpenVEXSaysWhatItMust: the demands of OpenVEX 0.2.0 on each status.
func TestOpenVEXSaysWhatItMust(t *testing.T) {
	s := newSite(t, 24)
	by := store.Actor{ID: "p", Name: "P"}
	put := func(i int, d store.Decision) {
		d.Device, d.Vulnerability, d.Reason, d.Expires = seed.Device(i).ID, seed.Findings(i)[0].Vulnerability, "as the maker told us", seed.Now.Add(30*24*time.Hour)
		d, err := s.store.Decide(t.Context(), d, false, by)
		must(t, err)
		found := seed.Findings(i)
		found[0].Decision = d.ID // as triage does
		_, err = s.store.PutAssessed(t.Context(), "decision", []store.Assessed{{Device: d.Device, Findings: found}})
		must(t, err)
	}
	put(0, store.Decision{Kind: store.NotAffected, Value: "vulnerable_code_not_present"})
	put(1, store.Decision{Kind: store.AcceptRisk})
	var v openVEX
	s.get("/exports/openvex.json", &v)
	if v.Context != vexContext || v.ID == "" || v.Author == "" || v.Timestamp.IsZero() || v.Version != 1 || len(v.Statements) == 0 {
		t.Errorf("head: %+v", v)
	}
	kinds := map[string]int{}
	for _, x := range v.Statements {
		kinds[x.Status]++
		switch {
		case x.Vulnerability.Name == "" || len(x.Products) != 1 || x.Timestamp.IsZero():
			t.Errorf("not complete: %+v", x)
		case x.Status == "affected" && x.Action == "":
			t.Errorf("affected without an action_statement: %+v", x)
		case x.Status == "not_affected" && x.Justification == "" && x.Impact == "":
			t.Errorf("not_affected without a justification: %+v", x)
		case strings.HasSuffix(x.Products[0].ID, string(seed.Device(1).ID)) && !strings.Contains(x.Action, "accepted until 2026-12-24: as the maker told us"):
			t.Errorf("the accepted risk: %+v", x)
		}
	}
	if kinds["not_affected"] != 1 || kinds["affected"] < 10 {
		t.Errorf("statements: %v", kinds)
	}
}

// TestTablesAreHarmless: a device's name is an attacker's to choose.
func TestTablesAreHarmless(t *testing.T) {
	s := newSite(t, 1)
	evil := []string{`=HYPERLINK("http://x")`, "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "a\u202eb", "|x"}
	_, err := s.store.PutDevices(t.Context(), "x", func(put func(*device.Device) error) error {
		for i, name := range evil {
			d := seed.Device(i)
			d.Hostname, d.Location = name, name
			if err := put(d); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
	rows, err := csv.NewReader(s.do("GET", "/exports/devices.csv", nil).Body).ReadAll()
	must(t, err)
	if len(rows) != len(evil)+1 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if t := strings.TrimLeft(cell, " \t\r\n"); t != "" && strings.ContainsAny(t[:1], "=+-@|") || strings.HasPrefix(t, "＝") || strings.Contains(cell, "\u202e") {
				s.Errorf("cell %q", cell)
			}
		}
	}
}

// TestExportsNeedLittleMemory: the document of many devices is never held whole.
func TestExportsNeedLittleMemory(t *testing.T) {
	s := newSite(t, 5000)
	for _, path := range []string{"/exports/inventory.json", "/exports/openvex.json", "/exports/devices.csv", "/exports/findings.csv"} {
		var sink counter
		sink.most = alive()
		first := sink.most
		s.handler.ServeHTTP(&sink, s.request("GET", path, nil))
		t.Logf("%s: %d kB, %d kB more held at the most", path, sink.bytes>>10, (sink.most-first)>>10)
		if held := int64(sink.most) - int64(first); held > 24<<20 {
			t.Errorf("%s: %d MB held", path, held>>20)
		}
	}
}

func alive() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Benchmarks and the test above write into it.
type counter struct {
	nothing
	bytes, next int
	most        uint64
}

func (c *counter) Write(b []byte) (int, error) {
	if c.bytes += len(b); c.bytes >= c.next { // look now and then
		c.next = c.bytes + 2<<20
		c.most = max(c.most, alive())
	}
	return len(b), nil
}
