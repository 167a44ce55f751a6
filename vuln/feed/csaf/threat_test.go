package csaf

import (
	"testing"

	document "ward/spec/csaf"
	"ward/vuln/advisory"

	"github.com/google/go-cmp/cmp"
)

func TestThreat(t *testing.T) {
	doc, err := document.Parse("", []byte(`{"document":{"csaf_version":"2.1"},"vulnerabilities":[
	 {"metrics":[{"content":{"ssvc_v1":{"selections":[{"name":"Exploitation","values":["Public PoC"]},{"name":"Automatable","values":["Yes"]},{"name":"Technical Impact","values":["total"]},{"name":"x","values":[]}]}}}]},
	 {"first_known_exploitation_dates":[{"exploitation_date":"2025-01-01T00:00:00Z"}]},
	 {}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []advisory.Threat{{Exploitation: "poc", Automatable: "yes", Impact: "total"}, {Exploitation: "active"}, {}}
	for i, v := range doc.Vulnerabilities {
		got, ok := Threat(v)
		if diff := cmp.Diff(want[i], got); diff != "" || ok != (i < 2) {
			t.Error(diff, ok)
		}
	}
}
