package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Bars of the hub (issue "The hub", section Bars).
const (
	barPage     = 300 * time.Millisecond // p95 of every page and API call
	barMemory   = 1000.0                 // MB resident at the peak
	barKEV      = 10 * time.Second       // weighing anew after a new KEV file
	barRestart  = 10 * time.Second       // a start after which nothing changed
	barImport   = 0.5                    // of the speed of analyze
	askSeconds  = 20                     // how long users read while an import runs, at least
	askedOfEach = 30                     // requests of each page
)

// line is one row of the table that the part prints at its end.
type line struct{ what, value, bar, verdict string }

// hubRun is one run of the part.
type hubRun struct {
	options
	dir, ward string
	hub       *hubChild
	people    []string // cookies
	examples  [][2]string
	answered  []*address // pages that answered
	table     []line
}

// hubPart fills a hub, lets it read, weigh and answer, and prints what it costs.
func hubPart(o options) error {
	r := &hubRun{options: o, dir: filepath.Join(o.data, "hub")}
	if err := os.RemoveAll(r.dir); err != nil {
		return err
	}
	fmt.Printf("\n## Hub: %d devices, %d findings, %d rolled-up rows, %d users\n\n", o.devices, o.devices*o.findings, o.rollups, o.users)
	defer func() {
		if r.hub != nil {
			r.hub.stop()
		}
	}()
	for _, step := range []struct {
		name string
		do   func() error
	}{{"fill", r.fill}, {"first start", r.firstStart}, {"restart", r.restart}, {"pages", r.pages}, {"KEV", r.exploited},
		{"import", r.imported}, {"users", r.together}, {"memory", r.memory}} {
		begin := time.Now()
		if err := step.do(); err != nil {
			return fmt.Errorf("hub, %s: %w", step.name, err)
		}
		fmt.Printf("- %s: %.1f s\n", step.name, time.Since(begin).Seconds())
	}
	fmt.Println("\n| what | measured | bar | |\n|---|---|---|---|")
	for _, l := range r.table {
		fmt.Printf("| %s | %s | %s | %s |\n", l.what, l.value, l.bar, l.verdict)
	}
	return nil
}

func (r *hubRun) note(what, value, bar string, met bool) {
	verdict := ""
	if bar != "" {
		verdict = map[bool]string{true: "met", false: "**missed**"}[met]
	}
	r.table = append(r.table, line{what, value, bar, verdict})
}

// firstStart imports the maintenance export and waits until all is weighed.
func (r *hubRun) firstStart() error {
	if err := r.start(); err != nil {
		return err
	}
	took, err := r.hub.ask("import", filepath.Join(r.dir, "assets.csv"))
	if err != nil {
		return err
	}
	r.note("maintenance export read, folded and assessed for the first time", fmt.Sprintf("%.1f s, %.1f CPU-s", took.All, took.CPU), "", true)
	return nil
}

func (r *hubRun) start() error {
	var err error
	r.hub, err = startHub(r.dir)
	return err
}

// restart starts again with nothing changed.
func (r *hubRun) restart() error {
	if err := r.hub.stop(); err != nil {
		return err
	}
	begin := time.Now()
	if err := r.start(); err != nil {
		return err
	}
	answer, err := r.hub.ask("wait", "")
	if err != nil {
		return err
	}
	took := time.Since(begin)
	r.note("restart, until everything is assessed", fmt.Sprintf("%.1f s, %.1f CPU-s, %d devices assessed", took.Seconds(), answer.Total, answer.Devices), "< 10 s", took < barRestart)
	return nil
}

// exploited lets KEV name the flaw that two of five devices have.
func (r *hubRun) exploited() error {
	if err := writeKEV(filepath.Join(r.dir, "feeds"), sharedFlaw); err != nil {
		return err
	}
	took, err := r.hub.ask("feeds", "")
	if err != nil {
		return err
	}
	r.note(fmt.Sprintf("a new KEV file that concerns %d devices", took.Devices), fmt.Sprintf("%.1f s, %.1f CPU-s", took.All, took.CPU), "< 10 s", took.All < barKEV.Seconds())
	return nil
}

// imported compares the import of a capture with analyze on the same file.
func (r *hubRun) imported() error {
	file, err := simulated(options{data: r.data, packets: r.importPackets}, r.ward)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	analyze := tool{command: func(string) []string { return []string{r.ward, "analyze", file} }, count: func(string, string) string { return "" }, name: "ward"}
	alone, _, err := analyze.measure()
	if err != nil {
		return err
	}
	took, err := r.hub.ask("import", file)
	if err != nil {
		return err
	}
	ratio := alone.wall.Seconds() / took.Read
	r.note(fmt.Sprintf("import of a capture of %d MB against analyze", info.Size()/1e6),
		fmt.Sprintf("%.2f of its speed (%.1f s against %.1f s; %.1f s until folded and assessed)", ratio, took.Read, alone.wall.Seconds(), took.All), ">= 0.5", ratio >= barImport)
	return nil
}

func (r *hubRun) memory() error {
	took, err := r.hub.ask("usage", "")
	if err != nil {
		return err
	}
	r.note("resident memory of the hub at the peak", fmt.Sprintf("%.0f MB", took.Peak), "< 1000 MB", took.Peak < barMemory)
	return nil
}

// told is the hub's answer to one command.
type told struct {
	Read, All, CPU float64 // seconds
	Total          float64 // CPU seconds of the process
	Peak           float64 // MB
	Devices        int
	Error          string
}

// hubChild is a hub in a process of its own.
type hubChild struct {
	command *exec.Cmd
	in      *json.Encoder
	out     *json.Decoder
	base    string
	close   func() error
	errors  bytes.Buffer
}

// startHub starts the hub and waits until it answers.
func startHub(dir string) (*hubChild, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &hubChild{command: exec.Command(self, "hub", dir)}
	c.command.Stderr = &c.errors
	in, err := c.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in, c.out, c.close = json.NewEncoder(in), json.NewDecoder(out), in.Close
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	if err := c.out.Decode(&c.base); err != nil {
		return nil, fmt.Errorf("the hub did not start: %w\n%s", err, tail(c.errors.String()))
	}
	return c, nil
}

// ask gives the hub a command and waits for the answer.
func (c *hubChild) ask(verb, argument string) (told, error) {
	var answer told
	if err := c.in.Encode([2]string{verb, argument}); err != nil {
		return answer, err
	}
	if err := c.out.Decode(&answer); err != nil {
		return answer, fmt.Errorf("the hub ended: %w\n%s", err, tail(c.errors.String()))
	}
	if answer.Error != "" {
		return answer, fmt.Errorf("%s %s: %s", verb, argument, answer.Error)
	}
	return answer, nil
}

func (c *hubChild) stop() error {
	c.close()
	return c.command.Wait()
}
