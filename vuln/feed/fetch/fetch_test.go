package fetch

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ward/internal/shareddata"
	"ward/vuln/advisory"
	"ward/vuln/feed"
	"ward/vuln/feed/fetch/fetchtest"
)

var today = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// quick is an Options that waits for nothing and tells how long it would have.
func quick(s *fetchtest.Server) (Options, func() time.Duration) {
	var mu sync.Mutex
	var waited time.Duration
	now := today
	o := Options{Roots: s.Roots,
		Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
		sleep: func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			waited += d
			now = now.Add(d)
			return ctx.Err()
		},
		patient: patience{header: 2 * time.Second, text: 2 * time.Second, file: 2 * time.Second, attempts: 3, first: time.Second, longest: time.Minute}}
	return o, func() time.Duration { mu.Lock(); defer mu.Unlock(); return waited }
}

// one updates one source and gives its outcome.
func one(t *testing.T, dir string, s Source, o Options) Outcome {
	t.Helper()
	out, err := Update(context.Background(), dir, []Source{s}, o)
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func everything(t *testing.T) (*fetchtest.Server, []Source, int) {
	t.Helper()
	vuln := filepath.Join(shareddata.Dir(t), "vuln")
	s := fetchtest.New(t)
	documents := s.Provider(t, filepath.Join(vuln, "csaf-icsma"), filepath.Join(vuln, "csaf-ot"))
	s.Put("/kev.json", file(t, filepath.Join(vuln, "kev", "known_exploited_vulnerabilities.json")))
	s.Put("/epss.csv.gz", fetchtest.Gzip(file(t, filepath.Join(vuln, "epss", "epss_scores-2026-09-29.subset.csv"))))
	s.Put("/develop.zip", fetchtest.Zip(t, filepath.Join(vuln, "vulnrichment")))
	s.Put("/oui.csv", registry(40))
	for i := range 4500 {
		s.NVD = append(s.NVD, fetchtest.Record(fmt.Sprintf("CVE-2024-%04d", i+1000), "Analyzed", today.AddDate(0, 0, -300)))
	}
	src := func(name string, kind feed.Kind, path string) Source {
		return Source{Name: name, Kind: kind, URL: s.URL + path, Private: true}
	}
	return s, []Source{src("cisa-csaf", feed.CSAF, "/.well-known/csaf/provider-metadata.json"), src("kev", feed.KEV, "/kev.json"),
		src("epss", feed.EPSS, "/epss.csv.gz"), src("vulnrichment", feed.CVE5, "/develop.zip"), src("ieee", OUI, "/oui.csv"),
		src("nvd", feed.NVD, "/rest/json/cves/2.0")}, documents
}

func registry(n int) []byte {
	var b strings.Builder
	b.WriteString("Registry,Assignment,Organization Name,Organization Address\n")
	for i := range n {
		fmt.Fprintf(&b, "MA-L,%06X,\"Maker, %d\",Somewhere\n", i, i)
	}
	return []byte(b.String())
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestUpdateAll fetches every kind, reads the folder as an analysis does, and
// asks again: nothing is transferred twice.
func TestUpdateAll(t *testing.T) {
	s, sources, documents := everything(t)
	options, _ := quick(s)
	dir := t.TempDir()
	out, err := Update(context.Background(), dir, sources, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.State != New || o.Refused > 0 || o.Records == 0 {
			t.Errorf("%s: %s %s %d records, refused %v", o.Source.Name, o.State, o.Why, o.Records, o.Refusals)
		}
	}
	if out[0].Added != documents || documents < 200 {
		t.Errorf("%d of %d documents", out[0].Added, documents)
	}
	nvd := 0
	set, err := feed.Open(dir, feed.Options{Record: func(a advisory.Advisory) {
		if a.Feed == "nvd" {
			nvd++
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if nvd != 4500 || len(set.Advisories) != documents {
		t.Errorf("%d NVD records, %d advisories", nvd, len(set.Advisories))
	}
	if threat, ok := set.Threats.Lookup("CVE-2019-0708"); !ok || !threat.KEV {
		t.Errorf("BlueKeep: %+v", threat)
	}
	s.Forget()
	again, err := Update(context.Background(), dir, sources, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range again {
		if o.State != Unchanged || o.Records != recordsOf(out, o.Source.Name) {
			t.Errorf("again: %s %s %s, %d records", o.Source.Name, o.State, o.Why, o.Records)
		}
	}
	for _, path := range s.Seen() {
		if strings.HasPrefix(path, "/csaf/white/2") || strings.HasPrefix(path, "/csaf/rolie/2") {
			t.Errorf("asked again for %s", path)
		}
	}
	ages, err := feed.Ages(dir, options.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range ages {
		if a.Stale {
			t.Errorf("stale right after the update: %+v", a)
		}
	}
	if later, _ := feed.Ages(dir, options.Now().AddDate(0, 0, 8)); len(later) < 5 || !staleOf(later, "kev") || staleOf(later, "cisa-csaf") {
		t.Errorf("a week later: %+v", later)
	}
}

func staleOf(ages []feed.Age, name string) bool {
	for _, a := range ages {
		if a.Name == name {
			return a.Stale
		}
	}
	return false
}

func recordsOf(out []Outcome, name string) int {
	for _, o := range out {
		if o.Source.Name == name {
			return o.Records
		}
	}
	return -1
}

// TestNVDChanges fetches what changed in windows of 120 days, page by page.
func TestNVDChanges(t *testing.T) {
	s := fetchtest.New(t)
	options, waited := quick(s)
	src := Source{Name: "nvd", Kind: feed.NVD, URL: s.URL + "/rest/json/cves/2.0", Private: true}
	for i := range 20_500 {
		s.NVD = append(s.NVD, fetchtest.Record(fmt.Sprintf("CVE-2023-%04d", i+1000), "Analyzed", today.AddDate(-1, 0, 0)))
	}
	dir := t.TempDir()
	if o := one(t, dir, src, options); o.Added != 20_500 || o.State != New {
		t.Fatalf("%+v", o)
	}
	if waited() < 2*nvdWindow-time.Second {
		t.Errorf("11 requests without a key took %s", waited())
	}
	later := options.Now().AddDate(0, 0, 300)
	s.NVD[7] = fetchtest.Record("CVE-2023-1007", "Rejected", later.AddDate(0, 0, -150))
	s.NVD = append(s.NVD, fetchtest.Record("CVE-2024-0099", "Received", later.AddDate(0, 0, -1)))
	s.Forget()
	options.Now = func() time.Time { return later }
	o := one(t, dir, src, options)
	if o.State != Changed || o.Added != 1 || o.Renewed != 1 || o.Records != 20_501 {
		t.Errorf("%+v", o)
	}
	if n := len(s.Seen()); n != 3 {
		t.Errorf("%d windows for 300 days: %v", n, s.Seen())
	}
}

// TestNVDResumes goes on at the page after the last one that was stored.
func TestNVDResumes(t *testing.T) {
	s, sources, _ := everything(t)
	options, _ := quick(s)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	options.Progress = func(p Progress) {
		if p.Done >= 2000 {
			cancel()
		}
	}
	if _, err := Update(ctx, dir, sources[5:], options); err == nil {
		t.Fatal("not interrupted")
	}
	s.Forget()
	options.Progress = nil
	o := one(t, dir, sources[5], options)
	if o.Records != 4500 || o.State == Failed {
		t.Errorf("%+v", o)
	}
	if first := s.Seen()[0]; !strings.Contains(first, "startIndex=2000") {
		t.Errorf("goes on with %s", first)
	}
}

// TestCSAFResumes interrupts between documents; those stored are not asked for
// again.
func TestCSAFResumes(t *testing.T) {
	s, sources, documents := everything(t)
	options, _ := quick(s)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	options.Progress = func(p Progress) {
		if p.Done == int64(documents)/2 {
			cancel()
		}
	}
	out, err := Update(ctx, dir, sources[:1], options)
	if err == nil || out[0].State != Failed {
		t.Fatal("not interrupted")
	}
	options.Progress = nil
	o := one(t, dir, sources[0], options)
	if o.Records != documents || o.Added >= documents*2/3 || o.Added < documents/4 {
		t.Errorf("%s %s: %d records, %d added of %d", o.State, o.Why, o.Records, o.Added, documents)
	}
}

// TestRevisionAndWithdrawal renews a changed document and keeps one that is no
// longer listed.
func TestRevisionAndWithdrawal(t *testing.T) {
	s, sources, documents := everything(t)
	options, _ := quick(s)
	dir := t.TempDir()
	one(t, dir, sources[0], options)
	index := string(s.File("/csaf/white/index.txt"))
	lines := strings.Split(strings.TrimSpace(index), "\n")
	revised, gone := lines[0], lines[1]
	var doc map[string]any
	if err := json.Unmarshal(s.File("/csaf/white/"+revised), &doc); err != nil {
		t.Fatal(err)
	}
	doc["document"].(map[string]any)["tracking"].(map[string]any)["current_release_date"] = "2026-09-30T00:00:00Z"
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	s.Document(t, "/csaf/white/"+revised, data)
	var changes []string
	for _, line := range strings.Split(string(s.File("/csaf/white/changes.csv")), "\n") {
		if strings.Contains(line, revised) {
			line = fmt.Sprintf("%q,%q", revised, "2026-09-30T00:00:00Z")
		}
		if !strings.Contains(line, gone) {
			changes = append(changes, line)
		}
	}
	s.Put("/csaf/white/changes.csv", []byte(strings.Join(changes, "\n")))
	s.Put("/csaf/white/index.txt", []byte(strings.Replace(index, gone+"\n", "", 1)))
	s.Drop("/csaf/white/" + gone)
	o := one(t, dir, sources[0], options)
	if o.State != Changed || o.Renewed != 1 || o.Added != 0 || o.Gone != 1 || o.Records != documents || o.Date.Format(time.DateOnly) != "2026-09-30" {
		t.Errorf("%+v", o)
	}
}
