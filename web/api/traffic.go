package api

import (
	"context"
	"net/http"
	"time"

	"ward/people"
	"ward/store"
)

// Traffic that is looked at where nothing else is asked for.
const weekBack = 35 * 24 * time.Hour

// absent refuses what this hub was started without.
func absent(what string) *Problem {
	return refuse(http.StatusServiceUnavailable, "This hub runs without "+what+".", "Ask the person who runs Ward.")
}

// SinceQuery chooses a span of time that ends now.
type SinceQuery struct {
	ByID
	Since time.Time `query:"since" doc:"RFC 3339; five weeks ago where it is missing"`
	Limit int       `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"entries of the answer"`
}

func (q *SinceQuery) from(s *service) time.Time {
	if q.Since.IsZero() {
		return s.Store.Now().Add(-weekBack)
	}
	return q.Since
}

type peerList struct {
	Peers []store.Pair `json:"peers" doc:"most bytes first"`
}

type sessionList struct {
	Sessions []store.Recent `json:"sessions" doc:"the newest first; durations in nanoseconds"`
}

type weekSum struct {
	Hours []uint64 `json:"hours" minItems:"168" maxItems:"168" doc:"sessions by hour of the week; Monday 00:00 UTC is the first"`
}

// traffic are the operations on what a device talks to.
func traffic(s *service) {
	add(s, get("list-peers", "/devices/{id}/peers", people.See, "Whom a device talks to"), func(ctx context.Context, in *SinceQuery) (*answer[peerList], error) {
		d, err := s.seen(ctx, in.ID, "peers")
		if err != nil {
			return nil, err
		}
		list, err := s.Store.DevicePairs(ctx, d.ID, in.from(s), in.Limit)
		return give(peerList{list}, err)
	})
	add(s, get("list-sessions", "/devices/{id}/sessions", people.See, "The last sessions of a device that are kept whole"), func(ctx context.Context, in *struct {
		ByID
		Limit int `query:"limit" default:"50" minimum:"1" maximum:"200"`
	}) (*answer[sessionList], error) {
		d, err := s.seen(ctx, in.ID, "sessions")
		if err != nil {
			return nil, err
		}
		list, err := s.Store.DeviceSessions(ctx, d.ID, in.Limit)
		return give(sessionList{list}, err)
	})
	add(s, get("get-week", "/devices/{id}/week", people.See, "When in the week a device is used"), func(ctx context.Context, in *struct {
		ByID
		Since time.Time `query:"since" doc:"RFC 3339; five weeks ago where it is missing"`
	}) (*answer[weekSum], error) {
		d, err := s.seen(ctx, in.ID, "week")
		if err != nil {
			return nil, err
		}
		q := SinceQuery{Since: in.Since}
		hours, err := s.Store.DeviceWeek(ctx, d.ID, q.from(s))
		return give(weekSum{hours[:]}, err)
	})
}
