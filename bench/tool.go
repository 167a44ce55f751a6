package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
)

// tool is one program that is measured as a whole process.
type tool struct {
	name    string
	version []string                        // command that prints the version
	command func(dir string) []string       // dir is empty and thrown away
	count   func(dir, output string) string // output is what it printed, as far as maxOutput
	goal    float64                         // Ward must be this many times as fast; for the floor, 1/goal
}

// sample is the operating system's account of one finished run.
type sample struct {
	cpu  time.Duration // user and system
	wall time.Duration
	rss  int64 // bytes at the peak
}

// measure runs the tool once.
func (t *tool) measure() (s sample, result string, err error) {
	dir, err := os.MkdirTemp("", "ward-bench-")
	if err != nil {
		return s, "", err
	}
	defer os.RemoveAll(dir)
	args := t.command(dir)
	cmd := exec.Command(args[0], args[1:]...)
	// Output goes to a file: what the parent holds would count as the next
	// child's peak memory.
	out, err := os.Create(filepath.Join(dir, printed))
	if err != nil {
		return s, "", err
	}
	defer out.Close()
	var errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &errOut
	begin := time.Now()
	err = cmd.Run()
	s.wall = time.Since(begin)
	if state := cmd.ProcessState; state != nil {
		s.cpu = state.UserTime() + state.SystemTime()
		if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
			s.rss = usage.Maxrss * 1024
		}
		if state.ExitCode() == 1 && t.name == "ward" { // worked, with damaged parts
			err = nil
		}
	}
	if err != nil {
		return s, "", fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail(errOut.String()))
	}
	head := make([]byte, maxOutput)
	n, _ := out.ReadAt(head, 0)
	return s, t.count(dir, string(head[:n])), nil
}

// printed is the name of the file that holds what a tool printed.
const printed = "printed"

// maxOutput is how much of it is looked at as text.
const maxOutput = 4 << 20

// lines counts the lines that a tool printed, and those that contain a word.
func lines(dir, word string) int {
	f, err := os.Open(filepath.Join(dir, printed))
	if err != nil {
		return 0
	}
	defer f.Close()
	n := 0
	for r := bufio.NewReaderSize(f, 1<<20); ; {
		line, err := r.ReadSlice('\n')
		if err == io.EOF {
			return n
		}
		if err == nil && bytes.Contains(line, []byte(word)) {
			n++
		}
	}
}

// installed tells whether the tool is there, and its version.
func (t *tool) installed() (string, bool) {
	if _, err := exec.LookPath(t.version[0]); err != nil {
		return "", false
	}
	out, _ := exec.Command(t.version[0], t.version[1:]...).CombinedOutput()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(line), true
}

// compare runs all tools in turn, pairs times, after one run of each to warm
// the page cache, and prints one row for each.
func compare(title string, tools []tool, pairs int) error {
	fmt.Printf("\n## %s\n\n", title)
	tools = present(tools)
	samples := make([][]sample, len(tools))
	results := make([]string, len(tools))
	crashed := make([]bool, len(tools))
	for round := -1; round < pairs; round++ {
		for i := range tools {
			if crashed[i] {
				continue
			}
			s, result, err := tools[i].measure()
			switch {
			case err != nil && i == 0:
				return err
			case err != nil: // a peer's crash is a result
				crashed[i], result = true, "did not survive: "+strings.SplitN(err.Error(), "\n", 2)[0]
			}
			results[i] = result
			if round >= 0 && err == nil {
				samples[i] = append(samples[i], s)
			}
		}
	}
	fmt.Println("| tool | CPU-s median (min-max) | wall s | peak MB | ratio to Ward, median (min-max) | goal | result |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for i := range tools {
		row(&tools[i], samples[i], samples[0], results[i])
	}
	return nil
}

func present(tools []tool) []tool {
	var out []tool
	for _, t := range tools {
		version, ok := t.installed()
		if !ok {
			fmt.Printf("- %s is not installed: left out\n", t.name)
			continue
		}
		fmt.Printf("- %s: %s\n", t.name, version)
		out = append(out, t)
	}
	fmt.Println()
	return out
}

func row(t *tool, mine, ward []sample, result string) {
	if len(mine) == 0 {
		fmt.Printf("| %s | | | | | | %s |\n", t.name, result)
		return
	}
	var cpu, wall, rss, ratio []float64
	for i := range mine {
		cpu = append(cpu, mine[i].cpu.Seconds())
		wall = append(wall, mine[i].wall.Seconds())
		rss = append(rss, float64(mine[i].rss)/1e6)
		ratio = append(ratio, mine[i].cpu.Seconds()/ward[i].cpu.Seconds())
	}
	goal := ""
	if t.goal > 0 {
		goal = fmt.Sprintf(">= %.3g", t.goal)
		if median(ratio) < t.goal {
			goal += " MISSED"
		}
	}
	fmt.Printf("| %s | %s | %.2f | %.0f | %s | %s | %s |\n", t.name, spread(cpu), median(wall), median(rss), spread(ratio), goal, result)
}

func spread(v []float64) string {
	sort.Float64s(v)
	return fmt.Sprintf("%.2f (%.2f-%.2f)", median(v), v[0], v[len(v)-1])
}

func median(v []float64) float64 {
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	return s[len(s)/2]
}

func tail(text string) string {
	return text[max(0, len(text)-2000):]
}
