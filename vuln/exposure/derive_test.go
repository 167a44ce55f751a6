package exposure

import (
	"testing"

	"ward/asset/device"
)

// Every product of the real medical advisories, spelt as its own name, must
// find its own advisory; the pairs that meet other advisories are listed for
// reading with -v.
func TestEachProductFindsItself(t *testing.T) {
	advisories := realAdvisories(t, "csaf-icsma")
	m := New(advisories)
	missed, total := 0, 0
	for i := range m.entries {
		e := &m.entries[i]
		if e.skip != "" || !e.listed {
			continue
		}
		for _, model := range []string{e.product.Name, e.product.Vendor + " " + e.product.Name} {
			total++
			got := affectedBy(m, &device.Device{Manufacturer: e.product.Vendor, Model: model})
			if got[e.adv.ID] == NoMatch {
				missed++
				t.Logf("MISSED %s | %s | %s | %s", e.adv.ID, e.product.Vendor, model, e.product.Version)
			}
			for id, l := range got {
				if id != e.adv.ID {
					t.Logf("ALSO %s %s | %s | of %s", l, id, model, e.adv.ID)
				}
			}
		}
	}
	t.Logf("%d of %d missed", missed, total)
	if missed*100 > total*3 {
		t.Errorf("%d of %d product names do not find their own advisory", missed, total)
	}
}
