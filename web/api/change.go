package api

import (
	"context"
	"errors"
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
	Kind          []string  `query:"kind,explode" nullable:"false" maxItems:"20" doc:"e.g. device_new, finding_worse, advisory_revised"`
	Vulnerability string    `query:"vulnerability" maxLength:"200"`
	Before        int64     `query:"before" minimum:"0" doc:"id of the last one seen"`
	Limit         int       `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

func (q *ChangeQuery) filter(ctx context.Context) store.ChangeFilter {
	return store.ChangeFilter{Since: q.Since, Kinds: q.Kind, Vulnerability: q.Vulnerability, Before: q.Before, Limit: q.Limit, Departments: scope(ctx)}
}

func changes(s *service) {
	add(s, get("list-changes", "/changes", people.See, "What changed, and because of what"), func(ctx context.Context, in *ChangeQuery) (*answer[changeList], error) {
		list, err := s.history(ctx, in.filter(ctx))
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
		list, err := s.history(ctx, f)
		return give(changeList{list}, err)
	})
}

// history lists changes without those of work that touches no device of the
// person's departments.
func (s *service) history(ctx context.Context, f store.ChangeFilter) ([]store.Change, error) {
	if len(f.Departments) == 0 {
		return s.Store.Changes(ctx, f)
	}
	out, reaches := []store.Change{}, map[string]bool{"": true}
	want := f.Limit
	for f.Limit = MaxPage; ; {
		part, err := s.Store.Changes(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, c := range part {
			if _, known := reaches[c.Work]; !known {
				_, err := s.Store.WorkFor(ctx, c.Work, f.Departments)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return nil, err
				}
				reaches[c.Work] = err == nil
			}
			if reaches[c.Work] {
				out = append(out, c)
			}
			if len(out) == want {
				return out, nil
			}
		}
		if len(part) < MaxPage {
			return out, nil
		}
		f.Before = part[len(part)-1].ID
	}
}
