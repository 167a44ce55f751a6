package api

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ward/asset/device"
	"ward/people"
	"ward/pipeline"
	"ward/store"
)

// inventories are the exports of everything at once.
func inventories(s *service) {
	o := get("export-inventory", "/exports/inventory.json", people.See, "Everything, as the document of ward analyze")
	o.Type, o.Schema = "application/json", pipeline.Result{}
	o.Text = "Inputs, feeds, devices, findings, assessments and worklist in the form of docs/reference/json.md."
	add(s, o, func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
		head, err := s.head(ctx)
		if err != nil {
			return nil, err
		}
		file := "inventory-" + s.Store.Now().Format(time.DateOnly) + ".json"
		return s.export(ctx, "inventory.export", "inventory", strings.Join(scope(ctx), ", "), "application/json", file, func(w io.Writer) error {
			return s.inventory(ctx, w, head)
		})
	})
}

// head gives the parts of the document that are small.
func (s *service) head(ctx context.Context) (*pipeline.Result, error) {
	r := &pipeline.Result{Ward: pipeline.Program{Version: s.Version}, Inputs: []pipeline.Input{}, Feeds: []pipeline.Feed{}, Warnings: []string{}}
	list, err := s.Store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		r.Feeds = append(r.Feeds, pipeline.Feed{Name: f.Name, Kind: f.Kind, Date: f.Date, Records: f.Records, SHA256: f.SHA256})
		if f.Stale(s.Store.Now()) {
			r.Warnings = append(r.Warnings, "feed "+f.Name+" is older than it should be")
		}
	}
	if s.Triage != nil {
		r.Warnings = append(r.Warnings, s.Triage.Status().Warnings...)
		if r.Coverage, err = s.Triage.Coverage(ctx); err != nil {
			return nil, err
		}
	}
	if only := scope(ctx); len(only) > 0 {
		r.Warnings = append(r.Warnings, "devices of these departments only: "+strings.Join(only, ", ")+"; sessions are not counted by department")
		return r, nil
	}
	return r, s.countSessions(ctx, r)
}

func (s *service) countSessions(ctx context.Context, r *pipeline.Result) error {
	r.Sessions.ByService = map[string]uint64{}
	first, _, err := s.Store.Span(ctx)
	if err != nil || first.IsZero() {
		return err
	}
	hours, err := s.Store.ServiceHours(ctx, first)
	for _, h := range hours {
		r.Sessions.Count += h.Sessions
		r.Sessions.ByService[h.Service] += h.Sessions
	}
	return err
}

// inventory writes the document while it reads the store.
func (s *service) inventory(ctx context.Context, w io.Writer, head *pipeline.Result) error {
	d := newDocument(w)
	d.value("ward", head.Ward)
	d.list("inputs", func(entry func(any) error) error { return s.eachInput(ctx, entry) })
	d.list("feeds", func(entry func(any) error) error {
		for i := range head.Feeds {
			if err := entry(&head.Feeds[i]); err != nil {
				return err
			}
		}
		return nil
	})
	d.list("warnings", func(entry func(any) error) error {
		for _, text := range head.Warnings {
			if err := entry(text); err != nil {
				return err
			}
		}
		return nil
	})
	d.value("coverage", head.Coverage)
	only := scope(ctx)
	d.list("devices", func(entry func(any) error) error {
		return s.Store.EachDeviceDocument(ctx, func(x *device.Device) error {
			if len(only) > 0 && !slices.Contains(only, x.Department) {
				return nil
			}
			return entry(x)
		})
	})
	f := store.FindingFilter{Departments: only}
	d.list("findings", func(entry func(any) error) error {
		return s.Store.EachFinding(ctx, f, func(x *store.Finding) error { return entry(&x.Finding) })
	})
	d.list("assessments", func(entry func(any) error) error {
		return s.Store.EachFinding(ctx, f, func(x *store.Finding) error {
			if x.Assessment.Band == "" { // cleared: nothing to weigh
				return nil
			}
			return entry(&x.Assessment)
		})
	})
	d.list("worklist", func(entry func(any) error) error {
		return s.eachWork(ctx, func(x *store.Work) error { return entry(&x.Action) })
	})
	d.value("sessions", head.Sessions)
	return d.end()
}

// eachInput hands on what was read.
func (s *service) eachInput(ctx context.Context, use func(any) error) error {
	for offset := 0; ; offset += chunk {
		list, _, err := s.Store.Imports(ctx, []store.ImportState{store.ImportDone}, offset, chunk)
		if err != nil {
			return err
		}
		for _, i := range list {
			x := pipeline.Input{Path: i.Name, Kind: i.Kind, Frames: i.Frames, Bytes: uint64(max(0, i.Size)), First: i.First, Last: i.Last, SHA256: i.SHA256}
			if err := use(&x); err != nil {
				return err
			}
		}
		if len(list) < chunk {
			return nil
		}
	}
}
