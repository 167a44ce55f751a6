// Package risk turns Findings into Assessments: R risk of the vulnerability,
// L likelihood on this device, K significance of the device, each in [0,1], and
// a score 100 x cube root(R L K) with every factor traced to its evidence.
package risk

import (
	"ward/asset/device"
	"ward/vuln/exposure"
)

// Band is what the score means for the week.
type Band string

const (
	Track      Band = "track"
	Schedule   Band = "schedule"
	NextWindow Band = "next_window" // next change window
	ActNow     Band = "act_now"
)

// Reason is one step of the arithmetic with its evidence.
type Reason struct {
	Factor   string  `json:"factor"` // R.effect, R.threat, L.match, L.reach, ..., K.acuity, override, unknown
	Value    float64 `json:"value"`
	Text     string  `json:"text"`
	Unknown  bool    `json:"unknown,omitempty"` // the value is a placeholder until somebody finds out
	Evidence string  `json:"evidence,omitempty"`
}

// Assessment weighs one Finding.
type Assessment struct {
	Device        device.ID `json:"device"`
	Vulnerability string    `json:"vulnerability"`
	Advisory      string    `json:"advisory"`
	R             float64   `json:"r"`
	L             float64   `json:"l"`
	K             float64   `json:"k"`
	Score         float64   `json:"score"`
	Low           float64   `json:"low"`  // every unknown at 0.05
	High          float64   `json:"high"` // every unknown at 1
	Band          Band      `json:"band"`
	BandLow       Band      `json:"band_low"`
	BandHigh      Band      `json:"band_high"`
	FindOut       string    `json:"find_out,omitempty"` // the question whose answer moves the band most
	Why           []Reason  `json:"why"`
	Sentence      string    `json:"sentence"` // "83 = R 0.90 (...) x L 0.70 (...) x K 0.90 (...)"

	Finding *exposure.Finding `json:"-"`
	Input   Inputs            `json:"-"` // what the score was computed from, for what-if
	// Also are findings of the same vulnerability on the same device by other
	// advisories: they count once, but what they advise holds as well.
	Also []*exposure.Finding `json:"-"`
}

// Inputs are the numbers a score is computed from; what-if changes some and
// computes again.
type Inputs struct {
	Impact                                                            float64 // I
	Threat                                                            float64 // T
	Match                                                             float64 // M
	Service, Reach, Credentials, UserAction, Configuration, Proximity Precondition
	Acuity, Dependency, Spare                                         float64

	Local   bool // the attack needs no network: reach and service do not limit it
	NoLogin bool // the attack needs no login: passwords do not limit it
}

// Precondition is one thing an attack needs. N.A. is value 1, not unknown.
type Precondition struct {
	Value   float64
	Unknown bool
}
