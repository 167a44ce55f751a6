// Package arch holds the tests that keep the structure: imports follow the data
// path, every folder is in ARCHITECTURE.md, nobody dials.
package arch

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	"sim":      {},
	"cmd":      {"pipeline", "report", "wire", "asset", "vuln", "sim"},
	"bench":    {"wire", "asset", "vuln", "spec", "sim", "pipeline"},
	"internal": {"wire", "asset", "vuln", "spec", "sim", "pipeline", "report"},
}

// forbidden are packages that reach outside, with the folders that stay free of
// them and the reason.
var forbidden = []struct{ path, why string }{
	{"net/http", "the path from packet to worklist works offline and never calls out"},
	{"database/sql", "the pipeline needs no database"},
	{"os/exec", "nothing is run on behalf of a capture"},
	{"net/smtp", "nothing is sent"},
	{"github.com/gopacket/gopacket", "gopacket is the oracle of the tests, not the decoder"},
}

var pure = []string{"wire", "spec", "asset", "vuln", "pipeline", "report"}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// top gives the first folder of one of our packages.
func top(path string) string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(path, module+"/"), "/")
	return folder
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
			if !strings.HasPrefix(imp, module+"/") || top(imp) == from || strings.HasPrefix(imp, module+"/internal/") {
				continue
			}
			inside := strings.TrimPrefix(imp, module+"/")
			if !slices.ContainsFunc(allowed, func(a string) bool { return inside == a || strings.HasPrefix(inside, a+"/") }) {
				t.Errorf("%s imports %s: %q may only import %v", p.ImportPath, imp, from, allowed)
			}
		}
	}
}

func TestPureFoldersReachNothingOutside(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(pure, top(p.ImportPath)) {
			continue
		}
		for _, f := range forbidden {
			if slices.Contains(p.Deps, f.path) {
				t.Errorf("%s depends on %s: %s", p.ImportPath, f.path, f.why)
			}
		}
	}
}

// dial finds calls that open a socket (SR-02). The program has none yet.
var dial = regexp.MustCompile(`\bnet\.(Dial\w*|Listen\w*)\(|\.DialContext\(|http\.(Get|Post|Head|NewRequest)\b|syscall\.Socket\(|unix\.Socket\(`)

func TestNobodyDials(t *testing.T) {
	walk(t, func(path string, text string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		if m := dial.FindString(text); m != "" {
			t.Errorf("%s: %q opens a socket: no active discovery, no calling home (SR-02)", path, m)
		}
	})
}

func TestArchitectureListsEveryFolder(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		folder := strings.TrimPrefix(p.ImportPath, module+"/")
		if strings.HasPrefix(folder, "wire/proto/") {
			folder = "wire/proto"
		}
		if !strings.Contains(string(text), "`"+folder+"`") && !strings.Contains(string(text), "`"+folder+"/`") {
			t.Errorf("ARCHITECTURE.md does not name the folder `%s`", folder)
		}
	}
}

// machinePath finds paths of the machine that built the project.
var machinePath = regexp.MustCompile(`/wor` + `k/|/tm` + `p/bash_jobs|\.librar` + `y`)

func TestNoPathsOfThisMachine(t *testing.T) {
	walk(t, func(path string, text string) {
		if m := machinePath.FindString(text); m != "" {
			t.Errorf("%s names a path of the machine: %q", path, m)
		}
	})
}

func walk(t *testing.T, visit func(path, text string)) {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "*.go", "*.md", "*.sh")
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
