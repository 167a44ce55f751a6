package api

import (
	"context"

	"ward/store"
)

// chunk is how many entries of an export are held at once.
const chunk = 1000

// eachWork hands on the worklist by rank.
func (s *service) eachWork(ctx context.Context, use func(*store.Work) error) error {
	f := store.WorkFilter{Departments: scope(ctx), Limit: chunk}
	for ; ; f.Offset += chunk {
		p, err := s.Store.Worklist(ctx, f)
		if err != nil {
			return err
		}
		for i := range p.Work {
			if err := use(&p.Work[i]); err != nil {
				return err
			}
		}
		if len(p.Work) < chunk {
			return nil
		}
	}
}

// eachEntry hands on all chosen entries of the audit trail, the newest first.
func (s *service) eachEntry(ctx context.Context, f store.AuditFilter, use func(*store.Entry) error) error {
	f.Limit = chunk
	for {
		list, err := s.Store.AuditTrail(ctx, f)
		if err != nil {
			return err
		}
		for i := range list {
			if err := use(&list[i]); err != nil {
				return err
			}
		}
		if len(list) < chunk {
			return nil
		}
		f.Before = list[len(list)-1].Seq
	}
}
