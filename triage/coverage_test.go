package triage

import (
	"testing"
	"time"

	"ward/vuln/risk"
)

func TestCover(t *testing.T) {
	at := func(h float64) time.Time {
		return time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(h * float64(time.Hour)))
	}
	for _, row := range []struct {
		name  string
		spans []span
		want  risk.Coverage
	}{
		{"nothing", nil, risk.Coverage{}},
		{"one", []span{{at(0), at(2), ""}}, risk.Coverage{Hours: 2, Taps: 1}},
		{"files of one tap follow each other", []span{{at(1), at(2), ""}, {at(0), at(1), ""}, {at(10), at(11), ""}}, risk.Coverage{Hours: 3, Taps: 1}},
		{"two at once", []span{{at(0), at(4), ""}, {at(1), at(2), ""}, {at(3), at(6), ""}}, risk.Coverage{Hours: 6, Taps: 2}},
		{"the same tap twice", []span{{at(0), at(4), "core"}, {at(1), at(2), "core"}}, risk.Coverage{Hours: 4, Taps: 1}},
		{"one frame", []span{{at(0), at(0), ""}}, risk.Coverage{Hours: 1.0 / 3600, Taps: 1}},
	} {
		if got := cover(row.spans); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
	}
}

// TestMatters: more of the same watching changes nothing, twice as long does,
// and so does what refutes.
func TestMatters(t *testing.T) {
	was := risk.Coverage{Hours: 500, Taps: 1}
	for is, want := range map[risk.Coverage]bool{
		{Hours: 500, Taps: 1}: false, {Hours: 600, Taps: 1}: false, {Hours: 1000, Taps: 1}: true, {Hours: 730, Taps: 1}: true,
		{Hours: 510, Taps: 2}: true, {Hours: 400, Taps: 1}: true,
	} {
		if matters(was, is) != want {
			t.Errorf("%+v: want %v", is, want)
		}
	}
}
