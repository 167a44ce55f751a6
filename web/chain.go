package web

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"ward/people"
	"ward/web/ui"
)

// Limits of a request.
const (
	maxForm     = 1 << 20          // bytes of a form; uploads and the API set their own
	pageTimeout = 30 * time.Second // of a page's work in the store
	bodyTime    = 30 * time.Second // to send a form; uploads set their own [E]
)

// policy is the Content Security Policy of every answer (W3C CSP Level 3).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// chain puts what every request goes through around the routes, the outermost
// first: log, recover, headers, same origin, limits, who, gzip.
func (s *Server) chain(h http.Handler) http.Handler {
	h = s.zip(h)
	if s.Auth != nil {
		h = s.Auth.Who(h)
	}
	h = limits(h, bodyTime)
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.UI.Error(w, r, http.StatusForbidden, ui.Problem{Message: "This request came from another site.", Hint: "Open Ward itself and do it there."})
	}))
	h = origin.Handler(h)
	h = headers(h)
	h = s.recover(h)
	return s.log(h)
}

// log writes one line for each request, without queries: they may name devices.
func (s *Server) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, c := time.Now(), &counter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(c, r)
		if !strings.HasPrefix(r.URL.Path, ui.StaticPath) && r.URL.Path != "/healthz" {
			s.Log.Info("request", "method", r.Method, "path", spoken(r.URL.Path), "status", c.status, "bytes", c.bytes, "ms", time.Since(start).Milliseconds())
		}
	})
}

// spoken is a path as it may be logged: the secret of a one-time link stays out.
func spoken(path string) string {
	for _, link := range oneTime {
		if strings.HasPrefix(path, link) {
			return link + "..."
		}
	}
	return path
}

// oneTime are the paths whose rest is a secret.
var oneTime = []string{"/welcome/", "/join/"}

// counter notes what was answered.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
	sent   bool
}

func (c *counter) WriteHeader(status int) {
	if !c.sent {
		c.status, c.sent = status, true
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(b []byte) (int, error) {
	c.sent = true
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			id := ui.NewCause()
			s.Log.Error("panic", "cause", id, "method", r.Method, "path", spoken(r.URL.Path), "value", v, "stack", string(debug.Stack()))
			if c, ok := w.(*counter); ok && c.sent {
				panic(http.ErrAbortHandler) // half an answer must not look whole
			}
			s.UI.Error(w, r, http.StatusInternalServerError, ui.Problem{Message: "Something went wrong in Ward.",
				Hint: "Try again. If it stays, give the cause number to the person who runs Ward.", Cause: id})
		}()
		next.ServeHTTP(w, r)
	})
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// unlimited are paths that bound themselves: uploads, the API and the stream.
func unlimited(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/imports/") || path == "/feeds/bundle" || path == "/live"
}

// promptBody is a body with a deadline, which goes when the body has ended: what
// comes after it belongs to the next request.
type promptBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *promptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{}) // where there is none, there is none to lift
	}
	return n, err
}

// limits bounds the time and the size of requests. A body has to be there within
// the time given, also one that no handler reads.
func limits(next http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if control := http.NewResponseController(w); r.ContentLength != 0 && control.SetReadDeadline(time.Now().Add(within)) == nil {
			r.Body = &promptBody{r.Body, control}
		}
		if unlimited(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

var zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed); return z }}

// zip compresses pages. Static files are compressed already, streams never.
func (s *Server) zip(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, ui.StaticPath) {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// zipped compresses an answer whose type is text.
type zipped struct {
	http.ResponseWriter
	gz      *gzip.Writer
	started bool
}

func (z *zipped) WriteHeader(status int) {
	if !z.started {
		z.started = true
		h := z.Header()
		kind := h.Get("Content-Type")
		if status != http.StatusNoContent && status != http.StatusNotModified && h.Get("Content-Encoding") == "" &&
			(strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "text/csv") || strings.HasPrefix(kind, "application/json")) {
			h.Del("Content-Length")
			h.Set("Content-Encoding", "gzip")
			h.Add("Vary", "Accept-Encoding")
			z.gz = zippers.Get().(*gzip.Writer)
			z.gz.Reset(z.ResponseWriter)
		}
	}
	z.ResponseWriter.WriteHeader(status)
}

func (z *zipped) Write(b []byte) (int, error) {
	if !z.started {
		z.WriteHeader(http.StatusOK)
	}
	if z.gz != nil {
		return z.gz.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if z.gz == nil {
		return
	}
	z.gz.Close() // a reader that went away is no fault
	z.gz.Reset(io.Discard)
	zippers.Put(z.gz)
}

// scope is the person's departments, nil: all.
func scope(r *http.Request) []string {
	if who := people.FromContext(r.Context()); who != nil {
		return who.Person.Departments
	}
	return []string{"\x00"} // nobody is in no department
}
