package docs

import (
	"fmt"
	"strings"
	"testing"

	"ward/vuln/risk"
)

// worked is one finding with the numbers that a person would put in.
type worked struct {
	name                      string
	impact, threat, weakest   float64
	acuity, dependency, spare float64
}

// workedExamples is the generated part of how-risk-is-scored.md: the program
// computes the rows.
func workedExamples(t *testing.T) string {
	rows := []worked{
		{"A: old Windows in a telemetry receiver, exploited in the wild, RDP answers, other networks reach it", 0.9, 1, 0.7, 0.9, 0, 0},
		{"A, one rule: only the service host may open RDP", 0.9, 1, 0.2, 0.9, 0, 0},
		{"A, RDP switched off", 0.9, 1, 0.05, 0.9, 0, 0},
		{"B1: anaesthesia machine behind a terminal server, alarms can be silenced, other networks reach it", 0.9, 0.1, 0.7, 1, 0, 0},
		{"B1, one rule: only its own host may reach the terminal server", 0.9, 0.1, 0.2, 1, 0, 0},
		{"B2: the same machine, its serial port unused and none seen in 30 days", 0.9, 0.1, 0.05, 1, 0, 0},
		{"C: pump radio module without server authentication, its own network only, some spares", 0.5, 0.1, 0.5, 1, 0, 0.5},
		{"C2: secrets left on discarded modules, hands needed", 0.4, 0.1, 0.3, 1, 0, 0.5},
		{"D: ultrasound kiosk escape, hands needed, a spare for each", 0.6, 0.1, 0.3, 0.5, 0, 1},
	}
	weights := risk.DefaultWeights()
	var b strings.Builder
	b.WriteString("| case | I | T | R | X | K | score | band |\n|---|---|---|---|---|---|---|---|\n")
	for _, row := range rows {
		one := risk.Precondition{Value: 1}
		in := risk.Inputs{Impact: row.impact, Threat: row.threat, Match: 1, Service: one, Reach: risk.Precondition{Value: row.weakest},
			Credentials: one, UserAction: one, Configuration: one, Proximity: one,
			Acuity: row.acuity, Dependency: row.dependency, Spare: row.spare}
		fmt.Fprintf(&b, "| %s | %g | %g | %.3g | %g | %.2g | %.1f | %s |\n", row.name, row.impact, row.threat, in.R(), in.X(), in.K(),
			in.Score(), weights.Band(in.Score()).Words())
	}
	return b.String()
}
