package api

import (
	"context"
	"time"

	"ward/people"
	"ward/store"
	"ward/triage"
	"ward/vuln/risk"
)

// health is how the hub does.
type health struct {
	Status  string       `json:"status" enum:"ok,degraded" doc:"degraded: findings may be old, see triage.error"`
	Version string       `json:"version"`
	Time    time.Time    `json:"time" doc:"the hub's clock"`
	Triage  *triageState `json:"triage,omitempty"`
}

// triageState is triage.Status, as JSON.
type triageState struct {
	Busy     bool      `json:"busy"`
	Cause    string    `json:"cause"`
	Done     int       `json:"done"`
	Of       int       `json:"of"`
	Since    time.Time `json:"since,omitzero"`
	Error    string    `json:"error,omitempty"`
	Warnings []string  `json:"warnings,omitempty"`
}

type gapList struct {
	Gaps []triage.Gap `json:"gaps" doc:"the most important first"`
}

// watched is how well the network was watched.
type watched struct {
	risk.Coverage
	First   time.Time      `json:"first,omitzero" doc:"hour of the first traffic that is known"`
	Last    time.Time      `json:"last,omitzero"`
	Changes map[string]int `json:"changes" doc:"number of changes of the last day by kind"`
}

// hub are the operations on the hub itself and on what it does not know.
func hub(s *service) {
	add(s, get("get-health", "/health", people.See, "How the hub does"), s.health)
	add(s, get("list-gaps", "/gaps", people.See, "What Ward does not know and a person can change"), func(ctx context.Context, _ *struct{}) (*answer[gapList], error) {
		if s.Triage == nil {
			return nil, absent("triage")
		}
		list, err := s.Triage.Gaps(ctx, scope(ctx))
		return give(gapList{list}, err)
	})
	add(s, get("get-coverage", "/coverage", people.See, "How long and how well traffic was watched, and what changed since yesterday"), s.coverage)
}

func (s *service) coverage(ctx context.Context, _ *struct{}) (*answer[watched], error) {
	var w watched
	var err error
	if s.Triage != nil {
		if w.Coverage, err = s.Triage.Coverage(ctx); err != nil {
			return nil, err
		}
	}
	if w.First, w.Last, err = s.Store.Span(ctx); err != nil {
		return nil, err
	}
	w.Changes, err = s.Store.ChangeCounts(ctx, s.Store.Now().Add(-24*time.Hour), scope(ctx))
	return give(w, err)
}

func (s *service) health(ctx context.Context, _ *struct{}) (*answer[health], error) {
	if _, _, err := s.Store.Imports(ctx, []store.ImportState{store.ImportReading}, 0, 1); err != nil {
		return nil, err
	}
	h := health{Status: "ok", Version: s.Version, Time: s.Store.Now()}
	if s.Triage != nil {
		now := triageState(s.Triage.Status())
		if h.Triage = &now; now.Error != "" {
			h.Status = "degraded"
		}
	}
	return give(h, nil)
}
