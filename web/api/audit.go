package api

import (
	"context"
	"time"

	"ward/people"
	"ward/store"
)

// AuditQuery chooses entries of the audit trail.
type AuditQuery struct {
	Actor  string    `query:"actor" maxLength:"100" doc:"ID of a person"`
	Verb   string    `query:"verb" maxLength:"100" doc:"e.g. device.view"`
	Object string    `query:"object" maxLength:"600" doc:"e.g. device:mac:..."`
	Text   string    `query:"text" maxLength:"200"`
	Since  time.Time `query:"since" doc:"RFC 3339"`
	Until  time.Time `query:"until" doc:"RFC 3339"`
}

func (q *AuditQuery) filter() store.AuditFilter {
	return store.AuditFilter{Actor: q.Actor, Verb: q.Verb, Object: q.Object, Text: q.Text, Since: q.Since, Until: q.Until}
}

type auditTrail struct {
	Entries []store.Entry `json:"entries" doc:"the newest first; the next page begins before the last seq"`
}

// auditFault is that of the store, as JSON.
type auditFault struct {
	Seq  int64  `json:"seq"`
	Text string `json:"text"`
}

type auditCheck struct {
	Entries int64        `json:"entries"`
	Head    string       `json:"head" doc:"hash of the last entry: keep it elsewhere to find a cut trail"`
	Faults  []auditFault `json:"faults"`
}

func audits(s *service) {
	o := get("list-audit", "/audit", people.SeeAudit, "Who saw, changed, approved, exported what")
	o.Text = "Reading it is an entry of its own."
	add(s, o, func(ctx context.Context, in *struct {
		AuditQuery
		Before int64 `query:"before" minimum:"0" doc:"seq of the last one seen"`
		Limit  int   `query:"limit" default:"50" minimum:"1" maximum:"200"`
	}) (*answer[auditTrail], error) {
		if err := everywhere(ctx); err != nil {
			return nil, err
		}
		f := in.filter()
		f.Before, f.Limit = in.Before, in.Limit
		list, err := s.Store.AuditTrail(ctx, f)
		if err != nil {
			return nil, err
		}
		return give(auditTrail{list}, s.Store.Audit(ctx, actor(ctx), "audit.view", "audit", ""))
	})
	add(s, get("verify-audit", "/audit/verify", people.SeeAudit, "Check the chain of the audit trail"), func(ctx context.Context, _ *struct{}) (*answer[auditCheck], error) {
		if err := everywhere(ctx); err != nil {
			return nil, err
		}
		n, head, faults, err := s.Store.VerifyAudit(ctx)
		c := auditCheck{n, head, []auditFault{}}
		for _, f := range faults {
			c.Faults = append(c.Faults, auditFault(f))
		}
		if err != nil {
			return nil, err
		}
		return give(c, s.Store.Audit(ctx, actor(ctx), "audit.verify", "audit", head))
	})
}
