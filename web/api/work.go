package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"ward/people"
	"ward/store"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// ByKey names a piece of work.
type ByKey struct {
	Key string `path:"key" maxLength:"500"`
}

// versioned is a piece of work with its version.
type versioned struct {
	ETag string `header:"ETag" doc:"its version, for If-Match"`
	Body store.Work
}

func version(w store.Work, err error) (*versioned, error) {
	if err != nil {
		return nil, err
	}
	return &versioned{`"` + strconv.Itoa(w.Version) + `"`, w}, nil
}

func works(s *service) {
	o := get("list-work", "/work", people.See, "The worklist, by rank")
	o.Text = "Without a state: what is open, doing or waiting."
	add(s, o, func(ctx context.Context, in *struct {
		State         []string `query:"state,explode" nullable:"false" enum:"open,doing,waiting,done,dismissed,gone"`
		Band          []string `query:"band,explode" nullable:"false" enum:"track,schedule,next_window,act_now"`
		Kind          []string `query:"kind,explode" nullable:"false" maxItems:"20"`
		Assignee      string   `query:"assignee" maxLength:"100" doc:"ID of a person"`
		Device        string   `query:"device" maxLength:"500" doc:"work that touches it"`
		Vulnerability string   `query:"vulnerability" maxLength:"200" doc:"work that works on it"`
		Paging
	}) (*page[store.WorkPage], error) {
		p, err := s.Store.Worklist(ctx, store.WorkFilter{States: as[store.WorkState](in.State), Bands: as[risk.Band](in.Band), Kinds: as[remedy.Kind](in.Kind),
			Assignee: in.Assignee, Device: in.Device, Vulnerability: in.Vulnerability, Departments: scope(ctx), Limit: in.Limit, Offset: in.Offset})
		return &page[store.WorkPage]{in.next("/work", p.Total), p}, err
	})
	add(s, get("get-work", "/work/{key}", people.See, "One piece of work"), func(ctx context.Context, in *ByKey) (*versioned, error) {
		return version(s.Store.WorkFor(ctx, in.Key, scope(ctx)))
	})
	o = operation{ID: "set-work", Method: http.MethodPatch, Path: "/work/{key}", Permission: people.DoWork, Summary: "Change state, assignee or due date"}
	o.Text = "If-Match holds the ETag that was read: 409 tells that somebody was faster. Fields that are missing stay. To dismiss needs a reason."
	add(s, o, s.setWork)
}

func (s *service) setWork(ctx context.Context, in *struct {
	ByKey
	IfMatch string `header:"If-Match" maxLength:"40"`
	Body    store.WorkChange
}) (*versioned, error) {
	w, err := s.Store.WorkFor(ctx, in.Key, scope(ctx))
	if err != nil {
		return nil, err
	}
	seen, err := strconv.Atoi(strings.Trim(in.IfMatch, `"`))
	if err != nil {
		return nil, refuse(http.StatusPreconditionRequired, "Nobody knows which version this change is for.", "Read the work and send its ETag in If-Match.")
	}
	if who := in.Body.Assignee; who != nil && *who != "" {
		if _, err := s.Store.Person(ctx, *who); err != nil {
			return nil, refuse(http.StatusUnprocessableEntity, "There is no such person.", "assignee is the ID of a person.")
		}
	}
	return version(s.Store.SetWork(ctx, w.Key, seen, in.Body, actor(ctx)))
}
