package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// perHost is how many requests run at a time on one host.
const perHost = 4

// getter asks the servers of one source.
type getter struct {
	source  Source
	home    string // host and port of the source
	options Options
	http    *http.Client
	slots   chan struct{}
}

// newGetter prepares the client of a source.
func newGetter(s Source, o Options) (*getter, error) {
	at := s.URL
	if !strings.Contains(at, "://") {
		at = "https://" + at
	}
	u, err := url.Parse(at)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is neither a URL nor a domain", clip(s.URL))
	}
	g := &getter{source: s, home: hostPort(u), options: o, slots: make(chan struct{}, perHost)}
	allowed := map[string]bool{}
	if s.Private {
		allowed[g.home] = true
	}
	proxy := http.ProxyFromEnvironment
	if o.Proxy != "" {
		p, err := url.Parse(o.Proxy)
		if err != nil || p.Hostname() == "" {
			return nil, fmt.Errorf("the proxy %q is no URL; write http://host:port", clip(o.Proxy))
		}
		proxy = http.ProxyURL(p)
	}
	g.http = &http.Client{CheckRedirect: g.redirect, Transport: &http.Transport{
		Proxy:                 proxy,
		DialContext:           dialer(withProxies(allowed, o.Proxy)),
		TLSClientConfig:       &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: o.patient.header,
		MaxIdleConnsPerHost:   perHost,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true, // bounded sizes count what comes over the wire
	}}
	return g, nil
}

// withProxies adds the proxies that the settings or the environment name: they
// may well stand inside the hospital.
func withProxies(allowed map[string]bool, setting string) map[string]bool {
	for _, text := range []string{setting, os.Getenv("HTTPS_PROXY"), os.Getenv("https_proxy"), os.Getenv("HTTP_PROXY"), os.Getenv("http_proxy")} {
		if text != "" && !strings.Contains(text, "://") {
			text = "http://" + text
		}
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			allowed[hostPort(u)] = true
		}
	}
	return allowed
}

func (g *getter) close() { g.http.CloseIdleConnections() }

// request is one file to ask for.
type request struct {
	url      string
	etag     string // ask only for what is not this
	modified string
	from     int64 // go on after so many bytes
	header   http.Header
}

// answer is what a server gave.
type answer struct {
	same     bool // 304: as it was
	partial  bool // 206: the rest from request.from
	etag     string
	modified string
	size     int64 // of the whole file; -1 where the server does not say
	body     io.ReadCloser
}

// statusError is an answer that is not the file.
type statusError struct {
	code  int
	after time.Duration // Retry-After
	url   string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s: the server answers %d %s", clip(e.url), e.code, http.StatusText(e.code))
	switch e.code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return text + "; check the API key, the proxy and the firewall"
	case http.StatusNotFound, http.StatusGone:
		return text + "; the address may have changed, see docs/how-to/get-feeds.md"
	}
	return text + "; try again later"
}

// missing tells whether the server says that there is no such file.
func missing(err error) bool {
	var s *statusError
	return errors.As(err, &s) && (s.code == http.StatusNotFound || s.code == http.StatusGone)
}

// once asks one time. The caller closes the body and cancels by ctx.
func (g *getter) once(ctx context.Context, r request) (*answer, error) {
	u, err := url.Parse(r.url)
	if err != nil {
		return nil, fmt.Errorf("%q is no URL", clip(r.url))
	}
	if err := g.checkURL(u); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", "Ward/"+g.options.Version+" (vulnerability feeds)")
	switch {
	case r.from > 0:
		req.Header.Set("Range", "bytes="+strconv.FormatInt(r.from, 10)+"-")
		req.Header.Set("If-Range", r.etag)
	case r.etag != "":
		req.Header.Set("If-None-Match", r.etag)
	case r.modified != "":
		req.Header.Set("If-Modified-Since", r.modified)
	}
	resp, err := g.http.Do(req)
	if err != nil {
		return nil, plain(err)
	}
	return read(resp, r)
}

// read sorts an answer by its status.
func read(resp *http.Response, r request) (*answer, error) {
	a := &answer{etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified"), size: resp.ContentLength, body: resp.Body}
	switch {
	case resp.StatusCode == http.StatusOK:
		return a, nil
	case resp.StatusCode == http.StatusPartialContent && r.from > 0:
		a.partial = true
		if start, size, ok := contentRange(resp.Header.Get("Content-Range")); ok && start == r.from {
			a.size = size
			return a, nil
		}
		resp.Body.Close()
		return nil, fmt.Errorf("%s: the server sends another part than asked for", clip(r.url))
	case resp.StatusCode == http.StatusNotModified && (r.etag != "" || r.modified != ""):
		resp.Body.Close()
		a.same = true
		return a, nil
	}
	resp.Body.Close()
	return nil, &statusError{resp.StatusCode, retryAfter(resp), r.url}
}

// contentRange reads "bytes 100-999/1000" (RFC 9110, Section 14.4).
func contentRange(s string) (start, size int64, ok bool) {
	rest, found := strings.CutPrefix(s, "bytes ")
	span, whole, found2 := strings.Cut(rest, "/")
	first, _, found3 := strings.Cut(span, "-")
	start, err := strconv.ParseInt(first, 10, 64)
	if !found || !found2 || !found3 || err != nil || start < 0 {
		return 0, 0, false
	}
	size, err = strconv.ParseInt(whole, 10, 64)
	if err != nil {
		size = -1 // "*": not known
	}
	return start, size, true
}

// plain takes the method off an error of the client.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("%s: %w", clip(u.URL), u.Err)
	}
	return err
}
