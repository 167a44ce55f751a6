package kev

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	want := []Entry{{"CVE-2024-1", day(1), day(9), true}, {"CVE-2024-2", day(2), time.Time{}, false}}
	json := `{"dateReleased":"2024-01-05","vulnerabilities":[{"cveID":"cve-2024-1","dateAdded":"2024-01-01","dueDate":"2024-01-09","knownRansomwareCampaignUse":"Known"},{"cveID":"CVE-2024-2","dateAdded":"2024-01-02","dueDate":"soon"},{"cveID":""}]}`
	csv := "\ufeffcveID,vendorProject,dateAdded,dueDate,knownRansomwareCampaignUse\nCVE-2024-1,\"a \"\"b\"\", c\",2024-01-01,2024-01-09,known\nCVE-2024-2,x,2024-01-02\n"
	for text, released := range map[string]time.Time{json: day(5), csv: day(2)} {
		got, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Catalog{released, want}, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, bad := range []string{"", "{", `{"vulnerabilities":[]}`, "cveID,vendorProject\n", "a,b\n1,2\n"} {
		if _, err := Parse([]byte(bad)); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := Parse(make([]byte, MaxBytes+1)); !errors.Is(err, ErrTooBig) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"vulnerabilities":[{"cveID":"CVE-2024-1","dateAdded":"2024-01-01"}]}`))
	f.Add([]byte("cveID,vendorProject,dateAdded\nCVE-2024-1,\"a\",2024-01-01\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Parse(data); err == nil && len(c.Entries) == 0 {
			t.Fatal("an empty catalog")
		}
	})
}
