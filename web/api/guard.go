package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// guard lets those to an operation who may use it, not too often.
func (s *service) guard(may people.Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		who := people.FromContext(ctx.Context())
		switch {
		case who == nil:
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="Ward"`)
			s.turnAway(ctx, refuse(http.StatusUnauthorized, "Nobody is signed in.", "Send a valid API token as Authorization: Bearer ward_..."))
		case !s.limiter.Allow(key(who), time.Now()): // the real clock, also in a demonstration
			ctx.SetHeader("Retry-After", "1")
			s.turnAway(ctx, refuse(http.StatusTooManyRequests, "Too many requests.", "Wait a second, ask for larger pages, or use an export."))
		case !who.May(may):
			s.turnAway(ctx, refuse(http.StatusForbidden, "The roles of the person, or the scope of the token, do not allow this.",
				"It needs the permission "+string(may)+". An administrator can change roles on the page People; make a token with this scope."))
		default:
			ctx.SetHeader("Cache-Control", "no-store")
			next(ctx)
		}
	}
}

// key is what a limit counts for.
func key(who *people.Who) string {
	if who.Token != "" {
		return "token:" + who.Token
	}
	return "person:" + who.Person.ID
}

// turnAway writes a problem before the operation began.
func (s *service) turnAway(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	if err := s.api.Marshal(ctx.BodyWriter(), "application/json", p); err != nil {
		s.Log.Debug("a refusal was not read", "err", err)
	}
}

// actor is who does it, for the audit trail.
func actor(ctx context.Context) store.Actor {
	who := people.FromContext(ctx)
	return store.Actor{ID: who.Person.ID, Name: who.Person.Name, From: who.From}
}

// scope is the person's departments, nil: all.
func scope(ctx context.Context) []string { return people.FromContext(ctx).Person.Departments }

// everywhere refuses what cannot be cut down to some departments.
func everywhere(ctx context.Context) error {
	if len(scope(ctx)) == 0 {
		return nil
	}
	return refuse(http.StatusForbidden, "This speaks of all departments, and you see some of them only.", "Ask somebody who sees the whole hospital.")
}

// mine gives a device if the person's departments reach it.
func (s *service) mine(ctx context.Context, id device.ID) (*device.Device, error) {
	d, err := s.Store.Device(ctx, id)
	if err != nil {
		return nil, err
	}
	if only := scope(ctx); len(only) > 0 && !slices.Contains(only, d.Department) {
		return nil, store.ErrNotFound
	}
	return d, nil
}

// seen gives a device and keeps in the audit trail who looked at what of it.
func (s *service) seen(ctx context.Context, id, what string) (*device.Device, error) {
	d, err := s.mine(ctx, device.ID(id))
	if err != nil {
		return nil, err
	}
	return d, s.Store.Audit(ctx, actor(ctx), "device.view", "device:"+string(d.ID), what)
}
