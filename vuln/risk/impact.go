package risk

import (
	"fmt"
	"strings"

	"ward/vuln/advisory"
)

// group is one of the six effects of the MITRE rubric for medical devices as
// vulnerability-priority.md section 2 words them.
type group int

const (
	therapy group = iota
	monitoring
	diagnosis
	workflow
	secrets
	privacy
	groups
)

var groupWords = [groups]string{"therapy", "alarms and monitoring", "diagnosis", "workflow", "device secrets", "patient privacy"}

// alarmWords and therapyWords raise the effect to full where the publisher's
// own text names harm that CVSS cannot express (a silenced monitor scores 5.3).
var (
	alarmWords   = []string{"silence alarm", "silence the alarm", "suppress alarm", "alarm", "false vital", "loss of monitoring", "stop monitoring", "inaccurate physiolog"}
	therapyWords = []string{"change therapy", "modify therapy", "alter therapy", "over-infusion", "overdose", "overdos", "incorrect dos", "under-infusion", "delivery of therap", "infusion rate", "unintended motion", "incorrect treatment", "insulin"}
)

// impact gives R's I: the highest effect (0, 0.5, 1) times weight over the six
// groups, with the reason in words.
func (w Weights) impact(kind string, v *advisory.Vulnerability) (float64, Reason) {
	m, known := Metrics(v)
	if !known {
		m = advisory.Metrics{C: "H", I: "H", A: "H"}
	}
	effect := w.effects(kind, v, m)
	best, bestValue := workflow, 0.0
	weights := [groups]float64{w.Therapy, w.Monitoring, w.Diagnosis, w.Workflow, w.Secrets, w.Privacy}
	for g := range groups {
		if value := effect[g] * weights[g]; value > bestValue {
			best, bestValue = g, value
		}
	}
	text := fmt.Sprintf("%s effect on %s", effectWord(effect[best]), groupWords[best])
	if !known {
		text += " (no CVSS vector: the worst is assumed)"
	}
	return bestValue, Reason{Factor: "R.effect", Value: bestValue, Text: text, Evidence: vectorOf(v)}
}

func (w Weights) effects(kind string, v *advisory.Vulnerability, m advisory.Metrics) [groups]float64 {
	g, ok := kindReach[kind]
	if !ok {
		g.main, g.integrity, g.availability = workflow, 1, 1
	}
	var effect [groups]float64
	raise := func(to group, value float64) { effect[to] = max(effect[to], value) }
	raise(g.main, max(level(m.I)*g.integrity, level(m.A)*g.availability))
	raise(workflow, max(level(m.I), level(m.A)))
	raise(secrets, level(m.C))
	if !g.noPatients {
		raise(privacy, level(m.C))
	}
	text := strings.ToLower(v.Title + " " + v.Description)
	if m.I != "N" || m.A != "N" {
		if g.main == therapy && containsAny(text, append(therapyWords, alarmWords...)) {
			raise(therapy, 1)
		}
		if g.main == monitoring && containsAny(text, alarmWords) {
			raise(monitoring, 1)
		}
	}
	return effect
}

// level maps a CVSS impact to an effect: none 0, low 0.5, high 1. CVSS 2 writes
// partial and complete.
func level(letter string) float64 {
	switch letter {
	case "H", "C":
		return 1
	case "L", "P":
		return 0.5
	}
	return 0
}

func effectWord(effect float64) string {
	if effect >= 1 {
		return "full"
	}
	return "partial"
}

// Metrics gives the metrics of the newest CVSS version an advisory states.
func Metrics(v *advisory.Vulnerability) (advisory.Metrics, bool) {
	best := -1
	for i, s := range v.Scores {
		if s.Vector != "" && (best < 0 || s.Version > v.Scores[best].Version) {
			best = i
		}
	}
	if best < 0 {
		return advisory.Metrics{}, false
	}
	return v.Scores[best].Metrics()
}

func vectorOf(v *advisory.Vulnerability) string {
	text := ""
	version := ""
	for _, s := range v.Scores {
		if s.Vector != "" && s.Version > version {
			version, text = s.Version, s.Vector
		}
	}
	return text
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
