package docs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// scratch is the folder of the built program, made and removed by TestMain.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ward-docs")
	if err != nil {
		panic(err)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// program builds ward once and gives its path.
var program = sync.OnceValues(func() (string, error) {
	out := filepath.Join(scratch, "ward")
	cmd := exec.Command("go", "build", "-o", out, "./cmd/ward")
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", errors.New(string(text))
	}
	return out, nil
})

// help gives what ward prints for --help.
func help(t *testing.T, command ...string) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	cmd := exec.Command(path, append(command, "--help")...)
	cmd.Env = append(os.Environ(), "COLUMNS=80", "NO_COLOR=1")
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("ward %v --help: %v", command, err)
	}
	return string(text)
}

var commandLines = regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)(?: [\[<].*)?(?:  |$)`)

// commands lists the subcommands, of one word or two, in the order of the help.
func commands(t *testing.T) []string {
	t.Helper()
	_, list, _ := strings.Cut(help(t), "Commands:\n")
	var names []string
	for _, m := range commandLines.FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	if !slices.Contains(names, "analyze") {
		t.Fatalf("no command analyze in the help:\n%s", list)
	}
	return names
}

// commandLine is the generated part of cli.md.
func commandLine(t *testing.T) string {
	var b strings.Builder
	b.WriteString("```text\n$ ward --help\n" + trimmed(help(t)) + "```\n")
	for _, name := range commands(t) {
		b.WriteString("\n## ward " + name + "\n\n```text\n$ ward " + name + " --help\n" + trimmed(help(t, strings.Fields(name)...)) + "```\n")
	}
	return b.String()
}

// trimmed takes blanks off the line ends.
func trimmed(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// shown finds commands of ward in a page: lines of code blocks, after a prompt,
// a pipe or the folder of the binary.
var shown = regexp.MustCompile(`(?m)^(?:\$ |# |.*\| |.*\bsudo (?:-u [a-z]+ )?)?(?:\./bin/|/usr/local/bin/)?ward ([a-z]+)(?: ([^|>#&\n]*))?`)

var flagWord = regexp.MustCompile(`(?:^| )(--[a-z][a-z-]*)`)

func TestCommandsInTheDocumentsExist(t *testing.T) {
	known := map[string]string{}
	for _, name := range commands(t) {
		known[name] = help(t, strings.Fields(name)...)
	}
	found := 0
	for _, file := range pages(t) {
		for _, block := range codeBlocks(read(t, filepath.Join(root, file))) {
			for _, m := range shown.FindAllStringSubmatch(block, -1) {
				found++
				name, args := m[1], m[2]
				if word, rest, _ := strings.Cut(args, " "); known[name] == "" {
					name, args = name+" "+word, rest
				}
				text, ok := known[name]
				if !ok {
					t.Errorf("%s: no such command: ward %s", file, name)
				}
				args, _, _ = strings.Cut(args, "   ")
				for _, f := range flagWord.FindAllStringSubmatch(args, -1) {
					if !strings.Contains(text, f[1]) {
						t.Errorf("%s: ward %s has no option %s", file, name, f[1])
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("no command of ward in any page: the pattern is broken")
	}
}

// codeBlocks gives the text between ``` lines.
func codeBlocks(text string) []string {
	var out []string
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 {
			_, body, _ := strings.Cut(part, "\n")
			out = append(out, body)
		}
	}
	return out
}
