package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ward/internal/shareddata"
	"ward/vuln/feed"
	"ward/vuln/feed/fetch/fetchtest"
)

const smallKEV = `{"catalogVersion":"1","dateReleased":"2026-07-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-0001","dateAdded":"2024-02-02"},{"cveID":"CVE-2024-0002","dateAdded":"2024-02-02"},{"cveID":"CVE-2024-0003","dateAdded":"2024-02-02"}]}`

// TestFaults puts each fault in the way of a feed that is there already: what
// stood there stays, and the reason is told.
func TestFaults(t *testing.T) {
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, text) }
	}
	to := func(place string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Location", place); w.WriteHeader(302) }
	}
	status := func(code int, after string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(code)
		}
	}
	newer := strings.Replace(smallKEV, "2026-07-01", "2026-08-01", 1)
	for _, row := range []struct {
		name  string
		fault http.HandlerFunc
		why   string
		tries int
	}{
		{"500", status(500, ""), "tried 3 times", 3},
		{"404", status(404, ""), "the address may have changed", 1},
		{"403", status(403, ""), "check the API key, the proxy", 1},
		{"429 that asks for a day", status(429, "86400"), "come back in 24h", 1},
		{"a web page", say("<html><body>Please sign in</body></html>"), "a page of a proxy", 1},
		{"text cut", say(newer[:len(newer)-40]), "not what it should be", 1},
		{"nothing", say(""), "not what it should be", 1},
		{"older", say(strings.Replace(smallKEV, "2026-07-01", "2025-07-01", 1)), "older than what is there", 1},
		{"shrunk", say(strings.Split(newer, `,{"cveID":"CVE-2024-0002"`)[0] + "]}"), "far fewer records", 1},
		{"body cut", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5000")
			fmt.Fprint(w, newer)
		}, "ended early", 3},
		{"giant by its length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "99999999999")
			w.WriteHeader(200)
		}, "larger than allowed", 1},
		{"slow drip", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}, "ended early", 3},
		{"silence", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "tried 3 times", 3},
		{"to this machine", to("https://127.0.0.1:1/kev.json"), "inside the network", 1},
		{"to the metadata of a cloud", to("https://169.254.169.254/latest"), "inside the network", 1},
		{"to a file", to("file:///etc/passwd"), "not followed", 1},
		{"to http", to("http://example.org/"), "not followed", 1},
		{"in a circle", to("/kev.json"), "more than 5 redirects", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := fetchtest.New(t)
			s.Put("/kev.json", []byte(smallKEV))
			options, _ := quick(s)
			options.patient.file, options.patient.header = 200*time.Millisecond, 200*time.Millisecond
			dir := t.TempDir()
			src := Source{Name: "kev", Kind: feed.KEV, URL: s.URL + "/kev.json", Private: true}
			if o := one(t, dir, src, options); o.State != New {
				t.Fatalf("%+v", o)
			}
			s.Fault("/kev.json", row.fault)
			s.Forget()
			o := one(t, dir, src, options)
			if o.State != Failed || !strings.Contains(o.Why, row.why) {
				t.Errorf("%s: %s", o.State, o.Why)
			}
			if n := len(s.Seen()); n != row.tries && row.name != "in a circle" {
				t.Errorf("asked %d times", n)
			}
			if got := string(file(t, filepath.Join(dir, "kev", "kev.json"))); got != smallKEV {
				t.Errorf("the former is gone: %q", got)
			}
			if o.Records != 3 {
				t.Errorf("%d records", o.Records)
			}
			s.Fault("/kev.json", nil)
			s.Put("/kev.json", []byte(newer))
			if o := one(t, dir, src, options); o.State != Changed {
				t.Errorf("after the fault: %s %s", o.State, o.Why)
			}
		})
	}
}

// TestRetryAfter waits as long as the server asks.
func TestRetryAfter(t *testing.T) {
	s := fetchtest.New(t)
	s.Put("/kev.json", []byte(smallKEV))
	var n atomic.Int32
	s.Fault("/kev.json", func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(429)
			return
		}
		s.Serve(w, r)
	})
	options, waited := quick(s)
	o := one(t, t.TempDir(), Source{Name: "kev", Kind: feed.KEV, URL: s.URL + "/kev.json", Private: true}, options)
	if o.State != New || waited() != 17*time.Second {
		t.Errorf("%+v after %s", o, waited())
	}
}

