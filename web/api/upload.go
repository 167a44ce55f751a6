package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ward/people"
	"ward/store"
)

// uploadIdle is how long an upload may send nothing before it is cut; it goes on
// from where it was [E].
const uploadIdle = 30 * time.Second

// uploadBody announces what will be sent.
type uploadBody struct {
	Name   string `json:"name" minLength:"1" maxLength:"255" doc:"of the file"`
	Size   int64  `json:"size" minimum:"1" doc:"bytes"`
	SHA256 string `json:"sha256,omitempty" pattern:"^[0-9A-Fa-f]{64}$" doc:"checked at the end"`
}

// begun is an upload and where it goes on.
type begun struct {
	Location string `header:"Location"`
	Offset   int64  `header:"Upload-Offset" doc:"bytes that are safe"`
	Body     store.Import
}

// uploadPart is a part of a file, read while it arrives.
type uploadPart struct {
	ByID
	Offset int64 `header:"Upload-Offset" required:"true" minimum:"0" doc:"of the first byte of this part"`

	body io.Reader
}

// Resolve takes the body as a stream.
func (u *uploadPart) Resolve(ctx huma.Context) []error {
	u.body = &patient{ctx}
	return nil
}

var _ huma.Resolver = (*uploadPart)(nil)

// patient reads a body as long as something arrives.
type patient struct{ huma.Context }

func (p *patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(uploadIdle)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.BodyReader().Read(b)
}

// uploads are the operations of a resumable upload: begin, parts, complete.
func uploads(s *service) {
	o := post("begin-upload", "/imports", people.Upload, "Begin the upload of a capture, a log or a maintenance export")
	o.Status = http.StatusCreated
	add(s, o, func(ctx context.Context, in *struct{ Body uploadBody }) (*begun, error) {
		if s.Intake == nil {
			return nil, absent("an intake")
		}
		i, err := s.Intake.Begin(ctx, in.Body.Name, in.Body.Size, in.Body.SHA256, actor(ctx))
		if err != nil {
			return nil, err
		}
		return &begun{Prefix + "/imports/" + i.ID, i.Received, i}, nil
	})
	o = operation{ID: "append-upload", Method: http.MethodPatch, Path: "/imports/{id}", Permission: people.Upload, Summary: "Send the next part of an upload", Upload: true}
	o.Text = "Also after an error the header Upload-Offset (or received of get-import) tells where to go on."
	add(s, o, s.appendUpload)
	o = post("complete-upload", "/imports/{id}/complete", people.Upload, "Say that the upload is whole: it is checked and queued")
	o.Status = http.StatusAccepted
	add(s, o, func(ctx context.Context, in *ByID) (*answer[store.Import], error) {
		if s.Intake == nil {
			return nil, absent("an intake")
		}
		if err := s.ownUpload(ctx, in.ID); err != nil {
			return nil, err
		}
		return give(s.Intake.Complete(ctx, in.ID))
	})
}

// ownUpload refuses an upload that somebody else began: its content would go
// under another name.
func (s *service) ownUpload(ctx context.Context, id string) error {
	i, err := s.Store.Import(ctx, id)
	if err != nil {
		return err
	}
	if me := people.FromContext(ctx).Person; i.State == store.ImportReceiving && i.By != me.Name && i.By != me.ID {
		return store.ErrNotFound
	}
	return nil
}

func (s *service) appendUpload(ctx context.Context, in *uploadPart) (*begun, error) {
	if s.Intake == nil {
		return nil, absent("an intake")
	}
	if err := s.ownUpload(ctx, in.ID); err != nil {
		return nil, err
	}
	at, err := s.Intake.Append(ctx, in.ID, in.Offset, in.body)
	if err != nil {
		if p := uploadProblem(err); p != nil {
			p.header = http.Header{"Upload-Offset": {strconv.FormatInt(at, 10)}}
			return nil, p
		}
		return nil, err
	}
	i, err := s.Store.Import(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &begun{Prefix + "/imports/" + i.ID, at, i}, nil
}
