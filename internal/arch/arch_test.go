// Package arch holds the tests that keep the structure: imports follow the data
// path, every folder is in ARCHITECTURE.md, sockets are opened and SQL is written
// only where the lists here say so.
package arch

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the path of the module; root its folder seen from here.
const (
	module = "ward"
	root   = "../.."
)

// mayImport is the import table of ARCHITECTURE.md: what the packages below a
// folder may import of ours, beside what lies in the same folder.
var mayImport = map[string][]string{
	"wire":     {},
	"spec":     {},
	"asset":    {"wire", "spec"},
	"vuln":     {"asset", "spec", "wire/packet", "wire/session"},
	"pipeline": {"wire", "asset", "vuln", "spec"},
	"report":   {"pipeline", "wire", "asset", "vuln"},
	"sim":      {"internal/canary"},
	"traffic":  {},
	"people":   {"asset/device", "vuln/risk"},
	"store":    {"people", "traffic", "wire/packet", "wire/session", "asset", "vuln"},
	"intake":   {"store", "pipeline", "wire", "asset", "vuln"},
	"triage":   {"store", "people", "pipeline", "asset", "vuln"},
	"bus":      {"wire/session", "web/tls"},
	"notify":   {"store", "people", "asset", "vuln"},
	"metrics":  {},
	"backup":   {"config", "store"},
	"config":   {},
	"web":      {"store", "people", "intake", "triage", "notify", "report", "pipeline", "wire", "asset", "vuln"},
	"hub":      {"config", "backup", "store", "people", "intake", "triage", "bus", "notify", "metrics", "web", "vuln", "asset"},
	"demo":     {"hub", "config", "store", "people", "sim", "web", "asset", "vuln"},
	"cmd":      {"pipeline", "report", "wire", "asset", "vuln", "sim", "config", "hub", "demo", "backup", "store", "people", "web"},
	"bench":    {"wire", "asset", "vuln", "spec", "sim", "pipeline", "store", "people", "intake", "triage", "hub", "config", "web", "internal"},
	"internal": {"wire", "asset", "vuln", "spec", "sim", "pipeline", "report", "store", "people"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// folder is the path of one of our packages seen from the module's folder.
func (p pkg) folder() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

var listed = sync.OnceValues(func() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var list []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		if top(p.ImportPath) != "bin" { // what was built, or is only tried; not in the repository
			list = append(list, p)
		}
	}
	return list, nil
})

func packages(t *testing.T) []pkg {
	t.Helper()
	list, err := listed()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return list
}

// top gives the first folder of one of our packages.
func top(path string) string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(path, module+"/"), "/")
	return folder
}

// below tells whether a folder is one of these or lies below one of them.
func below(folder string, these []string) bool {
	return slices.ContainsFunc(these, func(f string) bool { return folder == f || strings.HasPrefix(folder, f+"/") })
}

func TestImportsFollowTheDataPath(t *testing.T) {
	for _, p := range packages(t) {
		from := top(p.ImportPath)
		allowed, ok := mayImport[from]
		if !ok {
			t.Errorf("%s: folder %q is not in the import table", p.ImportPath, from)
			continue
		}
		for _, imp := range p.Imports {
			switch {
			case !strings.HasPrefix(imp, module+"/") || top(imp) == from:
			case !below(strings.TrimPrefix(imp, module+"/"), allowed):
				t.Errorf("%s imports %s: %q may only import %v", p.ImportPath, imp, from, allowed)
			}
		}
	}
}

func TestArchitectureListsEveryFolder(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		folder := p.folder()
		if strings.HasPrefix(folder, "wire/proto/") {
			folder = "wire/proto"
		}
		if !strings.Contains(string(text), "`"+folder+"`") && !strings.Contains(string(text), "`"+folder+"/`") {
			t.Errorf("ARCHITECTURE.md does not name the folder `%s`", folder)
		}
	}
}

// machinePath finds paths of the machine that built the project.
var machinePath = regexp.MustCompile(`/wor` + `k/(main|shared)\b|/tm` + `p/bash_jobs|\.librar` + `y`)

func TestNoPathsOfThisMachine(t *testing.T) {
	walk(t, func(path string, text string) {
		if m := machinePath.FindString(text); m != "" {
			t.Errorf("%s names a path of the machine: %q", path, m)
		}
	}, "*.go", "*.md", "*.sh", "*.sql", "*.html", "*.css", "*.js", "*.json", "scripts/*")
}

// walk visits the files of the repository with these names.
func walk(t *testing.T, visit func(path, text string), names ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"ls-files", "--cached", "--others", "--exclude-standard"}, names...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for _, name := range strings.Fields(string(out)) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err == nil {
			visit(name, string(text))
		}
	}
}

// source visits the program's own Go files, not its tests.
func source(t *testing.T, visit func(path, text string)) {
	t.Helper()
	walk(t, func(path, text string) {
		if !strings.HasSuffix(path, "_test.go") {
			visit(path, text)
		}
	}, "*.go")
}
