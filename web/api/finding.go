package api

import (
	"context"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/vuln/risk"
)

// FindingQuery chooses findings.
type FindingQuery struct {
	Device        string   `query:"device" maxLength:"500"`
	Vulnerability string   `query:"vulnerability" maxLength:"200"`
	Advisory      string   `query:"advisory" maxLength:"200"`
	Band          []string `query:"band,explode" nullable:"false" enum:"track,schedule,next_window,act_now"`
	Closed        bool     `query:"closed" doc:"also those that are no longer true"`
}

func (q *FindingQuery) filter(ctx context.Context) store.FindingFilter {
	return store.FindingFilter{Device: device.ID(q.Device), Vulnerability: q.Vulnerability, Advisory: q.Advisory, Bands: as[risk.Band](q.Band),
		Closed: q.Closed, Departments: scope(ctx)}
}

// ByFinding names a finding.
type ByFinding struct {
	ByID
	Vulnerability string `path:"vulnerability" maxLength:"200"`
}

func findings(s *service) {
	o := get("list-findings", "/findings", people.See, "List findings, the highest score first")
	o.Text = "Evidence and reasons are left out (null) unless full is true."
	add(s, o, func(ctx context.Context, in *struct {
		FindingQuery
		Full bool `query:"full" doc:"with evidence and reasons"`
		Paging
	}) (*page[store.FindingPage], error) {
		f := in.filter(ctx)
		f.Limit, f.Offset, f.Brief = in.Limit, in.Offset, !in.Full
		if f.Device != "" {
			if _, err := s.seen(ctx, in.Device, "findings"); err != nil {
				return nil, err
			}
		}
		p, err := s.Store.Findings(ctx, f)
		return &page[store.FindingPage]{in.next("/findings", p.Total), p}, err
	})
	add(s, get("get-finding", "/devices/{id}/findings/{vulnerability}", people.See, "One finding with evidence and reasons"),
		func(ctx context.Context, in *ByFinding) (*answer[store.Finding], error) {
			f, err := s.finding(ctx, in)
			if err != nil {
				return nil, err
			}
			return give(f, s.Store.Audit(ctx, actor(ctx), "finding.view", "finding:"+string(f.Device)+" "+f.Vulnerability, ""))
		})
}

// finding gives one that the person's departments reach.
func (s *service) finding(ctx context.Context, in *ByFinding) (store.Finding, error) {
	d, err := s.mine(ctx, device.ID(in.ID))
	if err != nil {
		return store.Finding{}, err
	}
	return s.Store.Finding(ctx, d.ID, in.Vulnerability)
}
