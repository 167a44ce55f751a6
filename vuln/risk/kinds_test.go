package risk

import (
	"testing"

	"ward/asset/device"
)

func TestEveryKindHasItsReach(t *testing.T) {
	kinds := map[string]bool{}
	for _, k := range device.Kinds() {
		kinds[k.Name] = true
		if _, ok := kindReach[k.Name]; !ok {
			t.Errorf("kind %q has no row in kindReach: it would count as workflow", k.Name)
		}
		if r := kindReach[k.Name]; k.Life && r.main != therapy && r.main != monitoring {
			t.Errorf("kind %q keeps somebody alive, its main effect is %s", k.Name, groupWords[r.main])
		}
	}
	for name := range kindReach {
		if !kinds[name] {
			t.Errorf("kindReach has a row for %q, which is no kind", name)
		}
	}
}
