package ui

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// View is what every template gets as its dot: the page's own Data and who asks.
type View struct {
	Page  string // name of the template file
	Title string
	Data  any
	request
}

// buffers are reused: pages are made whole before a byte is sent.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKeptBuffer is the size above which a buffer is not kept.
const maxKeptBuffer = 1 << 20

// Page answers with a whole page: the template file's block "content" in the
// layout. title is an English text of the catalogue.
func (u *UI) Page(w http.ResponseWriter, r *http.Request, status int, page, title string, data any) {
	u.render(w, r, status, page, "layout", title, data)
}

// Fragment answers with one block of the page's template file, for htmx.
func (u *UI) Fragment(w http.ResponseWriter, r *http.Request, status int, page, block string, data any) {
	u.render(w, r, status, page, block, "", data)
}

func (u *UI) render(w http.ResponseWriter, r *http.Request, status int, page, block, title string, data any) {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() <= maxKeptBuffer {
			buffers.Put(b)
		}
	}()
	if err := u.execute(b, r, page, block, title, data); err != nil {
		u.broken(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request, Accept-Language, Cookie")
	h.Set("Cache-Control", "no-store")
	out := neutral(b.Bytes())
	h.Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(out) // a reader that went away is no fault
	}
}

func (u *UI) execute(b *bytes.Buffer, r *http.Request, page, block, title string, data any) error {
	sets := u.sets
	if u.Folder != "" { // read anew while developing
		fresh := &UI{Options: u.Options, assets: u.assets, texts: u.texts, site: u.site}
		if err := fresh.parse(); err != nil {
			return err
		}
		sets = fresh.sets
	}
	req := u.requestOf(r)
	t := sets[req.Lang].pages[page]
	if t == nil {
		return fmt.Errorf("ui: no page %q", page)
	}
	v := &View{Page: page, Title: title, Data: data, request: req}
	return t.ExecuteTemplate(b, block, v)
}

// broken answers where a template itself failed.
func (u *UI) broken(w http.ResponseWriter, r *http.Request, err error) {
	id := NewCause()
	u.Log.Error("page failed", "cause", id, "path", r.URL.Path, "err", err)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, "%s\n%s: %s\n", u.T(r, "This page could not be made."), u.T(r, "Cause"), id)
}
