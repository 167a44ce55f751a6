package store

import (
	"context"
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

// Comment is a remark of a person on work, a device or a finding.
type Comment struct {
	ID      string    `json:"id"`
	Subject string    `json:"subject"` // "work:KEY", "device:ID", "finding:DEVICE CVE"
	By      string    `json:"by"`      // a person's ID
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
	Deleted bool      `json:"deleted,omitempty"` // the text is kept in the audit trail only
}

// Worklist lists work.
func (s *Store) Worklist(ctx context.Context, f WorkFilter) (WorkPage, error) { panic("not built") }

// Work gives one piece of work; ErrNotFound.
func (s *Store) Work(ctx context.Context, key string) (Work, error) { panic("not built") }

// SetWork changes state, assignee or due date. version is that of the Work the
// person saw; ErrConflict if somebody was faster. It writes the audit trail.
func (s *Store) SetWork(ctx context.Context, key string, version int, c WorkChange, by Actor) (Work, error) {
	panic("not built")
}

// PutPlan replaces the plan: work that is asked for again keeps its human
// state, what is no longer asked for becomes WorkGone. keys[i] is that of plan[i].
func (s *Store) PutPlan(ctx context.Context, cause string, keys []string, plan []remedy.Action) error {
	panic("not built")
}

// AddComment adds a remark.
func (s *Store) AddComment(ctx context.Context, subject, text string, by Actor) (Comment, error) {
	panic("not built")
}

// Comments lists the remarks on a subject, the oldest first.
func (s *Store) Comments(ctx context.Context, subject string) ([]Comment, error) { panic("not built") }
