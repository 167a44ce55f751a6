package epss

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	text := "\ufeff#model_version:v2025.03.14,score_date:2025-08-01T00:00:00+0000\r\ncve,epss,percentile\r\nCVE-1999-0001,0.01297,0.85\r\nCVE-1999-0002,2,0.5\nCVE-1999-0003,NaN,0\nCVE-1999-0004,1,x\n,,\n"
	var rows []Row
	head, err := Read(strings.NewReader(text), func(r Row) { rows = append(rows, r) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Head{"v2025.03.14", time.Date(2025, 8, 1, 0, 0, 0, 0, time.UTC), 2, 3}, head); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Row{{"CVE-1999-0001", 0.01297, 0.85}, {"CVE-1999-0004", 1, 0}}, rows); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "hello", "cve,epss,percentile\n"} {
		if _, err := Read(strings.NewReader(bad), func(Row) {}); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := Read(strings.NewReader(strings.Repeat("x", 2*maxLine)), func(Row) {}); err == nil {
		t.Error("a line without end")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("#model_version:v4,score_date:2025-08-01T00:00:00Z\ncve,epss,percentile\nCVE-1999-0001,0.01297,0.85\n")
	f.Fuzz(func(t *testing.T, text string) {
		Read(strings.NewReader(text), func(r Row) {
			if !(r.Score >= 0 && r.Score <= 1 && r.Percentile >= 0 && r.Percentile <= 1) {
				t.Fatal(r)
			}
		})
	})
}
