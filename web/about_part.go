package web

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
)

// notices are the licences of what is compiled in, see internal/notices.
//
//go:embed about_notices.json.gz
var notices []byte

// part is something of others that is compiled into Ward.
type part struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	System  string `json:"system"`  // golang or npm
	Licence string `json:"licence"` // SPDX
	Text    string `json:"text"`
}

// URL is the package URL of a part (ECMA-427).
func (p part) URL() string {
	words := strings.Split(p.Name, "/")
	for i := range words {
		words[i] = url.PathEscape(words[i])
	}
	return "pkg:" + p.System + "/" + strings.Join(words, "/") + "@" + url.PathEscape(p.Version)
}

// parts are all of them: the modules that this very program was built of, as
// the compiler wrote them down, and the front-end packages.
var parts = sync.OnceValues(func() ([]part, error) {
	known, err := noticed()
	if err != nil {
		return nil, err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) == 0 {
		return known, nil
	}
	var out []part
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		p := part{Name: m.Path, Version: m.Version, System: "golang"}
		if at := slices.IndexFunc(known, func(k part) bool { return k.System == "golang" && k.Name == m.Path }); at >= 0 {
			p.Licence, p.Text = known[at].Licence, known[at].Text
		}
		out = append(out, p)
	}
	for _, k := range known {
		if k.System != "golang" {
			out = append(out, k)
		}
	}
	return out, nil
})

func noticed() ([]part, error) {
	z, err := gzip.NewReader(bytes.NewReader(notices))
	if err != nil {
		return nil, err
	}
	var out []part
	err = json.NewDecoder(z).Decode(&out)
	return out, err
}

// showNotices gives the licences of all parts as one text.
func (s *Server) showNotices(w http.ResponseWriter, r *http.Request) error {
	all, err := parts()
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("Ward is made with the work of others. Their licences:\n")
	for _, p := range all {
		fmt.Fprintf(&b, "\n%s\n%s %s (%s)\n\n%s\n", strings.Repeat("=", 78), p.Name, p.Version, p.Licence, p.Text)
	}
	return plain(w, b.String())
}
