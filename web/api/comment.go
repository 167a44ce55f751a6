package api

import (
	"context"
	"net/http"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

type commentList struct {
	Comments []store.Comment `json:"comments" doc:"the oldest first"`
}

type commentBody struct {
	Text string `json:"text" minLength:"1" maxLength:"10000"`
}

// The inputs of a new remark.
type (
	workComment struct {
		ByKey
		Body commentBody
	}
	deviceComment struct {
		ByID
		Body commentBody
	}
	findingComment struct {
		ByFinding
		Body commentBody
	}
)

func comments(s *service) {
	commented(s, "work", "/work/{key}/comments", func(in *workComment) (*ByKey, string) { return &in.ByKey, in.Body.Text }, func(ctx context.Context, in *ByKey) (string, error) {
		w, err := s.Store.WorkFor(ctx, in.Key, scope(ctx))
		return "work:" + w.Key, err
	})
	commented(s, "device", "/devices/{id}/comments", func(in *deviceComment) (*ByID, string) { return &in.ByID, in.Body.Text }, func(ctx context.Context, in *ByID) (string, error) {
		d, err := s.mine(ctx, device.ID(in.ID))
		if err != nil {
			return "", err
		}
		return "device:" + string(d.ID), nil
	})
	commented(s, "finding", "/devices/{id}/findings/{vulnerability}/comments", func(in *findingComment) (*ByFinding, string) { return &in.ByFinding, in.Body.Text }, func(ctx context.Context, in *ByFinding) (string, error) {
		f, err := s.finding(ctx, in)
		return "finding:" + string(f.Device) + " " + f.Vulnerability, err
	})
	o := operation{ID: "remove-comment", Method: http.MethodDelete, Path: "/comments/{id}", Permission: people.DoWork, Summary: "Hide one's own remark", Status: http.StatusNoContent}
	o.Text = "The audit trail keeps that it was there."
	add(s, o, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, s.Store.RemoveComment(ctx, in.ID, actor(ctx))
	})
}

// commented adds the two operations on the comments of one kind of subject: find
// tells the subject within the person's departments.
func commented[I, P any](s *service, noun, path string, split func(*P) (*I, string), find func(context.Context, *I) (string, error)) {
	add(s, get("list-"+noun+"-comments", path, people.See, "The remarks on a "+noun), func(ctx context.Context, in *I) (*answer[commentList], error) {
		about, err := find(ctx, in)
		if err != nil {
			return nil, err
		}
		list, err := s.Store.Comments(ctx, about)
		return give(commentList{list}, err)
	})
	o := post("comment-"+noun, path, people.DoWork, "Add a remark on a "+noun)
	o.Status = http.StatusCreated
	add(s, o, func(ctx context.Context, in *P) (*answer[store.Comment], error) {
		where, text := split(in)
		about, err := find(ctx, where)
		if err != nil {
			return nil, err
		}
		return give(s.Store.AddComment(ctx, about, text, actor(ctx)))
	})
}
