package record

import "testing"

func TestRecent(t *testing.T) {
	var r Recent[string]
	for i, step := range []struct {
		v     string
		again bool
	}{{"a", false}, {"a", true}, {"b", false}, {"a", true}, {"c", false}, {"b", true}, {"a", false}, {"c", true}, {"b", false}} {
		if got := r.Again(step.v, 2); got != step.again {
			t.Errorf("step %d: %q again is %v", i, step.v, got)
		}
	}
	if len(r.list) != 2 {
		t.Errorf("%d values held", len(r.list))
	}
}
