package risk

import (
	"math"
	"testing"
)

func known(v float64) Precondition { return Precondition{Value: v} }

// inputs builds a row of vulnerability-priority.md section 6.
func inputs(impact, threat, x, acuity, spare float64) Inputs {
	one := known(1)
	return Inputs{Impact: impact, Threat: threat, Match: 1, Service: one, Reach: known(x), Credentials: one,
		UserAction: one, Configuration: one, Proximity: one, Acuity: acuity, Spare: spare}
}

func TestWorkedExamples(t *testing.T) {
	w := DefaultWeights()
	rows := []struct {
		name string
		in   Inputs
		r, k float64
		want float64
		band Band
	}{
		{"A Spacelabs XTR, BlueKeep, RDP seen", inputs(0.9, 1, 0.7, 0.9, 0), 0.90, 0.90, 82.8, ActNow},
		{"A with RDP from the service host only", inputs(0.9, 1, 0.2, 0.9, 0), 0.90, 0.90, 54.5, NextWindow},
		{"A with RDP from nowhere", inputs(0.9, 1, 0.05, 0.9, 0), 0.90, 0.90, 34.3, Schedule},
		{"B1 GE Aespire behind a terminal server", inputs(0.9, 0.1, 0.7, 1, 0), 0.414, 1, 66.2, NextWindow},
		{"B1 with the AIMS host only", inputs(0.9, 0.1, 0.2, 1, 0), 0.414, 1, 43.6, Schedule},
		{"B2 same machine, serial port unused", inputs(0.9, 0.1, 0.05, 1, 0), 0.414, 1, 27.5, Track},
		{"C Baxter WBM, own VLAN only", inputs(0.5, 0.1, 0.5, 1, 0.5), 0.23, 0.85, 46.1, Schedule},
		{"C with WPA2-Enterprise and a server list", inputs(0.5, 0.1, 0.2, 1, 0.5), 0.23, 0.85, 33.9, Schedule},
		{"C2 secrets on discarded modules", inputs(0.4, 0.1, 0.3, 1, 0.5), 0.184, 0.85, 36.1, Schedule},
		{"D GE ultrasound kiosk escape", inputs(0.6, 0.1, 0.3, 0.5, 1), 0.276, 0.35, 30.7, Schedule},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := row.in.R(); math.Abs(got-row.r) > 0.0005 {
				t.Errorf("R = %.4f, want %.4f", got, row.r)
			}
			if got := row.in.K(); math.Abs(got-row.k) > 0.0005 {
				t.Errorf("K = %.4f, want %.4f", got, row.k)
			}
			got := row.in.Score()
			if math.Abs(got-row.want) > 0.05 {
				t.Errorf("score = %.2f, want %.1f", got, row.want)
			}
			if band := w.Band(got); band != row.band {
				t.Errorf("band = %s, want %s", band, row.band)
			}
		})
	}
}

func TestUnknownsWidenTheBand(t *testing.T) {
	in := inputs(0.9, 1, 0.7, 0.9, 0)
	in.Reach.Unknown = true
	low, high := in.withUnknown(0.05).Score(), in.withUnknown(1).Score()
	if !(low < in.Score() && in.Score() < high) {
		t.Errorf("low %.1f, score %.1f, high %.1f: want them in this order", low, in.Score(), high)
	}
	if in.Reach.Value != 0.7 {
		t.Error("withUnknown changed its receiver")
	}
}
