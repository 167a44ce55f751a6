package store

import (
	"context"
	"time"

	"ward/asset/device"
)

// Change is one line of the history: what changed, where, and because of what.
type Change struct {
	ID            int64     `json:"id"`
	At            time.Time `json:"at"`
	Kind          string    `json:"kind"` // device_new, device_changed, device_gone, device_renamed, finding_new, finding_closed, finding_worse, finding_better, finding_status, advisory_new, advisory_revised, work_new, work_gone, decision, import, feed
	Device        device.ID `json:"device,omitempty"`
	Vulnerability string    `json:"vulnerability,omitempty"`
	Advisory      string    `json:"advisory,omitempty"`
	Work          string    `json:"work,omitempty"`
	Text          string    `json:"text"`
	Cause         string    `json:"cause"`
}

// ChangeFilter chooses changes, the newest first.
type ChangeFilter struct {
	Since         time.Time
	Kinds         []string
	Device        device.ID
	Vulnerability string
	Departments   []string
	Before        int64 // ID of the last one seen: the next page
	Limit         int
}

// Changes lists the history.
func (s *Store) Changes(ctx context.Context, f ChangeFilter) ([]Change, error) { panic("not built") }

// ChangeCounts counts the changes since a time by kind.
func (s *Store) ChangeCounts(ctx context.Context, since time.Time, departments []string) (map[string]int, error) {
	panic("not built")
}

// AddChanges writes lines that no other method writes by itself.
func (s *Store) AddChanges(ctx context.Context, changes []Change) error { panic("not built") }
