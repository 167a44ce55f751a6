package exposure

import "testing"

func TestSameMaker(t *testing.T) {
	s := NewSpeller()
	rows := []struct {
		a, b string
		want bool
	}{
		{"Phillips", "Philips Healthcare", true},
		{"Dräger", "Draeger", true},
		{"CareFusion", "BD Alaris", true},
		{"General Electric", "GE Healthcare", true},
		{"Space Labs", "SPACELABS MEDICAL", true},
		{"Philips", "GE Healthcare", false},
		{"Baxter", "B. Braun", false},
		{"Dell", "HP", false},
	}
	for _, row := range rows {
		if got := s.SameMaker(row.a, row.b); got != row.want {
			t.Errorf("SameMaker(%q, %q) = %v, want %v", row.a, row.b, got, row.want)
		}
	}
}
