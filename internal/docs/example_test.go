package docs

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"ward/pipeline"
	"ward/report"
)

// example is the analysis of the ward that `ward simulate` makes, as the pages
// show it: run in an empty folder with the paths that a reader types.
type example struct {
	simulated string // what ward simulate printed
	text      string // what ward analyze prints
	explained string // what ward explain prints for the first finding
	hours     string // the first line of ward analyze --hours 4
	document  string // what ward analyze --format json prints
	sessions  string // what it writes for --sessions
}

// exampleDevice and exampleFlaw are the first line of the example's worklist.
const (
	exampleDevice = "B-1038"
	exampleFlaw   = "CVE-2019-0708"
)

var once struct {
	sync.Mutex
	made *example
}

// analysed makes the example once.
func analysed(t *testing.T) *example {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	if once.made != nil {
		return once.made
	}
	path, err := program()
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(t.TempDir()); err != nil { // the paths that a reader types
		t.Fatal(err)
	}
	defer os.Chdir(here)
	out, err := exec.Command(path, "simulate", "--out", "example").Output()
	if err != nil {
		t.Fatalf("ward simulate: %v", err)
	}
	made := &example{simulated: string(out)}
	var document, sessions bytes.Buffer
	req := pipeline.Request{Inputs: []string{"example/ward.pcap"}, Feeds: "example/feeds", Assets: "example/assets.csv", Sessions: &sessions}
	result, err := pipeline.Analyze(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	style := report.Style{Width: 80}
	var text, explained, hours bytes.Buffer
	if err := report.Text(&text, result, style); err != nil {
		t.Fatal(err)
	}
	if err := report.Explain(&explained, result, exampleDevice, exampleFlaw, style); err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(&document, result); err != nil {
		t.Fatal(err)
	}
	made.document, made.sessions = document.String(), sessions.String()
	req.Hours, req.Sessions = 4, nil
	if result, err = pipeline.Analyze(t.Context(), req); err == nil {
		err = report.Text(&hours, result, style)
	}
	if err != nil {
		t.Fatal(err)
	}
	made.text, made.explained, made.hours = trimmed(text.String()), trimmed(explained.String()), trimmed(hours.String())
	if !strings.Contains(first(t, made.text, 1), exampleFlaw) {
		t.Fatalf("the first line of the example's worklist is not %s: the tutorial tells of it\n%s", exampleFlaw, made.text)
	}
	once.made = made
	return made
}

// entry begins an action of the worklist: "  1. ACT NOW".
const entry = `^ {1,3}\d+\. `

// between gives the lines from the first that fits one pattern up to the next
// that fits another.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	start, end := regexp.MustCompile(from), regexp.MustCompile(to)
	var out []string
	for line := range strings.Lines(text) {
		if len(out) > 0 && end.MatchString(line) {
			break
		}
		if len(out) > 0 || start.MatchString(line) {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no line of the output fits %q:\n%s", from, text)
	}
	return strings.Join(out, "")
}

// first gives the first n actions of the worklist.
func first(t *testing.T, text string, n int) string {
	t.Helper()
	list := between(t, text, entry, "^$|^  and ")
	next := regexp.MustCompile("(?m)"+entry).FindAllStringIndex(list, n+1)
	if len(next) <= n {
		return list
	}
	return list[:next[n][0]]
}

// block sets lines as a terminal shows them, after a command.
func block(command string, lines ...string) string {
	if command != "" {
		command = "$ " + command + "\n"
	}
	return "```text\n" + command + strings.Join(lines, "") + "```\n"
}

const analyzeExample = "ward analyze --feeds example/feeds --assets example/assets.csv example/ward.pcap"

// firstAnalysis are the generated parts of the tutorial.
func firstAnalysis(t *testing.T) []string {
	e := analysed(t)
	return []string{
		block("ward simulate --out example", e.simulated),
		block(analyzeExample, "WHAT TO DO FIRST\n", first(t, e.text, 1), "...\n"),
		block("", between(t, e.text, "^WHAT IS THERE", "^  T1 "), "...\n"),
		block("", between(t, e.text, "^WHAT THIS RESTS ON", "^$")),
		block("ward explain --feeds example/feeds --assets example/assets.csv "+exampleDevice+" "+exampleFlaw+" example/ward.pcap",
			"...\n", between(t, e.explained, "^  "+exampleFlaw, "^$")),
		block(strings.Replace(analyzeExample, "analyze", "analyze --hours 4", 1), between(t, e.hours, "^WHAT TO DO FIRST", entry), "...\n"),
	}
}

// pictured is how many lines of devices the README shows.
const pictured = 5

// picture is the generated part of README.md.
func picture(t *testing.T) []string {
	e := analysed(t)
	devices := strings.SplitAfter(between(t, e.text, "^WHAT IS THERE", "^$"), "\n")
	return []string{block(analyzeExample, "WHAT TO DO FIRST\n", first(t, e.text, 2), "...\n\n",
		strings.Join(devices[:min(pictured, len(devices))], ""), "...\n",
		between(t, e.text, "^WHAT THIS RESTS ON", "^  !|^$"))}
}
