package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// StaticPath is where static files are served: StaticPath + digest + "/" + name.
const StaticPath = "/static/"

// digestLen is how many hex digits of its SHA-256 stand in a file's address.
const digestLen = 16

// asset is one static file.
type asset struct {
	body   []byte
	kind   string
	digest string
	zipped func() []byte // gzip, made when first asked for; nil: not worth it
}

func readAssets(files fs.FS) (map[string]*asset, error) {
	out := map[string]*asset{}
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".md" {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		out[strings.TrimPrefix(name, "static/")] = newAsset(name, b)
		return nil
	})
	return out, err
}

func newAsset(name string, b []byte) *asset {
	sum := sha256.Sum256(b)
	a := &asset{body: b, kind: mime.TypeByExtension(path.Ext(name)), digest: hex.EncodeToString(sum[:])[:digestLen]}
	switch path.Ext(name) {
	case ".js":
		a.kind = "text/javascript; charset=utf-8"
	case ".css":
		a.kind = "text/css; charset=utf-8"
	}
	if strings.HasPrefix(a.kind, "text/") || path.Ext(name) == ".svg" {
		a.zipped = sync.OnceValue(func() []byte { return zip(b) })
	}
	return a
}

func zip(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid one
	z.Write(b)                                              // a bytes.Buffer takes all
	z.Close()
	return out.Bytes()
}

// Asset gives the address of a static file; of a missing one it ends in 404.
func (u *UI) Asset(name string) string {
	if a := u.assets[name]; a != nil {
		return StaticPath + a.digest + "/" + name
	}
	return StaticPath + "missing/" + name
}

// Static serves the static files below StaticPath. A file is only found by its
// own digest, so browsers may keep it forever.
func (u *UI) Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, StaticPath), "/")
		a := u.assets[name]
		if a == nil || a.digest != digest {
			http.NotFound(w, r)
			return
		}
		h, body := w.Header(), a.body
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body = a.zipped()
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			w.Write(body) // a reader that went away is no fault
		}
	})
}
