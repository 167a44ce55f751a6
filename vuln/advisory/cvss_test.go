package advisory

import "testing"

func TestMetrics(t *testing.T) {
	tests := []struct {
		vector string
		want   Metrics
		base   float64
		ok     bool
	}{
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Metrics{"N", "L", "N", "N", "U", "H", "H", "H"}, 9.8, true},
		{" CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:C/C:L/I:N/A:N ", Metrics{"P", "H", "L", "R", "C", "L", "N", "N"}, 1.9, true},
		{"(AV:N/AC:M/Au:S/C:P/I:C/A:N)", Metrics{"N", "L", "L", "", "", "L", "H", "N"}, 7, true},
		{"CVSS:4.0/AV:A/AC:L/AT:P/PR:N/UI:A/VC:H/VI:L/VA:N/SC:N/SI:L/SA:N", Metrics{"A", "H", "N", "R", "C", "H", "L", "N"}, 5.8, true},
		{"CVSS:3.1/AV:N", Metrics{}, 4, false},
		{"", Metrics{}, 4, false},
		{"CVSS:9.9/AV:N/AC:L", Metrics{}, 4, false},
	}
	for _, test := range tests {
		s := Score{Vector: test.vector, Base: 4}
		got, ok := s.Metrics()
		if got != test.want || ok != test.ok {
			t.Errorf("%s: %+v %v, want %+v", test.vector, got, ok, test.want)
		}
		if got := s.BaseScore(); got != test.base {
			t.Errorf("%s: base %v, want %v", test.vector, got, test.base)
		}
	}
}

func FuzzMetrics(f *testing.F) {
	f.Add("CVSS:4.0/AV:A/AC:L/AT:P/PR:N/UI:A/VC:H/VI:L/VA:N/SC:N/SI:L/SA:N")
	f.Add("AV:N/AC:M/Au:S/C:P/I:C/A:N")
	f.Fuzz(func(t *testing.T, vector string) {
		s := Score{Vector: vector}
		if m, ok := s.Metrics(); ok && (m.AV == "" || m.C == "" || s.BaseScore() > 10) {
			t.Fatalf("%q: %+v %v", vector, m, s.BaseScore())
		}
	})
}
