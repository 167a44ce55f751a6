package remedy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/shareddata"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/feed/csaf"
	"ward/vuln/risk"
)

// realAdvisories reads the shared CSAF documents of one folder.
func realAdvisories(t *testing.T, folder string, least int) []advisory.Advisory {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "vuln", folder, "*.json"))
	if err != nil || len(files) < least {
		t.Fatalf("%d advisories: %v", len(files), err)
	}
	var out []advisory.Advisory
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		adv, err := csaf.Parse(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, adv)
	}
	return out
}

// findings makes one finding for each vulnerability and affected product.
func findings(adv *advisory.Advisory) []exposure.Finding {
	var out []exposure.Finding
	for i := range adv.Vulnerabilities {
		v := &adv.Vulnerabilities[i]
		for _, p := range adv.Products {
			d := &device.Device{ID: "ip:10.0.0.1", Manufacturer: strings.TrimSpace(p.Vendor)}
			out = append(out, exposure.Finding{Device: d.ID, Vulnerability: v.ID, Advisory: adv.ID, Status: exposure.Affected,
				Match: exposure.Confirmed, Product: p.Name, ProductID: p.ID, Adv: adv, Vuln: v, Dev: d})
		}
	}
	return out
}

// TestEveryAdvisoryHasAStep reads the shared advisories, medical and of
// industrial control: each vulnerability gets at least one concrete, sourced
// step that moves no network border and lowers what the attack needs, and no
// sentence or version is invented.
func TestEveryAdvisoryHasAStep(t *testing.T) {
	t.Run("medical", func(t *testing.T) { everyAdvisory(t, realAdvisories(t, "csaf-icsma", 100), 40) })
	t.Run("industrial", func(t *testing.T) { everyAdvisory(t, realAdvisories(t, "csaf-ot", 100), 60) })
}

func everyAdvisory(t *testing.T, advisories []advisory.Advisory, percent int) {
	c := risk.Context{Weights: risk.DefaultWeights()}
	all, fromMaker := 0, 0
	adviser := NewAdviser()
	for i := range advisories {
		adv := &advisories[i]
		printed := map[string]bool{}
		for _, f := range findings(adv) {
			a := c.Assess(&f)
			steps := adviser.Advise(&a)
			all++
			own := checkSteps(t, adv, &a, steps)
			if own {
				fromMaker++
			}
			for _, s := range steps {
				if key := s.Source.Original + s.Text; os.Getenv("WARD_PRINT") != "" && s.Source.ID == adv.ID && !printed[key] {
					printed[key] = true
					t.Logf("%s %s %s [%s]\n   -> %s\n   <- %s", adv.ID, f.Vulnerability, f.Product, s.Kind, s.Text, s.Source.Original)
				}
			}
			for _, r := range adviser.RuledOut(&a) {
				if os.Getenv("WARD_PRINT") != "" && !printed[r.Why] {
					printed[r.Why] = true
					t.Logf("%s ruled out: %s", adv.ID, r.Why)
				}
			}
		}
	}
	t.Logf("%d findings, %d with a step from the publisher's own text", all, fromMaker)
	if fromMaker*100 < all*percent {
		t.Errorf("only %d of %d have a step from the publisher's own text", fromMaker, all)
	}
}

// checkSteps tests the steps of one finding; it tells whether one of them comes
// from the publisher.
func checkSteps(t *testing.T, adv *advisory.Advisory, a *risk.Assessment, steps []Step) (own bool) {
	t.Helper()
	patches, useful := 0, false
	for _, s := range steps {
		switch {
		case s.Text == "" || s.Source.ID == "" || s.Source.Original == "":
			t.Errorf("%s %s: a step without text or source: %+v", adv.ID, a.Vulnerability, s)
		case len(s.Text) > maxStepText:
			t.Errorf("%s: %d bytes: %s", adv.ID, len(s.Text), s.Text)
		case s.Fixed != "" && !strings.Contains(s.Source.Original, s.Fixed) && !stands(adv, a.Finding.Vuln, s.Fixed):
			t.Errorf("%s %s: version %q was invented: %s", adv.ID, a.Vulnerability, s.Fixed, s.Source.Original)
		}
		if s.Kind == Patch {
			patches++
		}
		if s.Source.ID == adv.ID {
			own = own || !s.Kind.Segments()
			if !stands(nil, a.Finding.Vuln, s.Source.Original) {
				t.Errorf("%s %s: %q does not stand in the advisory", adv.ID, a.Vulnerability, s.Source.Original)
			}
		}
		if after := s.Apply(a.Input); !s.Kind.Segments() && s.Kind != Replace && after.Score() < a.Input.Score() {
			useful = true
		}
	}
	if patches > 1 {
		t.Errorf("%s %s: %d updates", adv.ID, a.Vulnerability, patches)
	}
	if !useful {
		t.Errorf("%s %s: no step lowers what the attack needs: %+v", adv.ID, a.Vulnerability, a.Input)
	}
	return own
}

func stands(adv *advisory.Advisory, v *advisory.Vulnerability, text string) bool {
	for i := range v.Remediations {
		if strings.Contains(v.Remediations[i].Text, text) {
			return true
		}
	}
	if adv == nil {
		return false
	}
	for _, p := range adv.Products {
		if strings.Contains(p.Version, text) {
			return true
		}
	}
	return false
}
