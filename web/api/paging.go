package api

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// Limits of a page.
const (
	MaxPage   = 200     // entries of one answer
	MaxOffset = 100_000 // where an answer may begin; exports have no end
)

// Paging chooses a part of a list. The limits stand in its tags.
type Paging struct {
	Limit  int `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"entries of one answer"`
	Offset int `query:"offset" default:"0" minimum:"0" maximum:"100000" doc:"entries to pass over"`

	query url.Values
}

// Resolve keeps the query, so that the next page can be named.
func (p *Paging) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	p.query = u.Query()
	return nil
}

var _ huma.Resolver = (*Paging)(nil)

// next is the Link to the next page (RFC 8288), empty on the last one.
func (p *Paging) next(path string, total int) string {
	after := p.Offset + p.Limit
	if after >= total || after > MaxOffset {
		return ""
	}
	q := url.Values{}
	for k, v := range p.query {
		q[k] = v
	}
	q.Set("offset", strconv.Itoa(after))
	return fmt.Sprintf(`<%s%s?%s>; rel="next"`, Prefix, path, q.Encode())
}

// page is a part of a list.
type page[T any] struct {
	Link string `header:"Link" doc:"the next page, where there is one (RFC 8288)"`
	Body T
}

// visible pages through a list that the store cannot cut down to what a person
// may see.
func visible[T any](ctx context.Context, p *Paging, read func(offset int) ([]T, error), may func(*T) (bool, error)) ([]T, error) {
	out, pass := []T{}, p.Offset
	for offset := 0; ; offset += MaxPage {
		part, err := read(offset)
		if err != nil {
			return nil, err
		}
		for i := range part {
			switch ok, err := may(&part[i]); {
			case err != nil:
				return nil, err
			case !ok:
			case pass > 0:
				pass--
			default:
				out = append(out, part[i])
			}
			if len(out) == p.Limit {
				return out, nil
			}
		}
		if len(part) < MaxPage {
			return out, ctx.Err()
		}
	}
}

// as reads words as those of a type.
func as[T ~string](words []string) []T {
	out := make([]T, len(words))
	for i, w := range words {
		out[i] = T(w)
	}
	return out
}
