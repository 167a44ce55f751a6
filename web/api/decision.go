package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

type decisionList struct {
	Decisions []store.Decision `json:"decisions" doc:"the newest first"`
}

// decisionBody is what a person decides about a finding.
type decisionBody struct {
	Kind          string    `json:"kind" enum:"accept_risk,override_score,not_affected"`
	Device        string    `json:"device" minLength:"1" maxLength:"500"`
	Vulnerability string    `json:"vulnerability" minLength:"1" maxLength:"200"`
	Value         string    `json:"value,omitempty" maxLength:"500" doc:"a score 0 to 100, or the VEX justification of not_affected"`
	Reason        string    `json:"reason" minLength:"10" maxLength:"2000"`
	Expires       time.Time `json:"expires" doc:"at most 180 days ahead"`
}

type reasonBody struct {
	Reason string `json:"reason" minLength:"10" maxLength:"2000"`
}

type secondBody struct {
	Approve bool   `json:"approve"`
	Reason  string `json:"reason" minLength:"10" maxLength:"2000"`
}

func decisions(s *service) {
	add(s, get("list-decisions", "/decisions", people.See, "List decisions, labels among them"), s.listDecisions)
	add(s, get("get-decision", "/decisions/{id}", people.See, "One decision"), func(ctx context.Context, in *ByID) (*answer[store.Decision], error) {
		return give(s.decision(ctx, in.ID))
	})
	o := post("decide", "/decisions", people.Decide, "Accept a risk, set a score, or say not affected")
	o.Text = "Where a second person must agree (devices that keep patients alive, the most urgent band) it is only proposed: see state."
	o.Status = http.StatusCreated
	add(s, o, func(ctx context.Context, in *struct{ Body decisionBody }) (*answer[store.Decision], error) {
		return s.decide(ctx, &in.Body)
	})
	add(s, post("second-decision", "/decisions/{id}/second", people.ApproveOther, "The second person's word on a proposed decision"), func(ctx context.Context, in *struct {
		ByID
		Body secondBody
	}) (*answer[store.Decision], error) {
		return s.onDecision(ctx, in.ID, func() (store.Decision, error) {
			return s.Store.Second(ctx, in.ID, in.Body.Approve, in.Body.Reason, actor(ctx))
		})
	})
	add(s, post("revoke-decision", "/decisions/{id}/revoke", people.Decide, "Undo a decision; it is kept"), func(ctx context.Context, in *struct {
		ByID
		Body reasonBody
	}) (*answer[store.Decision], error) {
		return s.onDecision(ctx, in.ID, func() (store.Decision, error) {
			return s.Store.Revoke(ctx, in.ID, in.Body.Reason, actor(ctx))
		})
	})
}

func (s *service) decide(ctx context.Context, in *decisionBody) (*answer[store.Decision], error) {
	d, err := s.mine(ctx, device.ID(in.Device))
	if err != nil {
		return nil, err
	}
	f, err := s.Store.Finding(ctx, d.ID, in.Vulnerability)
	if err != nil {
		return nil, err
	}
	x := store.Decision{Kind: store.DecisionKind(in.Kind), Device: d.ID, Vulnerability: f.Vulnerability, Value: in.Value, Reason: in.Reason, Expires: in.Expires}
	x, err = s.Store.Decide(ctx, x, people.NeedsSecond(d.Tier, f.Assessment.Band) != "", actor(ctx))
	if err == nil {
		s.decided(x)
	}
	return give(x, err)
}

// onDecision changes a decision that the person's departments reach.
func (s *service) onDecision(ctx context.Context, id string, do func() (store.Decision, error)) (*answer[store.Decision], error) {
	x, err := s.decision(ctx, id)
	if err != nil {
		return nil, err
	}
	if x.Device == "" && len(scope(ctx)) > 0 { // it reaches devices of other departments
		return nil, store.ErrNotFound
	}
	if x, err = do(); err == nil {
		s.decided(x)
	}
	return give(x, err)
}

func (s *service) decision(ctx context.Context, id string) (store.Decision, error) {
	x, err := s.Store.Decision(ctx, id)
	if err != nil {
		return x, err
	}
	switch ok, err := s.reaches(ctx, &x); {
	case err != nil:
		return x, err
	case !ok:
		return store.Decision{}, store.ErrNotFound
	}
	return x, nil
}

// reaches tells whether a person may see a decision: on every device, or on one
// of the person's departments.
func (s *service) reaches(ctx context.Context, x *store.Decision) (bool, error) {
	only := scope(ctx)
	if x.Device == "" || len(only) == 0 {
		return true, nil
	}
	d, err := s.Store.Device(ctx, x.Device)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && slices.Contains(only, d.Department), err
}

func (s *service) listDecisions(ctx context.Context, in *struct {
	Device        string   `query:"device" maxLength:"500"`
	Vulnerability string   `query:"vulnerability" maxLength:"200"`
	Kind          []string `query:"kind,explode" nullable:"false" enum:"accept_risk,override_score,not_affected,label"`
	State         []string `query:"state,explode" nullable:"false" enum:"proposed,in_force,expired,revoked,refused"`
	Paging
}) (*answer[decisionList], error) {
	if in.Device != "" {
		if _, err := s.mine(ctx, device.ID(in.Device)); err != nil {
			return nil, err
		}
	}
	f := store.DecisionFilter{Device: device.ID(in.Device), Vulnerability: in.Vulnerability, Kinds: as[store.DecisionKind](in.Kind), States: as[store.DecisionState](in.State)}
	if len(scope(ctx)) == 0 {
		f.Limit, f.Offset = in.Limit, in.Offset
		list, err := s.Store.Decisions(ctx, f)
		return give(decisionList{list}, err)
	}
	f.Limit = MaxPage
	list, err := visible(ctx, &in.Paging, func(offset int) ([]store.Decision, error) {
		f.Offset = offset
		return s.Store.Decisions(ctx, f)
	}, func(x *store.Decision) (bool, error) { return s.reaches(ctx, x) })
	return give(decisionList{list}, err)
}
