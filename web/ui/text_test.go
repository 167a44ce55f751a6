package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/remedy"
)

var (
	inTemplate = regexp.MustCompile(`[{(\s]t "([^"]+)"|tn [^"}]*"([^"]+)" "([^"]+)"`)
	inGo       = regexp.MustCompile(`(?:\.T\(r, |\.t\(|Message: +|Hint: +|refuse\([^"]*, )"([^"]+)"(?:, "([^"]+)"\))?`)
	titles     = regexp.MustCompile(`UI\.Page\([^"]*"[^"]+", "([^"]+)"`)
	literal    = regexp.MustCompile(`>[^<>{}]*[\p{L}]{3,}[^<>{}]*<`)
)

// wanted are all texts that pages show, with where they stand.
func wanted(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	add := func(re *regexp.Regexp, name string, b []byte) {
		for _, m := range re.FindAllSubmatch(b, -1) {
			for _, text := range m[1:] {
				if len(text) > 0 {
					out[string(text)] = name
				}
			}
		}
	}
	templates, _ := fs.Glob(files, "templates/*.html")
	for _, n := range templates {
		if strings.HasPrefix(filepath.Base(n), "auth_") {
			continue // web/auth tests its own
		}
		b, _ := fs.ReadFile(files, n)
		add(inTemplate, n, b)
	}
	sources, _ := filepath.Glob("*.go")
	pages, _ := filepath.Glob("../*.go")
	for _, n := range append(sources, pages...) {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		add(inGo, n, b)
		add(titles, n, b)
	}
	for _, p := range places {
		out[p.Text] = "nav.go"
	}
	for _, w := range words {
		out[w] = "word.go"
	}
	for _, w := range tiers {
		out[w] = "word.go"
	}
	for _, k := range device.Kinds() {
		out[k.Label] = "device.Kinds"
	}
	for _, k := range []remedy.Kind{remedy.FindOut, remedy.Workflow, remedy.Configuration, remedy.Credentials, remedy.DisableService, remedy.Physical, remedy.Patch,
		remedy.NetworkControl, remedy.AllowList, remedy.VirtualPatch, remedy.VLANMove, remedy.Segmentation, remedy.Replace, remedy.Accept} {
		out[k.Words()] = "remedy.Kind"
	}
	return out
}

func TestEveryTextIsTranslated(t *testing.T) {
	texts, err := readTexts(files)
	if err != nil {
		t.Fatal(err)
	}
	for text, where := range wanted(t) {
		german, ok := texts["de"][text]
		if !ok {
			t.Errorf("%s: no German for\n%q", where, text)
		} else if strings.Count(german, "%") != strings.Count(text, "%") {
			t.Errorf("%q and %q have other arguments", text, german)
		}
	}
}

// Words between tags that are not in the catalogue are seen by nobody who reads
// German.
func TestNoTextStandsAlone(t *testing.T) {
	names, _ := fs.Glob(files, "templates/*.html")
	allowed := regexp.MustCompile(`>(Ward|English|Deutsch|MAC|CSV)<`)
	for _, n := range names {
		b, _ := fs.ReadFile(files, n)
		for _, m := range literal.FindAll(b, -1) {
			if !allowed.Match(m) && !strings.HasPrefix(filepath.Base(n), "auth_") {
				t.Errorf("%s: %s", n, m)
			}
		}
	}
}
