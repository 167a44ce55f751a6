package api

import (
	"net/http"
	"strings"
	"testing"

	"ward/people"
	"ward/store"
)

// What somebody else began nobody goes on with: it would be read under the
// name of the first.
func TestUploadOfSomebodyElse(t *testing.T) {
	s := newSite(t, 1)
	var i store.Import
	s.read(s.do("POST", "/imports", map[string]any{"name": "a.csv", "size": 20}), http.StatusCreated, &i)
	ada := s.who
	s.who = s.person("Eve", nil, people.Analyst)
	if w := s.do("PATCH", "/imports/"+i.ID, strings.NewReader("asset id,model\nB1,x\n"), "Upload-Offset", "0"); w.Code != http.StatusNotFound {
		t.Errorf("a part: %d %s", w.Code, w.Body)
	}
	if w := s.do("POST", "/imports/"+i.ID+"/complete", nil); w.Code != http.StatusNotFound {
		t.Errorf("the end: %d %s", w.Code, w.Body)
	}
	s.who = ada
	if w := s.do("PATCH", "/imports/"+i.ID, strings.NewReader("asset id,model\nB1,x\n"), "Upload-Offset", "0"); w.Code != http.StatusOK {
		t.Errorf("one's own: %d %s", w.Code, w.Body)
	}
}
