package api

import (
	"context"

	"ward/store"
)

// chunk is how many entries of an export are held at once.
const chunk = 1000

// eachFinding hands on all chosen findings, the highest score first.
func (s *service) eachFinding(ctx context.Context, f store.FindingFilter, use func(*store.Finding) error) error {
	f.Limit = chunk
	for f.Offset = 0; ; f.Offset += chunk {
		p, err := s.Store.Findings(ctx, f)
		if err != nil {
			return err
		}
		for i := range p.Findings {
			if err := use(&p.Findings[i]); err != nil {
				return err
			}
		}
		if len(p.Findings) < chunk {
			return nil
		}
	}
}

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
