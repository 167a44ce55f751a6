package triage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ward/pipeline"
	"ward/store"
	"ward/vuln/remedy"
)

// Gap is something that Ward does not know and a person can change.
type Gap struct {
	Kind  string `json:"kind"` // no_feeds, stale_feed, silent_tap, no_traffic, unknown_kind, find_out, conflicts, not_on_wire, damaged_feed
	Count int    `json:"count"`
	Text  string `json:"text"`
	Link  string `json:"link"` // the page that shows them, with its query
}

const (
	// silentAfter is how long a tap that delivers regularly may send nothing.
	silentAfter = 24 * time.Hour
	// regular is how many imports make a tap one that delivers regularly.
	regular = 3
	// recentImports is how many imports are looked through for taps.
	recentImports = 2000
)

// Gaps lists what is not known, the most important first. departments is the
// scope of the person who asks, nil: all.
func (t *Triage) Gaps(ctx context.Context, departments []string) ([]Gap, error) {
	var out []Gap
	for _, f := range []func(context.Context, []string) ([]Gap, error){t.feedGaps, t.tapGaps, t.questionGaps, t.deviceGaps} {
		list, err := f(ctx, departments)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (t *Triage) feedGaps(ctx context.Context, _ []string) ([]Gap, error) {
	feeds, err := t.deps.Store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	var out []Gap
	now := t.deps.Store.Now()
	for i := range feeds {
		f := &feeds[i]
		switch {
		case !f.Stale(now):
		case f.Updated.IsZero():
			out = append(out, Gap{"stale_feed", 1, fmt.Sprintf("The feed %s was never fetched. Update it or import a bundle.", f.Name), "/feeds"})
		default:
			out = append(out, Gap{"stale_feed", 1, fmt.Sprintf("The feed %s is %d days old: new flaws may be missing. Update it or import a bundle.", f.Name, int(now.Sub(f.Updated).Hours()/24)), "/feeds"})
		}
	}
	t.mu.Lock()
	read, warnings := t.site.assessor.Feeds(), len(t.status.Warnings)
	t.mu.Unlock()
	if !slices.ContainsFunc(read, func(f pipeline.Feed) bool { return f.Kind == "csaf" || f.Kind == "nvd" || f.Kind == "cve5" }) {
		out = append([]Gap{{"no_feeds", 1, "No advisories were read: Ward cannot tell which devices are vulnerable. Update the feeds or import a bundle.", "/feeds"}}, out...)
	}
	if warnings > 0 {
		out = append(out, Gap{"damaged_feed", warnings, fmt.Sprintf("%s of the feeds could not be read as they should.", plural(warnings, "part", "parts")), "/feeds"})
	}
	return out, nil
}

func (t *Triage) tapGaps(ctx context.Context, _ []string) ([]Gap, error) {
	list, total, err := t.deps.Store.Imports(ctx, []store.ImportState{store.ImportDone}, 0, recentImports)
	if err != nil {
		return nil, err
	}
	if total == 0 {
		return []Gap{{"no_traffic", 1, "No traffic was watched yet. Import a capture, a log or a maintenance export.", "/imports"}}, nil
	}
	last, count := map[string]time.Time{}, map[string]int{}
	for i := range list {
		x := &list[i]
		if x.Tap == "" || x.Kind == "assets" {
			continue
		}
		count[x.Tap]++
		if x.Finished.After(last[x.Tap]) {
			last[x.Tap] = x.Finished
		}
	}
	var out []Gap
	now := t.deps.Store.Now()
	for tap, at := range last {
		if quiet := now.Sub(at); count[tap] >= regular && quiet > silentAfter {
			out = append(out, Gap{"silent_tap", 1, fmt.Sprintf("The tap %s has sent nothing for %d hours. Look at its cable and its sensor.", tap, int(quiet.Hours())), "/imports"})
		}
	}
	slices.SortFunc(out, func(a, b Gap) int { return cmp.Compare(a.Text, b.Text) })
	return out, nil
}

func (t *Triage) questionGaps(ctx context.Context, departments []string) ([]Gap, error) {
	page, err := t.deps.Store.Worklist(ctx, store.WorkFilter{Kinds: []remedy.Kind{remedy.FindOut}, Departments: departments, Limit: 1})
	if err != nil || page.Total == 0 {
		return nil, err
	}
	return []Gap{{"find_out", page.Total, fmt.Sprintf("%s to find out: the answer decides how urgent something is.", plural(page.Total, "thing", "things")), "/?kind=find_out"}}, nil
}

func (t *Triage) deviceGaps(ctx context.Context, departments []string) ([]Gap, error) {
	f, err := t.deps.Store.DeviceFacets(ctx, store.DeviceFilter{Departments: departments})
	if err != nil {
		return nil, err
	}
	var out []Gap
	add := func(kind string, n int, text, link string) {
		if n > 0 {
			out = append(out, Gap{kind, n, plural(n, "device ", "devices ") + text, link})
		}
	}
	add("unknown_kind", f.Unknown, "of unknown kind: say what they are.", "/devices?unknown=1")
	add("conflicts", f.Conflicts, "about which the sources disagree: say which is right.", "/devices?conflicts=1")
	add("not_on_wire", f.Total-f.OnWire, "in the maintenance record that no tap has seen.", "/devices?on_wire=0")
	return out, nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
