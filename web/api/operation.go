package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ward/people"
)

// patience is how long an answer may take that is no stream [E].
const patience = 30 * time.Second

// operation is one line of the API: what a program may ask for.
type operation struct {
	ID, Method, Path string
	Permission       people.Permission
	Summary, Text    string
	Status           int    // of success; 0: 200
	Type             string // media type of an answer that is no plain JSON
	Schema           any    // its Go type, for the document; nil: text
	Upload           bool   // the body is a stream of bytes
}

// add registers an operation of a service.
func add[I, O any](s *service, o operation, do func(context.Context, *I) (*O, error)) {
	op := o.huma()
	op.Middlewares = huma.Middlewares{s.guard(o.Permission)}
	if o.Type != "" {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{o.Type: {Schema: s.schema(o.Schema)}}}}
	}
	if o.Upload {
		op.MaxBodyBytes = -1
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		if o.Type == "" && !o.Upload { // streams bound themselves
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, patience)
			defer cancel()
		}
		out, err := do(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, o.ID, err)
		}
		return out, nil
	})
}

// huma gives the operation as it stands in the document.
func (o *operation) huma() huma.Operation {
	tag := strings.Split(strings.TrimPrefix(o.Path, "/"), "/")[0]
	return huma.Operation{OperationID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary, Description: o.Text, Tags: []string{tag},
		DefaultStatus: o.Status, Security: []map[string][]string{{"token": {}}, {"session": {}}},
		Extensions: map[string]any{"x-permission": string(o.Permission)}}
}

// get is an operation that reads.
func get(id, path string, may people.Permission, summary string) operation {
	return operation{ID: id, Method: http.MethodGet, Path: path, Permission: may, Summary: summary}
}

// post is an operation that changes something.
func post(id, path string, may people.Permission, summary string) operation {
	return operation{ID: id, Method: http.MethodPost, Path: path, Permission: may, Summary: summary}
}

// answer is one JSON document.
type answer[T any] struct{ Body T }

func give[T any](v T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &answer[T]{v}, nil
}