// TestResume goes on in the middle of a file, and begins anew where the file
// changed meanwhile.
func TestResume(t *testing.T) {
	for _, changed := range []bool{false, true} {
		s := fetchtest.New(t)
		data := registry(20_000)
		s.Put("/oui.csv", data)
		var ranges []string
		s.Fault("/oui.csv", func(w http.ResponseWriter, r *http.Request) {
			if len(ranges) == 0 {
				ranges = append(ranges, "")
				cut := &cutWriter{ResponseWriter: w, left: len(data) / 2}
				s.Serve(cut, r)
				return
			}
			ranges = append(ranges, r.Header.Get("Range"))
			s.Serve(w, r)
		})
		options, _ := quick(s)
		if changed {
			before := options.sleep
			options.sleep = func(ctx context.Context, d time.Duration) error {
				data = append(registry(20_000), "MA-L,FFFFFF,New,Somewhere\n"...)
				s.Put("/oui.csv", data)
				return before(ctx, d)
			}
		}
		dir := t.TempDir()
		o := one(t, dir, Source{Name: "ieee", Kind: OUI, URL: s.URL + "/oui.csv", Private: true}, options)
		if o.State != New || len(ranges) != 2 || !strings.HasPrefix(ranges[1], "bytes=") {
			t.Errorf("%+v %q", o, ranges)
		}
		if got := file(t, filepath.Join(dir, "ieee", "oui.csv")); string(got) != string(data) {
			t.Errorf("changed %t: %d bytes of %d", changed, len(got), len(data))
		}
	}
}

// cutWriter breaks the connection after some bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if len(p) > c.left {
		c.ResponseWriter.Write(p[:c.left])
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

// TestTampering changes what a trusted provider publishes, on its way.
func TestTampering(t *testing.T) {
	for _, row := range []struct {
		name   string
		tamper func(t *testing.T, s *fetchtest.Server, at string, data []byte)
		why    string
	}{
		{"content", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			s.Put(at, []byte(strings.Replace(string(data), "CVSS", "CVsS", 1)))
		}, "the digest is wrong"},
		{"content and digest", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			signature := s.File(at + ".asc")
			s.Document(t, at, append(data, '\n'))
			s.Put(at+".asc", signature)
		}, "the signature is wrong"},
		{"signature of a stranger", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			s.Put(at+".asc", fetchtest.New(t).Sign(t, data))
		}, "the signature is wrong"},
		{"signature is rubbish", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			s.Put(at+".asc", []byte("<html>"))
		}, "the signature is wrong"},
		{"no signature", func(t *testing.T, s *fetchtest.Server, at string, data []byte) { s.Drop(at + ".asc") }, "one is missing: signature"},
		{"no digest", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			s.Drop(at + ".sha256")
			s.Drop(at + ".sha512")
		}, "one is missing: digest"},
		{"digest is rubbish", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			s.Put(at+".sha512", []byte("none"))
		}, "no SHA-256 or SHA-512"},
		{"another document, signed", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			s.Document(t, at, []byte(strings.ReplaceAll(string(data), "/tracking/id", "")+" "))
			s.Document(t, at, []byte(`{"document":{"csaf_version":"2.0","publisher":{"name":"M"},"tracking":{"id":"OTHER-1","version":"1"}}}`))
		}, "it is the document"},
		{"an older revision, signed", func(t *testing.T, s *fetchtest.Server, at string, data []byte) {
			id := strings.ToUpper(strings.TrimSuffix(filepath.Base(at), ".json"))
			s.Document(t, at, fmt.Appendf(nil, `{"document":{"csaf_version":"2.0","publisher":{"name":"M"},"tracking":{"id":%q,"version":"1","current_release_date":"2001-01-01T00:00:00Z"}}}`, id))
		}, "older than what is there"},
		{"a web page, signed", func(t *testing.T, s *fetchtest.Server, at string, data []byte) { s.Document(t, at, []byte("<html>")) }, "not what it should be"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, sources, documents := few(t)
			at := "/csaf/white/" + strings.Split(string(s.File("/csaf/white/index.txt")), "\n")[0]
			s.Drop("/csaf/white/changes.csv") // no dates: every document is asked for
			options, _ := quick(s)
			dir := t.TempDir()
			if o := one(t, dir, sources[0], options); o.Added != documents {
				t.Fatalf("%+v", o)
			}
			before := s.File(at)
			row.tamper(t, s, at, append([]byte(nil), before...))
			if row.name == "no signature" || strings.Contains(row.name, "digest") || strings.Contains(row.name, "stranger") || strings.Contains(row.name, "rubbish") {
				s.Put(at, append(append([]byte(nil), before...), ' ')) // so that it is fetched again
				if row.name != "no digest" && row.name != "content and digest" && row.name != "digest is rubbish" {
					asc := s.File(at + ".asc")
					s.Document(t, at, s.File(at))
					if s.Put(at+".asc", asc); asc == nil {
						s.Drop(at + ".asc")
					}
				}
			}
			if row.name == "content and digest" {
				signature := s.File(at + ".asc")
				s.Document(t, at, s.File(at))
				s.Put(at+".asc", signature)
			}
			o := one(t, dir, sources[0], options)
			if o.Refused != 1 || !strings.Contains(o.Refusals[0].Why, row.why) || o.Renewed != 0 || o.Records != documents {
				t.Errorf("%s %s: %d refused %v, %d renewed", o.State, o.Why, o.Refused, o.Refusals, o.Renewed)
			}
			path := filepath.Join(dir, "cisa-csaf", strings.TrimPrefix(at, "/csaf/white/"))
			if got := file(t, path); string(got) != string(before) {
				t.Error("the former is gone")
			}
		})
	}
}

