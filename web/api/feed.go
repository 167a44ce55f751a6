package api

import (
	"context"
	"net/http"
	"strings"

	"ward/people"
	"ward/store"
)

type feedList struct {
	Feeds []store.Feed `json:"feeds" doc:"by name"`
}

type feedNames struct {
	Names []string `json:"names,omitempty" maxItems:"50" doc:"none: all that are switched on"`
}

func feeds(s *service) {
	add(s, get("list-feeds", "/feeds", people.See, "List the feeds and how fresh they are"), func(ctx context.Context, _ *struct{}) (*answer[feedList], error) {
		list, err := s.Store.Feeds(ctx)
		return give(feedList{list}, err)
	})
	o := post("update-feeds", "/feeds/update", people.ManageFeeds, "Update feeds now")
	o.Text = "It answers at once; list-feeds tells when it worked or why not."
	o.Status = http.StatusAccepted
	add(s, o, s.updateFeeds)
}

func (s *service) updateFeeds(ctx context.Context, in *struct{ Body feedNames }) (*answer[feedNames], error) {
	if s.UpdateFeeds == nil {
		return nil, absent("a way to update feeds")
	}
	list, err := s.Store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for i := range list {
		known[list[i].Name] = true
	}
	for _, name := range in.Body.Names {
		if !known[name] {
			return nil, refuse(http.StatusUnprocessableEntity, "There is no such feed.", "list-feeds tells their names.")
		}
	}
	if err := s.UpdateFeeds(in.Body.Names...); err != nil {
		return nil, err
	}
	return give(in.Body, s.Store.Audit(ctx, actor(ctx), "feed.update", "feeds", strings.Join(in.Body.Names, " ")))
}
