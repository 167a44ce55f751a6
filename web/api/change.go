package api

import (
	"context"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

type changeList struct {
	Changes []store.Change `json:"changes" doc:"the newest first; the next page begins before the last id"`
}

// ChangeQuery chooses lines of the history.
type ChangeQuery struct {
	Since         time.Time `query:"since" doc:"RFC 3339"`
	Kind          []string  `query:"kind,explode" maxItems:"20" doc:"e.g. device_new, finding_worse, advisory_revised"`
	Vulnerability string    `query:"vulnerability" maxLength:"200"`
	Before        int64     `query:"before" minimum:"0" doc:"id of the last one seen"`
	Limit         int       `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

func (q *ChangeQuery) filter(ctx context.Context) store.ChangeFilter {
	return store.ChangeFilter{Since: q.Since, Kinds: q.Kind, Vulnerability: q.Vulnerability, Before: q.Before, Limit: q.Limit, Departments: scope(ctx)}
}

func changes(s *service) {
	add(s, get("list-changes", "/changes", people.See, "What changed, and because of what"), func(ctx context.Context, in *ChangeQuery) (*answer[changeList], error) {
		list, err := s.Store.Changes(ctx, in.filter(ctx))
		return give(changeList{list}, err)
	})
	add(s, get("list-device-changes", "/devices/{id}/changes", people.See, "What changed about a device"), func(ctx context.Context, in *struct {
		ByID
		ChangeQuery
	}) (*answer[changeList], error) {
		d, err := s.seen(ctx, in.ID, "changes")
		if err != nil {
			return nil, err
		}
		f := in.filter(ctx)
		f.Device = device.ID(d.ID)
		list, err := s.Store.Changes(ctx, f)
		return give(changeList{list}, err)
	})
}
