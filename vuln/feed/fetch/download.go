package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"ward/vuln/feed"
)

// partial is what lies beside a file that came only in part.
type partial struct {
	URL  string `json:"url"`
	ETag string `json:"etag"` // strong; without one a transfer begins anew
}

// download fetches a large file to a path, going on after an interruption where
// the server can (RFC 9110, Section 14: Range with If-Range).
func (u *updater) download(ctx context.Context, r request, path string) (a *answer, err error) {
	part, about := path+".part", path+".part.json"
	err = u.get.retry(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, u.options.patient.file)
		defer cancel()
		ask := r
		if from, etag := begun(part, about, r.url); from > 0 {
			ask.from, ask.etag, ask.modified = from, etag, ""
		}
		if a, err = u.get.once(ctx, ask); err != nil {
			if s := (*statusError)(nil); errors.As(err, &s) && s.code == 416 {
				return errors.Join(os.Remove(part), err) // begun wrongly: from the start at the next try
			}
			return err
		}
		if a.same {
			return nil
		}
		defer a.body.Close()
		return u.receive(a, ask, part, about)
	})
	if s := (*statusError)(nil); errors.As(err, &s) && s.code == 416 {
		return u.download(ctx, r, path)
	}
	if err != nil || a.same {
		return a, err
	}
	return a, errors.Join(os.Rename(part, path), os.Remove(about))
}

// begun gives how much of a file is there, and the ETag it belongs to.
func begun(part, about, url string) (int64, string) {
	data, err := readBounded(about, maxAbout)
	var p partial
	if err != nil || json.Unmarshal(data, &p) != nil || p.URL != url || p.ETag == "" {
		return 0, ""
	}
	info, err := os.Stat(part)
	if err != nil || !info.Mode().IsRegular() {
		return 0, ""
	}
	return info.Size(), p.ETag
}

// maxAbout is the largest note about a partial file, in bytes.
const maxAbout = 64 << 10

// receive appends to the partial file, or begins it.
func (u *updater) receive(a *answer, r request, part, about string) error {
	limit := maxFile(u.source.Kind)
	if a.size > limit {
		return fmt.Errorf("%s: %w: %d MB, at most %d MB", clip(r.url), ErrTooBig, a.size>>20, limit>>20)
	}
	mode, done := os.O_TRUNC, int64(0)
	if a.partial {
		mode, done = os.O_APPEND, r.from
	} else if err := noteBegun(about, r.url, a.etag); err != nil {
		return err
	}
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|mode, 0o644)
	if err != nil {
		return err
	}
	total := max(0, a.size)
	n, err := io.Copy(f, &told{r: io.LimitReader(a.body, limit-done+1), tell: func(n int64) { u.progress(done+n, total, "bytes") }})
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	switch {
	case err == nil && done+n > limit:
		return errors.Join(os.Remove(part), fmt.Errorf("%s: %w: at most %d MB", clip(r.url), ErrTooBig, limit>>20))
	case err == nil && a.size >= 0 && done+n != a.size:
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("%s: the transfer ended early: %w", clip(r.url), err)
	}
	return nil
}

// noteBegun remembers what the partial file is part of. A weak ETag does not
// promise the same bytes.
func noteBegun(about, url, etag string) error {
	if strings.HasPrefix(etag, "W/") {
		etag = ""
	}
	data, err := json.Marshal(partial{url, etag})
	if err != nil {
		return err
	}
	return feed.Save(about, data)
}

// told reports how much was read.
type told struct {
	r    io.Reader
	n    int64
	tell func(int64)
}

func (t *told) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	t.tell(t.n)
	return n, err
}
