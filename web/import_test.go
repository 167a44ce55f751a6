package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"ward/intake"
	"ward/internal/shareddata"
	"ward/people"
	"ward/store"
	"ward/web/ui"
)

// newIntakeSite is a site whose intake works, on the computer's own clock.
func newIntakeSite(t *testing.T, d intake.Deps) (*site, *intake.Intake) {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "ward.db"), Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d.Store, d.Dir, d.MinFree, d.Failed = s, dir, 1, func(err error) { t.Log(err) }
	in, err := intake.New(d)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- in.Run(t.Context()) }()
	t.Cleanup(func() { <-ended })
	u, err := ui.New(ui.Options{Now: s.Now, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.AddPerson(t.Context(), people.Person{Name: "Ada", Email: "ada@example.org", Roles: people.Roles})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, s, New(Deps{Store: s, UI: u, Intake: in, Log: slog.New(slog.DiscardHandler)}), p}, in
}

// send posts a raw body and reads the answer of an upload.
func (s *site) send(path string, body io.Reader, kind string) (int, partAnswer) {
	s.Helper()
	r := httptest.NewRequest("POST", path, body)
	r.Header.Set("Content-Type", kind)
	r = r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"}))
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	var a partAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		s.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Code, a
}

func (s *site) begin(name string, size int) (int, partAnswer) {
	form := url.Values{"name": {name}, "size": {strconv.Itoa(size)}}
	return s.send("/imports", strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

func (s *site) part(id string, at int, body io.Reader) (int, partAnswer) {
	return s.send("/imports/"+id+"/part?offset="+strconv.Itoa(at), body, "application/octet-stream")
}

// settled waits until an import is on its way no more.
func (s *site) settled(id string) store.Import {
	s.Helper()
	for range 600 {
		i, err := s.store.Import(s.Context(), id)
		if err != nil {
			s.Fatal(err)
		}
		if i.State != store.ImportQueued && i.State != store.ImportReading && i.State != store.ImportReceiving {
			return i
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.Fatal("the import never ended")
	return store.Import{}
}

func TestUploadThatIsCutGoesOn(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(shareddata.Dir(t), "pcap", "ndpi", "vnc.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := newIntakeSite(t, intake.Deps{})
	code, up := s.begin("ward 3.pcap", len(b))
	if code != http.StatusOK || up.ID == "" {
		t.Fatalf("%d %+v", code, up)
	}
	third := len(b) / 3
	cut := io.MultiReader(bytes.NewReader(b[:third]), iotest.ErrReader(io.ErrUnexpectedEOF))
	code, got := s.part(up.ID, 0, cut)
	if code == http.StatusOK || got.Received != int64(third) || got.Message == "" {
		t.Fatalf("a cut in the middle: %d %+v, want %d bytes safe", code, got, third)
	}
	if code, got = s.part(up.ID, 7, bytes.NewReader(b[7:])); code != http.StatusConflict || got.Received != int64(third) || got.State != store.ImportReceiving {
		t.Errorf("a wrong offset: %d %+v", code, got)
	}
	if code, got = s.send("/imports/"+up.ID+"/complete", nil, ""); code != http.StatusConflict {
		t.Errorf("complete too early: %d %+v", code, got)
	}
	var state partAnswer
	if err := json.Unmarshal([]byte(s.get("/imports/"+up.ID+"/upload")), &state); err != nil || state.Received != int64(third) {
		t.Fatalf("where to go on: %+v %v", state, err)
	}
	if code, got = s.part(up.ID, third, bytes.NewReader(b[third:])); code != http.StatusOK || got.Received != int64(len(b)) {
		t.Fatalf("the rest: %d %+v", code, got)
	}
	if code, got = s.send("/imports/"+up.ID+"/complete", nil, ""); code != http.StatusOK || got.State != store.ImportQueued {
		t.Fatalf("complete: %d %+v", code, got)
	}
	if i := s.settled(up.ID); i.State != store.ImportDone || i.Frames == 0 {
		t.Fatalf("%+v", i)
	}
	if told := s.get("/imports/" + up.ID + "/told"); !strings.Contains(told, "device") || !strings.Contains(told, `href="/devices/`) {
		t.Errorf("what it told: %s", told)
	}
	if page := s.get("/imports/" + up.ID); !strings.Contains(page, "Take it back") {
		t.Error("no way to take it back")
	}
	if w := s.do("POST", "/imports/"+up.ID+"/undo", url.Values{"reason": {"captured at the wrong port"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("undo: %d %s", w.Code, w.Body)
	}
	if i, err := s.store.Import(t.Context(), up.ID); err != nil || i.State != store.ImportUndone {
		t.Errorf("%+v %v", i, err)
	}
}

func TestUploadLimits(t *testing.T) {
	s, _ := newIntakeSite(t, intake.Deps{MaxSize: 2 * maxPart})
	if code, a := s.begin("a.pcap", 2*maxPart+1); code != http.StatusRequestEntityTooLarge || a.Hint == "" {
		t.Errorf("a file beyond the limit: %d %+v", code, a)
	}
	for _, size := range []int{0, -5} {
		if code, _ := s.begin("a.pcap", size); code != http.StatusUnprocessableEntity {
			t.Errorf("size %d: %d", size, code)
		}
	}
	_, up := s.begin("a.csv", 100)
	if code, a := s.part(up.ID, 0, strings.NewReader(strings.Repeat("x", 200))); code != http.StatusRequestEntityTooLarge || a.Received != 0 {
		t.Errorf("more than announced: %d %+v", code, a)
	}
	_, up = s.begin("b.csv", 2*maxPart)
	head := "asset id,model\n"
	many := io.MultiReader(strings.NewReader(head), strings.NewReader(strings.Repeat("B-1,Alpha\n", maxPart/10+1)))
	if code, a := s.part(up.ID, 0, many); code != http.StatusRequestEntityTooLarge || a.Received > maxPart {
		t.Errorf("a part beyond the limit: %d %+v", code, a)
	}
	if code, _ := s.part("no-such-upload", 0, strings.NewReader("x")); code != http.StatusNotFound {
		t.Errorf("an upload nobody began: %d", code)
	}
	other, err := s.store.AddPerson(t.Context(), people.Person{Name: "Eve", Email: "eve@example.org", Roles: people.Roles})
	if err != nil {
		t.Fatal(err)
	}
	s.person = other
	if code, _ := s.part(up.ID, 0, strings.NewReader("x")); code != http.StatusNotFound {
		t.Errorf("somebody else's upload: %d", code)
	}
}

// whole uploads a small file.
func (s *site) whole(name string, b []byte) (int, partAnswer) {
	s.Helper()
	code, up := s.begin(name, len(b))
	if code != http.StatusOK {
		return code, up
	}
	if code, a := s.part(up.ID, 0, bytes.NewReader(b)); code != http.StatusOK {
		return code, a
	}
	return s.send("/imports/"+up.ID+"/complete", nil, "")
}

func TestHostileFiles(t *testing.T) {
	s, in := newIntakeSite(t, intake.Deps{MaxInflated: 8 << 20})
	name := `../../../"><img src=x onerror=alert(1)>.csv`
	_, a := s.whole(name, []byte("asset id,model\nB-1,<script>alert(2)</script>\n"))
	if i := s.settled(a.ID); i.State != store.ImportDone || strings.ContainsAny(i.Name, "/\\") {
		t.Errorf("%+v", i)
	}
	if entries, _ := filepath.Glob(filepath.Join(in.Dir, "..", "*.csv")); len(entries) > 0 {
		t.Errorf("outside of the data folder: %v", entries)
	}
	for _, p := range []string{"/imports", "/imports/" + a.ID, "/imports/" + a.ID + "/told", "/changes", "/audit"} {
		if body := s.get(p); strings.Contains(body, "<img src=x") || strings.Contains(body, "<script>alert") {
			t.Errorf("%s runs the name of a file", p)
		}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00")) // a capture without frames
	z.Write(make([]byte, 16<<20))
	z.Close()
	_, a = s.whole("bomb.pcap.gz", bomb.Bytes())
	if i := s.settled(a.ID); i.State != store.ImportFailed {
		t.Fatalf("a bomb: %+v", i)
	}
	if page := s.get("/imports/" + a.ID); !strings.Contains(page, "What went wrong") || !strings.Contains(page, "expands") {
		t.Errorf("the page does not say that the file expands: %s", page)
	}
	if code, a := s.whole("report.pdf", []byte("%PDF-1.7 a report")); code != http.StatusUnprocessableEntity || !strings.Contains(a.Hint, "PDF") {
		t.Errorf("a PDF: %d %+v", code, a)
	}
}

func TestPlainForm(t *testing.T) {
	s, _ := newIntakeSite(t, intake.Deps{})
	form := func(name, content string) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		if name != "" {
			f, err := m.CreateFormFile("file", name)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(f, content)
		}
		m.Close()
		r := httptest.NewRequest("POST", "/imports/file", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r = r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"}))
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		return w
	}
	w := form("../../assets.csv", "asset id,model\nB-1,Alpha\n")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if i := s.settled(strings.TrimPrefix(w.Header().Get("Location"), "/imports/")); i.State != store.ImportDone || i.Name != "assets.csv" {
		t.Errorf("%+v", i)
	}
	if w := form("", ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", w.Code)
	}
	if w := form("a.pdf", "%PDF-1.7"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "PDF") {
		t.Errorf("a PDF: %d", w.Code)
	}
}
