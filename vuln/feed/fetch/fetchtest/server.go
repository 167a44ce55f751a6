// Package fetchtest serves a folder of real feeds over TLS in the layouts of
// their publishers, for tests: a CSAF trusted provider with directory, ROLIE
// feed, digests and signatures of a key made for the test, KEV, EPSS, the NVD
// API, an archive of CVE records and a registry of addresses. Faults can be
// put in the way of each path. It listens on loopback only.
package fetchtest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Server serves files that tests may change.
type Server struct {
	URL   string
	Roots *x509.CertPool
	NVD   []json.RawMessage // records of the NVD API
	Seen  func() []string   // paths asked for so far

	Certificate []byte // DER

	mu     sync.Mutex // guards the rest
	files  map[string][]byte
	faults map[string]http.HandlerFunc
	seen   []string
	key    *openpgp.Entity
}

// New starts a server without files; the test ends it.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{files: map[string][]byte{}, faults: map[string]http.HandlerFunc{}}
	s.Seen = func() []string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.Clone(s.seen)
	}
	web := httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	web.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	web.Config.ErrorLog = log.New(io.Discard, "", 0) // broken connections are meant
	web.StartTLS()
	t.Cleanup(web.Close)
	s.URL, s.Certificate = web.URL, web.Certificate().Raw
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(web.Certificate())
	key, err := openpgp.NewEntity("Test provider", "", "csaf@example.org", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return Born }})
	if err != nil {
		t.Fatal(err)
	}
	s.key = key
	return s
}

// Born is the date of the test key.
var Born = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// Put serves data at a path that begins with a slash.
func (s *Server) Put(path string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = data
}

// Drop serves a path no longer.
func (s *Server) Drop(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, path)
}

// File gives what is served at a path.
func (s *Server) File(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[path]
}

// Fault answers a path with h; nil takes the fault away.
func (s *Server) Fault(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h == nil {
		delete(s.faults, path)
		return
	}
	s.faults[path] = h
}

// Forget empties the list of paths asked for.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.seen = append(s.seen, r.URL.RequestURI())
	fault, data := s.faults[r.URL.Path], s.files[r.URL.Path]
	s.mu.Unlock()
	switch {
	case fault != nil:
		fault(w, r)
	case r.URL.Path == "/rest/json/cves/2.0":
		s.nvd(w, r)
	case data == nil:
		http.NotFound(w, r)
	default:
		s.Serve(w, r)
	}
}

// Serve answers with the file, with ETag, conditions and ranges.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request) {
	data := s.File(r.URL.Path)
	sum := sha256.Sum256(data)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// Sign gives an armored detached signature of the test key.
func (s *Server) Sign(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	at := &packet.Config{Time: func() time.Time { return Born.AddDate(1, 0, 0) }}
	if err := openpgp.ArmoredDetachSign(&b, s.key, bytes.NewReader(data), at); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Key is the armored public key.
func (s *Server) Key(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.key.Serialize(w); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

// Fingerprint of the test key, in upper case as providers write it.
func (s *Server) Fingerprint() string {
	return strings.ToUpper(hex.EncodeToString(s.key.PrimaryKey.Fingerprint))
}

// Document serves a CSAF document with digests and signature below /csaf/.
func (s *Server) Document(t testing.TB, path string, data []byte) {
	t.Helper()
	s.Put(path, data)
	a, b := sha256.Sum256(data), sha512.Sum512(data)
	name := filepath.Base(path)
	s.Put(path+".sha256", fmt.Appendf(nil, "%x  %s\n", a, name))
	s.Put(path+".sha512", fmt.Appendf(nil, "%x  %s\n", b, name))
	s.Put(path+".asc", s.Sign(t, data))
}

// Provider serves the documents of a folder as a trusted provider at
// /.well-known/csaf/provider-metadata.json: half by directory, half by ROLIE.
func (s *Server) Provider(t testing.TB, folders ...string) (documents int) {
	t.Helper()
	var index, changes strings.Builder
	var entries []string
	n := 0
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			path := year(name) + "/" + name
			when := revised(data)
			if n++; n%2 == 0 {
				s.Document(t, "/csaf/rolie/"+path, data)
				entries = append(entries, s.entry("/csaf/rolie/"+path, when))
				continue
			}
			s.Document(t, "/csaf/white/"+path, data)
			fmt.Fprintln(&index, path)
			fmt.Fprintf(&changes, "%q,%q\n", path, when)
		}
	}
	s.Put("/csaf/white/index.txt", []byte(index.String()))
	s.Put("/csaf/white/changes.csv", []byte(changes.String()))
	s.Put("/csaf/feed.json", []byte(`{"feed":{"id":"white","title":"white","updated":"2026-01-01T00:00:00Z","entry":[`+strings.Join(entries, ",")+`]}}`))
	s.Put("/csaf/key.asc", s.Key(t))
	s.Put("/.well-known/csaf/provider-metadata.json", fmt.Appendf(nil, `{"canonical_url":%q,"metadata_version":"2.0","role":"csaf_trusted_provider",
"publisher":{"category":"coordinator","name":"Test","namespace":"https://example.org"},
"public_openpgp_keys":[{"fingerprint":%q,"url":%q}],
"distributions":[{"directory_url":%q},{"rolie":{"feeds":[{"url":%q,"tlp_label":"WHITE"},{"url":"https://example.invalid/amber.json","tlp_label":"AMBER"}]}}]}`,
		s.URL+"/.well-known/csaf/provider-metadata.json", s.Fingerprint(), s.URL+"/csaf/key.asc", s.URL+"/csaf/white/", s.URL+"/csaf/feed.json"))
	return n
}

func (s *Server) entry(path, when string) string {
	at := s.URL + path
	return fmt.Sprintf(`{"id":%q,"updated":%q,"content":{"type":"application/json","src":%q},"link":[{"rel":"self","href":%q},{"rel":"hash","href":%q},{"rel":"signature","href":%q}]}`,
		path, when, at, at, at+".sha256", at+".asc")
}

// year is the folder of an ICS advisory: icsma-20-049-01 is of 2020.
func year(name string) string {
	if m := regexp.MustCompile(`-(\d\d)-`).FindStringSubmatch(name); m != nil {
		return "20" + m[1]
	}
	return "2000"
}

func revised(data []byte) string {
	var d struct {
		Document struct {
			Tracking struct {
				Date string `json:"current_release_date"`
			} `json:"tracking"`
		} `json:"document"`
	}
	if json.Unmarshal(data, &d) != nil || d.Document.Tracking.Date == "" {
		return "2020-01-01T00:00:00Z"
	}
	return d.Document.Tracking.Date
}

// Gzip packs data.
func Gzip(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// Zip packs the JSON files of a folder, as an archive of a repository.
func Zip(t testing.TB, folder string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Create("vulnrichment-develop/" + filepath.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		f.Write(data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
