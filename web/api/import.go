package api

import (
	"context"
	"net/http"

	"ward/people"
	"ward/store"
)

type importPage struct {
	Imports []store.Import `json:"imports" doc:"the newest first"`
	Total   int            `json:"total"`
}

func imports(s *service) {
	add(s, get("list-imports", "/imports", people.See, "List what was read or is being read"), func(ctx context.Context, in *struct {
		State []string `query:"state,explode" nullable:"false" enum:"receiving,queued,reading,done,failed,undone"`
		Paging
	}) (*page[importPage], error) {
		list, total, err := s.Store.Imports(ctx, as[store.ImportState](in.State), in.Offset, in.Limit)
		return &page[importPage]{in.next("/imports", total), importPage{list, total}}, err
	})
	add(s, get("get-import", "/imports/{id}", people.See, "One import: how far it has come"), func(ctx context.Context, in *ByID) (*answer[store.Import], error) {
		return give(s.Store.Import(ctx, in.ID))
	})
	o := operation{ID: "undo-import", Method: http.MethodDelete, Path: "/imports/{id}", Permission: people.Upload, Summary: "Take an import back, or end an upload"}
	o.Text = "Its devices and sessions no longer count; the import itself stays in the list."
	add(s, o, s.undoImport)
}

func (s *service) undoImport(ctx context.Context, in *struct {
	ByID
	Reason string `query:"reason" required:"true" minLength:"10" maxLength:"2000"`
}) (*answer[store.Import], error) {
	if s.Intake == nil {
		return nil, absent("an intake")
	}
	i, err := s.Store.Import(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if i.State == store.ImportReceiving {
		err = s.Intake.Cancel(ctx, i.ID, actor(ctx))
	} else {
		err = s.Intake.Undo(ctx, i.ID, in.Reason, actor(ctx))
	}
	if err != nil {
		return nil, err
	}
	return give(s.Store.Import(ctx, i.ID))
}
