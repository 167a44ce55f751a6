package remedy

import (
	"ward/asset/device"
	"ward/vuln/risk"
)

// Source says where a step comes from.
type Source struct {
	ID    string `json:"id"`             // advisory id, or "ward:" and the catalogue entry
	File  string `json:"file,omitempty"` // feed file
	Place string `json:"place,omitempty"`
	// Original is the publisher's sentence, unchanged; for Ward's own entries
	// the reference they rest on.
	Original string `json:"original,omitempty"`
	// Category is what the publisher filed it under, where the text says otherwise.
	Category string `json:"category,omitempty"`
}

// Step is one concrete instruction with its source.
type Step struct {
	Kind   Kind   `json:"kind"`
	Text   string `json:"text"`
	Source Source `json:"source"`
	// Lowers is what the step takes away, where that is not what its kind does.
	Lowers Lowers `json:"lowers,omitempty"`
	// Fixed is the version that removes the flaw, for Patch where it is stated.
	Fixed string `json:"fixed,omitempty"`
	// Demands is set where the manufacturer's own text asks for isolation, or to
	// stop the use (Replace).
	Demands bool `json:"demands_isolation,omitempty"`

	announced bool // an update that was promised, not out, when the text was written
	// peers are the words in Text that name who uses these services.
	peers    string
	services []string
}

// Rejected is a cheaper rung that does not do, with the reason.
type Rejected struct {
	Kind Kind   `json:"kind"`
	Why  string `json:"why"`
}

// Effect is what an action does to one finding.
type Effect struct {
	Device        device.ID `json:"device"`
	Vulnerability string    `json:"vulnerability"`
	Advisory      string    `json:"advisory"`
	Before        float64   `json:"before"`
	After         float64   `json:"after"`
}

// Action is one line of the worklist.
type Action struct {
	Rank    int         `json:"rank"`
	Action  string      `json:"action"` // the instruction in one sentence
	Kind    Kind        `json:"kind"`
	Band    risk.Band   `json:"band"` // of the worst finding it works on
	Devices []device.ID `json:"devices"`
	Removes float64     `json:"removes"` // sum of score points taken away
	Cost    int         `json:"cost"`
	Hours   float64     `json:"hours"`
	Chosen  bool        `json:"chosen,omitempty"` // fits into the hours that were given
	After   int         `json:"after,omitempty"`  // rank of the find_out action to do first
	Why     []string    `json:"why"`
	Steps   []Step      `json:"steps"`
	Verify  string      `json:"verify"`
	// Effects lists the findings it changes, the worst first, at most MaxEffects.
	Effects  []Effect `json:"effects"`
	Findings int      `json:"findings"` // how many it changes in all
	// Vulnerabilities are those it works on, all of them.
	Vulnerabilities []string   `json:"vulnerabilities"`
	Rejected        []Rejected `json:"rejected,omitempty"`
	// Then are the ranks of what follows for the same devices.
	Then []int `json:"then,omitempty"`

	group string // make and model, or zone
	asks  bool   // it works on a finding that has an open question
}

// MaxEffects bounds the effects that one action lists.
const MaxEffects = 50
