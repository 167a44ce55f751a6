package store

import (
	"time"

	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// WorkState is how far people have come with an action.
type WorkState string

// States of work.
const (
	WorkOpen      WorkState = "open"
	WorkDoing     WorkState = "doing"
	WorkWaiting   WorkState = "waiting" // for a part, a window, the manufacturer
	WorkDone      WorkState = "done"
	WorkDismissed WorkState = "dismissed" // with a reason
	WorkGone      WorkState = "gone"      // the plan no longer asks for it
)

// Ended tells whether people are through with it.
func (s WorkState) Ended() bool { return s == WorkDone || s == WorkDismissed }

// Work is an action of the worklist with what people did about it. It keeps its
// Key, state and comments when the plan is made anew.
type Work struct {
	Key string `json:"key"` // stable over plans: kind, group of devices and instruction
	remedy.Action
	State      WorkState `json:"state"`
	Assignee   string    `json:"assignee,omitempty"` // a person's ID
	Due        time.Time `json:"due,omitzero"`
	First      time.Time `json:"first_seen"`
	Changed    time.Time `json:"changed"`
	Comments   int       `json:"comments"`
	RankBefore int       `json:"rank_before,omitempty"` // at the end of the day before; 0: was not there
	Version    int       `json:"version"`               // for SetWork: refuses lost updates
}

// WorkFilter chooses work; zero values choose what is open, doing or waiting.
type WorkFilter struct {
	States        []WorkState
	Bands         []risk.Band
	Kinds         []remedy.Kind
	Assignee      string
	Device        string   // work that touches the device
	Vulnerability string   // work that works on the vulnerability
	Departments   []string // scope of the person who asks; nil: all
	Offset, Limit int      // Limit 0: 50
}

// WorkPage is one page of the worklist, by rank.
type WorkPage struct {
	Work  []Work `json:"work"`
	Total int    `json:"total"`
}

// WorkChange is what a person changes; nil fields stay.
type WorkChange struct {
	State    *WorkState `json:"state,omitempty"`
	Assignee *string    `json:"assignee,omitempty"`
	Due      *time.Time `json:"due,omitempty"`
	Reason   string     `json:"reason,omitempty"` // needed to dismiss
}
