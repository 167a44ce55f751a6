package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"ward/pipeline"
	"ward/report"
)

// source is what analyze and explain read alike.
type source struct {
	Feeds   string   `help:"Folder of vulnerability feeds, any mix: CSAF, NVD, CVE, KEV, EPSS, SSVC (.json, .csv, .gz, .zst, .zip)." placeholder:"DIR"`
	Assets  string   `help:"Maintenance export (CMMS) as CSV; without INPUT it is assessed alone." placeholder:"FILE"`
	Network []string `help:"Public address range of the site itself, so that it is not taken for the internet (repeatable)." placeholder:"CIDR"`
	Workers int      `help:"Packet workers; 0 means one for each processor, at most 4." default:"0" placeholder:"N"`
}

// request reads each input once, however often it is named.
func (s *source) request(inputs []string) pipeline.Request {
	var once []string
	for _, in := range inputs {
		if !slices.ContainsFunc(once, func(o string) bool { return sameInput(o, in) }) {
			once = append(once, in)
		}
	}
	inputs = once
	return pipeline.Request{Inputs: inputs, Feeds: s.Feeds, Assets: s.Assets, Networks: s.Network, Workers: s.Workers, Version: version}
}

// sameInput tells whether two names are those of one file.
func sameInput(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

type analyzeCmd struct {
	source
	Format   string   `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	Hours    float64  `help:"Hours of work you have: marks the actions that remove most risk in them." placeholder:"N"`
	Sessions string   `help:"Also write each session as one line of JSON to FILE." placeholder:"FILE"`
	Output   string   `help:"Write the result to FILE instead of standard output." short:"o" placeholder:"FILE"`
	Input    []string `arg:"" optional:"" help:"Captures (pcap, pcapng, also .gz and .zst, - for standard input), a folder of Zeek logs, or a Suricata eve.json."`
}

// Help is printed by ward analyze --help.
func (analyzeCmd) Help() string {
	return `Nothing is sent, nothing is stored but what you ask for, no patient data is read.

Examples:
  ward analyze --feeds feeds ward3.pcapng
  ward analyze --feeds feeds --assets cmms.csv --hours 8 tap1.pcap.gz tap2.pcap.gz
  ward analyze --feeds feeds --assets cmms.csv            the inventory alone
  ward analyze --format json zeek-logs/ > result.json
  tcpdump -i mirror0 -w - | ward analyze -

Exit status: 0 worked, 1 worked but some part was damaged or unreadable, 2 nothing
could be analysed or the command line is wrong. Ctrl-C ends with the result so far.`
}

// Run analyses and prints.
func (c *analyzeCmd) Run(ctx context.Context) error {
	if len(c.Input) == 0 && c.Assets == "" {
		return fmt.Errorf("nothing to analyse\nhint: name a capture, a folder of Zeek logs or an eve.json, or give --assets FILE")
	}
	if c.Hours < 0 || math.IsNaN(c.Hours) {
		return fmt.Errorf("--hours %v is no working time\nhint: give the hours you have, for example --hours 8", c.Hours)
	}
	req := c.request(c.Input)
	req.Hours, req.Digest = c.Hours, c.Format == "json"
	files, err := c.files()
	if err != nil {
		return err
	}
	defer files.discard()
	if files.sessions != nil {
		req.Sessions = files.sessions
	}
	progress := newProgress()
	req.Progress = progress.Show
	result, err := pipeline.Analyze(ctx, req)
	progress.Clear()
	if err != nil {
		return err
	}
	if err := c.print(result, files); err != nil {
		return err
	}
	if err := files.close(); err != nil {
		return err
	}
	return damage(result)
}

// files are what analyze writes beside standard output; nil where not asked for.
type files struct{ sessions, result *output }

// files begins the files before the work, so that a wrong name costs no time.
func (c *analyzeCmd) files() (f files, err error) {
	inputs := append([]string{c.Assets, c.Feeds}, c.Input...)
	if c.Sessions != "" {
		if f.sessions, err = create(c.Sessions, inputs...); err != nil {
			return f, err
		}
	}
	if c.Output != "" && c.Output != "-" {
		if filepath.Clean(c.Output) == filepath.Clean(c.Sessions) {
			err = errors.New("--output and --sessions name the same file")
		} else {
			f.result, err = create(c.Output, inputs...)
		}
		if err != nil {
			f.discard()
		}
	}
	return f, err
}

func (f *files) close() error {
	for _, o := range []**output{&f.sessions, &f.result} {
		if *o != nil {
			err := (*o).Close()
			*o = nil
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// discard gives up what was not closed.
func (f *files) discard() {
	for _, o := range []*output{f.sessions, f.result} {
		if o != nil {
			o.Discard()
		}
	}
}

func (c *analyzeCmd) print(r *pipeline.Result, f files) error {
	var out io.Writer = os.Stdout
	style := terminalStyle(os.Stdout)
	if f.result != nil {
		out, style = f.result, terminalStyle(f.result.f)
	}
	if c.Format == "json" {
		return report.JSON(out, r)
	}
	return report.Text(out, r, style)
}

// damage names what could not be read on standard error.
func damage(r *pipeline.Result) error {
	for _, text := range r.Damage {
		fmt.Fprintf(os.Stderr, "ward: %s\n", text)
	}
	if len(r.Damage) > 0 {
		return errDamaged
	}
	return nil
}
