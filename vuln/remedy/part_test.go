package remedy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ward/asset/device"
	"ward/vuln/risk"
)

// drafted plans the assessments a group and a device at a time.
func drafted(assessments []risk.Assessment) []Part {
	type home struct {
		group string
		id    device.ID
	}
	byDevice := map[home][]risk.Assessment{}
	devices := map[home]*device.Device{}
	var homes []home
	for _, a := range assessments {
		h := home{GroupOf(a.Finding.Dev), a.Device}
		if byDevice[h] == nil {
			homes = append(homes, h)
		}
		byDevice[h], devices[h] = append(byDevice[h], a), a.Finding.Dev
	}
	slices.SortFunc(homes, func(a, b home) int { return strings.Compare(a.group+"\x00"+string(a.id), b.group+"\x00"+string(b.id)) })
	var parts []Part
	p := NewPlanner(risk.DefaultWeights(), nil)
	var draft *Draft
	for i, h := range homes {
		if i == 0 || homes[i-1].group != h.group {
			draft = p.Draft()
		}
		draft.Add(devices[h], byDevice[h])
		if i == len(homes)-1 || homes[i+1].group != h.group {
			parts = append(parts, draft.Part())
		}
	}
	return parts
}

// TestJoinIsPlan: a group at a time gives the same worklist as all at once, and
// parts can be joined again.
func TestJoinIsPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		assessments := population(t)
		risk.Sort(assessments)
		want := NewPlanner(risk.DefaultWeights(), nil).Plan(assessments)
		parts := drafted(assessments)
		slices.Reverse(parts)
		Join(parts)
		got := Join(parts)
		if diff := cmp.Diff(written(t, want), written(t, got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func written(t *rapid.T, v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestKeys: keys are unique, and stay where a device or a flaw comes or goes.
func TestKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		assessments := population(t)
		risk.Sort(assessments)
		plan := NewPlanner(risk.DefaultWeights(), nil).Plan(assessments)
		keys := Keys(plan)
		seen := map[string]bool{}
		for _, k := range keys {
			if seen[k] {
				t.Fatalf("two actions have the key %s", k)
			}
			seen[k] = true
		}
		if len(assessments) < 2 {
			return
		}
		gone := rapid.IntRange(0, len(assessments)-1).Draw(t, "gone")
		less := slices.Delete(slices.Clone(assessments), gone, gone+1)
		after := NewPlanner(risk.DefaultWeights(), nil).Plan(less)
		words := map[string]string{}
		for i, a := range plan {
			words[keys[i]] = string(a.Kind) + a.group
		}
		for i, k := range Keys(after) {
			if before, ok := words[k]; ok && before != string(after[i].Kind)+after[i].group {
				t.Fatalf("the key %s moved from %q to %q", k, before, after[i].Action)
			}
		}
	})
}
