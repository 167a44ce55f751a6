package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/ProtonMail/go-crypto/openpgp"
)

// provider is what is known of a CSAF provider during one update.
type provider struct {
	*updater
	trusted bool
	keyring openpgp.EntityList

	mu   sync.Mutex // guards out and done
	done int
}

// provider renews the documents of a CSAF provider.
func (u *updater) provider(ctx context.Context) error {
	m, at, err := u.find(ctx)
	if err != nil {
		return err
	}
	p := &provider{updater: u, trusted: m.Role == trustedProvider}
	if p.keyring, err = u.keys(ctx, m); err != nil {
		return err
	}
	documents, err := p.list(ctx, m, at)
	if err != nil {
		return err
	}
	if err := p.renew(ctx, documents); err != nil {
		return err
	}
	p.markGone(documents)
	if p.out.Refused > 0 && p.out.Refused == len(documents) {
		return fmt.Errorf("all %d documents were refused, the first, %s: %s", p.out.Refused, p.out.Refusals[0].Name, p.out.Refusals[0].Why)
	}
	return nil
}

// list collects the documents of all public distributions; ROLIE feeds first,
// because they say more. A document that two distributions list is taken once.
func (p *provider) list(ctx context.Context, m metadata, at string) ([]listed, error) {
	base, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	var all []listed
	seen := map[string]bool{}
	take := func(l listing, where string) {
		if l.broken > 0 {
			p.out.Remarks = append(p.out.Remarks, fmt.Sprintf("%s: %d lines that name no document", clip(where), l.broken))
		}
		for _, d := range l.documents {
			if key := strings.ToLower(d.name); !seen[key] && len(all) < MaxDocuments {
				seen[key] = true
				all = append(all, d)
			}
		}
	}
	var failures []error
	for _, d := range m.Distributions {
		for _, f := range d.Rolie.Feeds {
			if !white(f.TLP) {
				continue
			}
			l, err := p.rolie(ctx, resolve(base, f.URL))
			failures = append(failures, err)
			take(l, f.URL)
		}
	}
	for _, d := range m.Distributions {
		if d.Directory == "" || !white(d.TLP) {
			continue
		}
		l, err := p.directory(ctx, resolve(base, d.Directory))
		failures = append(failures, err)
		take(l, d.Directory)
	}
	if err := errors.Join(failures...); err != nil {
		return nil, err // half a list would make documents look withdrawn
	}
	return all, ctx.Err()
}

// rolie reads a ROLIE feed with its further pages.
func (p *provider) rolie(ctx context.Context, at string) (listing, error) {
	var all listing
	const maxPages = 1000
	for page := 0; at != ""; page++ {
		if page == maxPages {
			return all, fmt.Errorf("%w: more than %d pages", ErrListing, maxPages)
		}
		base, err := url.Parse(at)
		if err != nil {
			return all, err
		}
		data, _, err := p.get.text(ctx, request{url: at}, maxListing)
		if err != nil {
			return all, err
		}
		l, next, err := parseRolie(base, data)
		if err != nil {
			return all, fmt.Errorf("%s: %w", clip(at), err)
		}
		all.documents, all.broken = append(all.documents, l.documents...), all.broken+l.broken
		if len(all.documents) > MaxDocuments {
			return all, fmt.Errorf("%w: more than %d documents", ErrListing, MaxDocuments)
		}
		at = next
	}
	return all, nil
}

// directory reads changes.csv for the dates and index.txt for the documents that
// it leaves out.
func (p *provider) directory(ctx context.Context, at string) (listing, error) {
	base, err := url.Parse(strings.TrimSuffix(at, "/") + "/")
	if err != nil {
		return listing{}, err
	}
	var all listing
	data, _, err := p.get.text(ctx, request{url: resolve(base, "changes.csv")}, maxListing)
	if err == nil {
		all, err = parseChanges(base, data)
	}
	if err != nil && !missing(err) {
		return all, fmt.Errorf("%s: %w", clip(at), err)
	}
	noChanges := err
	data, _, err = p.get.text(ctx, request{url: resolve(base, "index.txt")}, maxListing)
	if missing(err) && noChanges == nil {
		return all, nil
	}
	if err != nil {
		return all, err
	}
	l, err := parseIndex(base, data)
	if err != nil {
		return all, fmt.Errorf("%s: %w", clip(at), err)
	}
	all.documents, all.broken = append(all.documents, l.documents...), all.broken+l.broken
	return all, nil
}

// renew fetches what is new, several documents at a time.
func (p *provider) renew(ctx context.Context, documents []listed) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan listed)
	var workers sync.WaitGroup
	for range perHost {
		workers.Go(func() {
			for d := range work {
				if err := p.document(ctx, d); err != nil {
					cancel(err)
				}
				p.mu.Lock()
				p.done++
				p.progress(int64(p.done), int64(len(documents)), "documents")
				p.mu.Unlock()
			}
		})
	}
feeding:
	for _, d := range documents {
		select {
		case work <- d:
		case <-ctx.Done():
			break feeding
		}
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// markGone marks documents that the provider no longer lists. Their files stay:
// a device may still have what they describe.
func (p *provider) markGone(documents []listed) {
	still := map[string]bool{}
	for _, d := range documents {
		still[p.file(d)] = true
	}
	p.journal.mu.Lock()
	defer p.journal.mu.Unlock()
	for url, e := range p.journal.Files {
		switch {
		case e.Source != p.source.Name || e.File == "":
			continue
		case still[e.File] && !e.Gone.IsZero():
			e.Gone = zeroTime
		case !still[e.File]:
			if e.Gone.IsZero() {
				e.Gone = p.options.Now().UTC()
			}
			p.out.Gone++
		default:
			continue
		}
		p.journal.Files[url] = e
	}
}
