package api

import (
	"context"

	"ward/people"
	"ward/store"
	"ward/triage"
)

type advisoryPage struct {
	Advisories []store.AdvisoryLine `json:"advisories" doc:"devices counts those that you may see"`
	Total      int                  `json:"total"`
}

type revisionList struct {
	Revisions []store.Revision `json:"revisions" doc:"the newest first"`
}

type sparedList struct {
	Spared []triage.Spared `json:"spared"`
	Total  int             `json:"total"`
}

func advisories(s *service) {
	add(s, get("list-advisories", "/advisories", people.See, "List advisories, the most recently revised first"), func(ctx context.Context, in *struct {
		Text      string `query:"text" maxLength:"200"`
		Ours      bool   `query:"ours" doc:"only those that concern a device"`
		Publisher string `query:"publisher" maxLength:"200"`
		Paging
	}) (*page[advisoryPage], error) {
		f := store.AdvisoryFilter{Text: in.Text, Ours: in.Ours, Publisher: in.Publisher, Limit: in.Limit, Offset: in.Offset}
		list, total, err := s.Store.AdvisoriesFor(ctx, f, scope(ctx))
		return &page[advisoryPage]{in.next("/advisories", total), advisoryPage{list, total}}, err
	})
	add(s, get("list-revisions", "/advisories/{id}/revisions", people.See, "What an advisory says, and what each revision changed"), func(ctx context.Context, in *ByID) (*answer[revisionList], error) {
		list, err := s.Store.Revisions(ctx, in.ID)
		return give(revisionList{list}, err)
	})
	add(s, get("list-spared", "/advisories/{id}/spared", people.See, "Devices of the makers it names which it does not concern, and why"), func(ctx context.Context, in *ByID) (*answer[sparedList], error) {
		if err := everywhere(ctx); err != nil {
			return nil, err
		}
		if s.Triage == nil {
			return nil, absent("explanations")
		}
		list, total := s.Triage.Spared(in.ID)
		return give(sparedList{list, total}, nil)
	})
}
