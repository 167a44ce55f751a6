package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ward/people"
)

// FuzzQuery sends any query to the lists: the answer is JSON, never a fault of
// the hub, and a page never has more than its limit.
func FuzzQuery(f *testing.F) {
	s := newSite(f, 24)
	paths := []string{"/devices", "/devices/facets", "/findings", "/vulnerabilities", "/advisories", "/work", "/changes", "/decisions", "/imports", "/audit", pump + "/peers", pump + "/explain"}
	for i, q := range []string{"limit=1&offset=2", "limit=-1", "limit=99999999999999999999", "text=%00%ff' OR 1=1 --", "tier=T0&tier=T9", "band=act_now,track", "sort=-name", "sort=score;drop",
		"since=2026-11-24T08:00:00Z", "since=yesterday", "before=9223372036854775807", "on_wire=maybe", "device=mac:02:10:00:00:00:00", "about=%", "text=" + strings.Repeat("a", 300), "kind=%25_", "%zz", "a;b"} {
		f.Add(i, q)
	}
	f.Fuzz(func(t *testing.T, i int, query string) {
		path := paths[uint(i)%uint(len(paths))]
		if strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r == '#' || r == 0x7f }) {
			query = url.QueryEscape(query)
		}
		r := httptest.NewRequest("GET", Prefix+path, nil)
		r.URL.RawQuery = query
		r = r.WithContext(people.NewContext(r.Context(), s.who))
		w := recordOf(s.handler, r)
		if w.status >= http.StatusInternalServerError {
			t.Fatalf("%s?%s: %d %s", path, query, w.status, w.body)
		}
		var got map[string]any
		if err := json.Unmarshal(w.body, &got); err != nil {
			t.Fatalf("%s?%s: %v: %s", path, query, err, w.body)
		}
		for _, v := range got {
			if list, ok := v.([]any); ok && len(list) > MaxPage {
				t.Errorf("%s?%s: %d entries", path, query, len(list))
			}
		}
	})
}

// recorded is an answer.
type recorded struct {
	nothing
	body []byte
}

func (r *recorded) Write(b []byte) (int, error) {
	r.body = append(r.body, b...)
	return len(b), nil
}

func recordOf(h http.Handler, r *http.Request) *recorded {
	w := &recorded{nothing: nothing{status: http.StatusOK}}
	h.ServeHTTP(w, r)
	return w
}
