package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"ward/web"
)

// address is one page or API call that is asked for.
type address struct {
	name, path string
	export     bool   // a whole table as a file, or a check of the whole store: it has no bar
	bare       string // SQL whose bare cost is the limit
	took       []time.Duration
	failed     int
}

// lookUp finds what stands for the names in braces.
func (r *hubRun) lookUp(db *sql.DB) error {
	var device, flaw, advisory, work, importID string
	for _, q := range []struct {
		into *string
		sql  string
	}{{&device, "SELECT id FROM device WHERE gone = 0 AND findings > 0 LIMIT 1 OFFSET 7"}, {&flaw, "SELECT id FROM vulnerability WHERE devices > 0 LIMIT 1 OFFSET 7"},
		{&advisory, "SELECT p.id FROM publication p JOIN advisory a ON a.num = p.num LIMIT 1 OFFSET 7"}, {&work, "SELECT key FROM work LIMIT 1"}, {&importID, "SELECT id FROM import LIMIT 1"}} {
		if err := db.QueryRow(q.sql).Scan(q.into); err != nil {
			return fmt.Errorf("%s: %w", q.sql, err)
		}
	}
	device, work = url.PathEscape(device), url.PathEscape(work)
	r.examples = [][2]string{{"devices/{id}", "devices/" + device}, {"vulnerabilities/{id}", "vulnerabilities/" + flaw}, {"advisories/{id}", "advisories/" + advisory},
		{"imports/{id}", "imports/" + importID}, {"{vulnerability}", flaw}, {"{cve}", flaw}, {"{advisory}", advisory}, {"{device}", device}, {"{key}", work}}
	return nil
}

// addresses are all pages and API calls that read, with a device, a vulnerability
// and so on in the place of names in braces.
func (r *hubRun) addresses() ([]*address, error) {
	var out []*address
	fill := strings.NewReplacer("{$}", "")
	seen := map[string]bool{}
	add := func(name, path string) {
		if path = r.named(fill.Replace(path)); path != "" && !seen[path] && (r.exports || !export(path)) {
			seen[path] = true
			out = append(out, &address{name: name, path: path, export: export(path), bare: bareOf[name]})
		}
	}
	for _, route := range web.Routes() {
		if route.Method == "GET" {
			add(route.Pattern, route.Pattern)
		}
	}
	for _, q := range []string{"/devices?text=mon-000", "/devices?sort=name&offset=5000", "/devices?kind=patient_monitor&department=Department+3", "/?band=next_window"} {
		add(q, q)
	}
	var document struct{ Paths map[string]map[string]any }
	if err := r.get("/api/v1/openapi.json", &document); err != nil {
		fmt.Printf("- the API is not asked: %v\n", err)
		return out, nil
	}
	for path, methods := range document.Paths {
		if methods["get"] != nil {
			add("API "+path, "/api/v1"+path)
		}
	}
	slices.SortFunc(out, func(a, b *address) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// named puts what the made hospital has in the place of names; what it has not
// is left out.
func (r *hubRun) named(path string) string {
	if path == "/live" || strings.HasSuffix(path, "/events") {
		return "" // streams
	}
	for _, put := range r.examples {
		path = strings.ReplaceAll(path, put[0], put[1])
	}
	if strings.Contains(path, "{") {
		return ""
	}
	return path
}

func export(path string) bool {
	for _, word := range []string{".csv", ".pdf", ".json.gz", "inventory", "openvex", "cyclonedx", "print", "export", "sbom", "notices", "verify", "/check", ".cdx", "/events"} {
		if strings.Contains(path, word) {
			return true
		}
	}
	return false
}

var client = &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 512},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask asks once as one of the users.
func (r *hubRun) ask(ctx context.Context, path string, user int) (time.Duration, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.hub.base+path, nil)
	if err != nil {
		return 0, nil, err
	}
	req.AddCookie(&http.Cookie{Name: "ward", Value: r.people[user%len(r.people)]})
	begin := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	took := time.Since(begin)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return took, body, err
}

func (r *hubRun) get(path string, v any) error {
	_, body, err := r.ask(context.Background(), path, 0)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}

