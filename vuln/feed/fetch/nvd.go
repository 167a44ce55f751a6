package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// What the NVD API 2.0 allows (nvd.nist.gov/developers): requests in a rolling
// window without and with a key, records of a page, days of a window of dates.
const (
	nvdWindow     = 30 * time.Second
	nvdRequests   = 5
	nvdWithKey    = 50
	nvdPage       = 2000
	nvdSpan       = 120 * 24 * time.Hour
	nvdOverlap    = 2 * time.Hour // windows begin so much earlier: records appear late
	maxNVDPage    = 256 << 20     // bytes of one page
	maxNVDRecords = 5_000_000
	nvdTime       = "2006-01-02T15:04:05.000Z"
)

// ErrNVD is an answer that is no page of the NVD API.
var ErrNVD = errors.New("fetch: no page of the NVD API")

// paged is how far the NVD records are. Zero: nothing is there.
type paged struct {
	Until time.Time `json:"until,omitzero"` // all changes before are there
	Begun time.Time `json:"begun,omitzero"` // of the pass at hand
	End   time.Time `json:"end,omitzero"`   // of the window at hand; zero: the first pass, over everything
	Next  int64     `json:"next"`           // startIndex of the page that comes next
}

// page is one answer of the API.
type page struct {
	Start   int64  `json:"startIndex"`
	Count   int64  `json:"resultsPerPage"`
	Total   int64  `json:"totalResults"`
	Format  string `json:"format"`
	Records []struct {
		CVE json.RawMessage `json:"cve"`
	} `json:"vulnerabilities"`
}

// nvd renews the records: the first time all, page by page; later what changed,
// in windows of at most 120 days. The place is noted after each page.
func (u *updater) nvd(ctx context.Context) error {
	at := u.journal.NVD[u.source.Name]
	if _, err := os.Stat(u.folder()); errors.Is(err, fs.ErrNotExist) {
		at = paged{} // the folder was deleted: all anew
	}
	limit := nvdRequests
	if u.source.Key != "" {
		limit = nvdWithKey
	}
	r := &rate{limit: limit, window: nvdWindow, options: u.options}
	for {
		at = u.nextWindow(at)
		p, err := u.nvdPage(ctx, r, at)
		if err != nil {
			return err
		}
		if err := u.merge(p); err != nil {
			return err
		}
		at.Next += int64(len(p.Records))
		done := at.Next >= p.Total || len(p.Records) == 0
		u.progress(at.Next, max(at.Next, p.Total), "records")
		if done {
			at = at.finished()
		}
		u.journal.NVD[u.source.Name] = at
		if err := u.journal.save(); err != nil {
			return err
		}
		if done && !at.Until.Before(u.options.Now().Add(-nvdOverlap)) {
			return nil
		}
	}
}

// finished notes that everything up to the end of the window is there.
func (p paged) finished() paged {
	if p.End.IsZero() {
		return paged{Until: p.Begun}
	}
	return paged{Until: p.End}
}

// nextWindow begins the next window where none is at hand.
func (u *updater) nextWindow(at paged) paged {
	now := u.options.Now().UTC()
	switch {
	case !at.Begun.IsZero(): // in the middle
	case at.Until.IsZero():
		at = paged{Begun: now}
	default:
		from := at.Until.Add(-nvdOverlap)
		at.Begun = from
		at.End = from.Add(nvdSpan)
		if at.End.After(now) {
			at.End = now
		}
	}
	return at
}

// nvdPage asks for one page.
func (u *updater) nvdPage(ctx context.Context, r *rate, at paged) (page, error) {
	where, err := url.Parse(u.source.URL)
	if err != nil {
		return page{}, err
	}
	q := where.Query()
	q.Set("startIndex", strconv.FormatInt(at.Next, 10))
	q.Set("resultsPerPage", strconv.Itoa(nvdPage))
	if !at.End.IsZero() {
		q.Set("lastModStartDate", at.Begun.Format(nvdTime))
		q.Set("lastModEndDate", at.End.Format(nvdTime))
	}
	where.RawQuery = q.Encode()
	req := request{url: where.String(), header: http.Header{}}
	if u.source.Key != "" {
		req.header["apiKey"] = []string{u.source.Key}
	}
	if err := r.wait(ctx); err != nil {
		return page{}, err
	}
	data, _, err := u.get.text(ctx, req, maxNVDPage)
	if err != nil {
		return page{}, err
	}
	return parsePage(data, at.Next)
}

func parsePage(data []byte, start int64) (page, error) {
	var p page
	if err := json.Unmarshal(data, &p); err != nil {
		return page{}, fmt.Errorf("%w: %w", ErrNVD, err)
	}
	switch {
	case p.Format != "NVD_CVE":
		return page{}, fmt.Errorf("%w: the format is %q", ErrNVD, clip(p.Format))
	case p.Start != start || p.Total < 0 || p.Total > maxNVDRecords || int64(len(p.Records)) > nvdPage:
		return page{}, fmt.Errorf("%w: it begins at %d of %d with %d records, asked for %d", ErrNVD, p.Start, p.Total, len(p.Records), start)
	case len(p.Records) == 0 && start < p.Total:
		return page{}, fmt.Errorf("%w: empty at %d of %d records", ErrNVD, start, p.Total)
	}
	return p, nil
}

// rate lets a number of requests through in a rolling window.
type rate struct {
	limit   int
	window  time.Duration
	options Options
	past    []time.Time
}

func (r *rate) wait(ctx context.Context) error {
	now := r.options.Now()
	if len(r.past) == r.limit {
		if pause := r.past[0].Add(r.window).Sub(now); pause > 0 {
			if err := r.options.sleep(ctx, pause); err != nil {
				return err
			}
			now = r.options.Now()
		}
		r.past = r.past[1:]
	}
	r.past = append(r.past, now)
	return ctx.Err()
}