// TestFind finds a provider by its domain, by the well-known place and by
// security.txt; a wrong key ends it before any document is taken.
func TestFind(t *testing.T) {
	s, sources, documents := few(t)
	options, _ := quick(s)
	domain := strings.TrimPrefix(s.URL, "https://")
	src := Source{Name: "maker", Kind: feed.CSAF, URL: domain, Private: true}
	if o := one(t, t.TempDir(), src, options); o.Added != documents {
		t.Errorf("well-known: %+v", o)
	}
	metadata := s.File("/.well-known/csaf/provider-metadata.json")
	s.Drop("/.well-known/csaf/provider-metadata.json")
	s.Put("/elsewhere/provider-metadata.json", metadata)
	s.Put("/.well-known/security.txt", fmt.Appendf(nil, "Contact: mailto:x@example.org\ncsaf: %s/elsewhere/provider-metadata.json\n", s.URL))
	if o := one(t, t.TempDir(), src, options); o.Added != documents {
		t.Errorf("security.txt: %+v", o)
	}
	s.Drop("/.well-known/security.txt")
	if o := one(t, t.TempDir(), src, options); o.State != Failed || !strings.Contains(o.Why, "give the address") {
		t.Errorf("nowhere: %+v", o)
	}
	s.Put("/.well-known/csaf/provider-metadata.json", metadata)
	s.Put("/csaf/key.asc", fetchtest.New(t).Key(t))
	if o := one(t, t.TempDir(), sources[0], options); o.State != Failed || !strings.Contains(o.Why, "does not hold the key") || o.Added > 0 {
		t.Errorf("another key: %+v", o)
	}
}

// TestBrokenListing renews nothing and marks nothing as gone where a listing is
// not whole.
func TestBrokenListing(t *testing.T) {
	for path, text := range map[string]string{"/csaf/feed.json": "{}", "/csaf/white/index.txt": "<html>", "/csaf/white/changes.csv": "\"a\n"} {
		s, sources, documents := few(t)
		options, _ := quick(s)
		dir := t.TempDir()
		one(t, dir, sources[0], options)
		s.Put(path, []byte(text))
		o := one(t, dir, sources[0], options)
		if path == "/csaf/white/changes.csv" {
			continue // a lazy reader takes it; index.txt has the documents
		}
		if o.State != Failed || o.Gone > 0 || o.Records != documents {
			t.Errorf("%s: %+v", path, o)
		}
	}
}

// TestPublic knows the addresses that no publisher has.
func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1": false, "fd00::1": false, "100.64.0.1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false,
		"255.255.255.255": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "198.18.0.1": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

// TestRefusedSources names what cannot be a source.
func TestRefusedSources(t *testing.T) {
	options := Options{Now: func() time.Time { return today }}
	for _, s := range []Source{{Name: "../x"}, {Name: ""}, {Name: ".ward"}, {Name: "A"}} {
		if _, err := Update(context.Background(), t.TempDir(), []Source{s}, options); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", s.Name, err)
		}
	}
	for url, why := range map[string]string{"http://example.org/k": "only https", "https://u:p@example.org/": "only https", "https://10.0.0.1/k": "inside", "https://[::1]/k": "inside"} {
		dir := t.TempDir()
		o := one(t, dir, Source{Name: "kev", Kind: feed.KEV, URL: url}, options)
		if o.State != Failed || !strings.Contains(o.Why, why) {
			t.Errorf("%s: %+v", url, o)
		}
		if _, err := os.Stat(filepath.Join(dir, "kev")); err == nil {
			t.Errorf("%s left something", url)
		}
	}
}

// few is a provider of six real documents.
func few(t *testing.T) (*fetchtest.Server, []Source, int) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "vuln", "csaf-icsma", "icsma-2*.json"))
	if err != nil || len(all) < 6 {
		t.Fatalf("%d documents: %v", len(all), err)
	}
	dir := t.TempDir()
	for _, path := range all[:6] {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), file(t, path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := fetchtest.New(t)
	n := s.Provider(t, dir)
	return s, []Source{{Name: "cisa-csaf", Kind: feed.CSAF, URL: s.URL + "/.well-known/csaf/provider-metadata.json", Private: true}}, n
}
