package fetch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	document "ward/spec/csaf"
	"ward/vuln/feed"
	"ward/vuln/feed/csaf"
)

var zeroTime time.Time

// file is where a document lies, below the feeds folder.
func (p *provider) file(d listed) string {
	if d.folder == "" {
		return p.source.Name + "/" + strings.ToLower(d.name)
	}
	return p.source.Name + "/" + d.folder + "/" + strings.ToLower(d.name)
}

// document renews one document. A document that is refused is noted and no
// error; an error ends the update.
func (p *provider) document(ctx context.Context, d listed) error {
	file := p.file(d)
	path := filepath.Join(p.dir, filepath.FromSlash(file))
	known := p.journal.file(d.url)
	_, err := os.Stat(path)
	have := err == nil
	if have && known.File == file && !d.updated.IsZero() && d.updated.Equal(known.Listed) {
		return nil
	}
	r := request{url: d.url}
	if have && known.File == file {
		r.etag, r.modified = known.ETag, known.Modified
	}
	data, a, err := p.get.text(ctx, r, document.MaxBytes)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.refused(d, err)
		return nil
	}
	if a.same {
		known.Listed = d.updated
		return p.journal.note(d.url, known)
	}
	revised, err := p.verify(ctx, d, data, known, have)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.refused(d, err)
		return nil
	}
	return p.store(d, data, entry{ETag: a.etag, Modified: a.modified, SHA256: hexSum(data), Listed: d.updated, Revised: revised, File: file, Source: p.source.Name}, have)
}

// store writes a document that differs from what is there.
func (p *provider) store(d listed, data []byte, e entry, have bool) error {
	path := filepath.Join(p.dir, filepath.FromSlash(e.File))
	if have {
		if old, err := digest(path); err == nil && old == e.SHA256 {
			return p.journal.note(d.url, e)
		}
	}
	if err := feed.Save(path, data); err != nil {
		return err
	}
	p.mu.Lock()
	if have {
		p.out.Renewed++
	} else {
		p.out.Added++
	}
	p.mu.Unlock()
	return p.journal.note(d.url, e)
}

func (p *provider) refused(d listed, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.refuse(clip(d.name), err)
}

// verify checks digest, signature and content, in this order, and gives the date
// of the revision.
func (p *provider) verify(ctx context.Context, d listed, data []byte, known entry, have bool) (time.Time, error) {
	if err := p.verifyDigest(ctx, d, data); err != nil {
		return zeroTime, err
	}
	if err := p.verifySignature(ctx, d, data); err != nil {
		return zeroTime, err
	}
	doc, err := document.Parse(d.name, data)
	if err != nil {
		return zeroTime, fmt.Errorf("%w: %w", ErrContent, err)
	}
	id := doc.Meta.Tracking.ID
	if id == "" || !strings.EqualFold(nameOf(id), d.name) {
		return zeroTime, fmt.Errorf("%w: it is the document %q, by its own words", ErrContent, clip(id))
	}
	revised := csaf.Convert(d.name, doc).Revised
	if have && revised.Before(known.Revised) {
		return zeroTime, fmt.Errorf("%w: revised %s, here is %s", ErrOlder, revised.Format(time.DateOnly), known.Revised.Format(time.DateOnly))
	}
	return revised, nil
}

// nameOf is the file name of a document (CSAF 2.0, Section 5.1): lower case,
// runs of other characters become one underscore.
func nameOf(id string) string {
	var b strings.Builder
	other := false
	for _, r := range strings.ToLower(id) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '-' {
			b.WriteRune(r)
			other = false
		} else if !other {
			b.WriteByte('_')
			other = true
		}
	}
	return b.String() + ".json"
}

// verifyDigest takes the digests that the listing names, else those beside the
// document. One must be there for a trusted provider; none may be wrong.
func (p *provider) verifyDigest(ctx context.Context, d listed, data []byte) error {
	places := d.digests
	if len(places) == 0 {
		places = []string{d.url + ".sha512", d.url + ".sha256"}
	}
	for _, at := range places {
		file, _, err := p.get.text(ctx, request{url: at}, maxDigest)
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		return checkDigest(data, file)
	}
	if p.trusted && !p.source.Unsigned {
		return fmt.Errorf("%w: digest", ErrUnsigned)
	}
	return nil
}

func (p *provider) verifySignature(ctx context.Context, d listed, data []byte) error {
	if len(p.keyring) == 0 {
		if p.trusted && !p.source.Unsigned {
			return fmt.Errorf("%w: the metadata names no key", ErrUnsigned)
		}
		return nil
	}
	at := d.signature
	if at == "" {
		at = d.url + ".asc"
	}
	signature, _, err := p.get.text(ctx, request{url: at}, maxSignature)
	switch {
	case missing(err) && p.trusted && !p.source.Unsigned:
		return fmt.Errorf("%w: signature", ErrUnsigned)
	case missing(err):
		return nil
	case err != nil:
		return err
	}
	return checkSignature(p.keyring, data, signature, p.options.Now())
}