// pages asks for each page by itself and prints the cost of each.
func (r *hubRun) pages() error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(r.dir, "ward.db")+"?mode=ro&_pragma=query_only(1)&_pragma=cache_size(-64000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := r.lookUp(db); err != nil {
		return err
	}
	list, err := r.addresses()
	if err != nil {
		return err
	}
	fmt.Println("\n| page or call | p50 ms | p95 ms | p99 ms | CPU ms | p50 of the bare query | |\n|---|---|---|---|---|---|---|")
	worst, missed, asked := time.Duration(0), 0, 0
	for i, a := range list {
		times := askedOfEach
		if a.export {
			times = 1
		}
		before, err := r.hub.ask("usage", "")
		if err != nil {
			return err
		}
		for n := range times {
			if n >= 5 && sum(a.took) > patience {
				break
			}
			took, _, err := r.ask(context.Background(), a.path, i*times+n)
			if err != nil {
				a.failed++
				if n == 0 {
					fmt.Printf("| `%s` | | | | | | %v |\n", a.name, err)
				}
				break
			}
			a.took = append(a.took, took)
		}
		if a.failed > 0 {
			continue
		}
		if !a.export {
			r.answered = append(r.answered, a)
		}
		after, err := r.hub.ask("usage", "")
		if err != nil {
			return err
		}
		each := (after.Total - before.Total) * 1e3 / float64(len(a.took))
		p95 := quantile(a.took, .95)
		verdict := ""
		if a.export {
			verdict = "on demand"
		} else {
			asked++
			worst = max(worst, p95)
			if p95 >= barPage {
				missed, verdict = missed+1, "**missed**"
			}
		}
		fmt.Printf("| `%s` | %s | %s | %s | %.1f | %s | %s |\n", a.name, ms(quantile(a.took, .5)), ms(p95), ms(quantile(a.took, .99)), each, ratioTo(db, a), verdict)
	}
	fmt.Println()
	r.note(fmt.Sprintf("p95 of %d pages and API calls, one reader", asked), fmt.Sprintf("worst %s ms, %d over", ms(worst), missed), "< 300 ms", missed == 0)
	return nil
}

// bareOf is the query that a page cannot do without.
var bareOf = map[string]string{
	"/devices": `SELECT id, name, manufacturer, model, kind, tier, location, department, score, band, findings, last FROM device WHERE gone = 0 ORDER BY score DESC, id LIMIT 50`,
	"/{$}":     `SELECT document FROM work WHERE state IN ('open', 'planned', 'doing') ORDER BY rank LIMIT 50`,
	"/devices/{id}": `SELECT t.body, x.body FROM finding f JOIN text t ON t.num = f.finding JOIN text x ON x.num = f.assessment
		WHERE f.device = (SELECT num FROM device LIMIT 1 OFFSET 1) AND f.closed = 0`,
	"/vulnerabilities": `SELECT id, title, kev, epss, devices, score, band FROM vulnerability WHERE devices > 0 ORDER BY score DESC LIMIT 50`,
	"API /devices":     `SELECT id, name, manufacturer, model, kind, tier, location, department, score, band, findings, last FROM device WHERE gone = 0 ORDER BY score DESC, id LIMIT 50`,
	"API /findings":    `SELECT device, vulnerability, score, band FROM finding WHERE closed = 0 ORDER BY score DESC LIMIT 50`,
}

func ratioTo(db *sql.DB, a *address) string {
	if a.bare == "" {
		return ""
	}
	bare, _, err := medianOf(func() (int, error) { return rowsOf(db, a.bare, nil) })
	if err != nil || bare <= 0 {
		return fmt.Sprint(err)
	}
	return fmt.Sprintf("%.1f x (%.2f ms)", float64(quantile(a.took, .5).Microseconds())/1e3/bare, bare)
}

// together lets all users read while an import runs.
func (r *hubRun) together() error {
	list := r.answered
	file, err := simulated(options{data: r.data, packets: r.importPackets + 1}, r.ward) // another file: the same one would change nothing
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var mu sync.Mutex
	var took []time.Duration
	var wrong []string
	var users sync.WaitGroup
	for u := range r.users {
		users.Go(func() {
			for ctx.Err() == nil {
				select { // a person looks at a page
				case <-ctx.Done():
					return
				case <-time.After(time.Duration(rand.Int64N(int64(10 * time.Second)))):
				}
				d, _, err := r.ask(context.WithoutCancel(ctx), list[rand.IntN(len(list))].path, u)
				mu.Lock()
				if took = append(took, d); err != nil {
					wrong = append(wrong, err.Error())
				}
				mu.Unlock()
			}
		})
	}
	begin := time.Now()
	if _, err := r.hub.ask("import", file); err != nil {
		return err
	}
	time.Sleep(max(0, askSeconds*time.Second-time.Since(begin)))
	stop()
	users.Wait()
	slices.Sort(wrong)
	for _, w := range slices.Compact(slices.Clone(wrong)) {
		fmt.Println("- error:", w)
	}
	r.note(fmt.Sprintf("%d users for %.0f s while an import runs: %d requests", r.users, time.Since(begin).Seconds(), len(took)), fmt.Sprintf("%d errors", len(wrong)), "0 errors", len(wrong) == 0)
	r.note("the same, p50 / p95 / p99", fmt.Sprintf("%s / %s / %s ms", ms(quantile(took, .5)), ms(quantile(took, .95)), ms(quantile(took, .99))), "p95 < 300 ms", quantile(took, .95) < barPage)
	return nil
}

// patience is how long one page is asked for.
const patience = 1500 * time.Millisecond

func sum(list []time.Duration) (all time.Duration) {
	for _, d := range list {
		all += d
	}
	return all
}

func quantile(list []time.Duration, q float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1e3) }
