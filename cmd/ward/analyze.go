package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

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

func (s *source) request(inputs []string) pipeline.Request {
	return pipeline.Request{Inputs: inputs, Feeds: s.Feeds, Assets: s.Assets, Networks: s.Network, Workers: s.Workers, Version: version}
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
	req := c.request(c.Input)
	req.Hours, req.Digest = c.Hours, c.Format == "json"
	progress := newProgress()
	req.Progress = progress.Show
	closeSessions, err := c.sessions(&req)
	if err != nil {
		return err
	}
	result, err := pipeline.Analyze(ctx, req)
	progress.Clear()
	if closeErr := closeSessions(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := c.print(result); err != nil {
		return err
	}
	return damage(result)
}

// sessions opens the file for --sessions and gives the function that closes it.
func (c *analyzeCmd) sessions(req *pipeline.Request) (func() error, error) {
	if c.Sessions == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(c.Sessions)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	req.Sessions = w
	return func() error {
		if err := w.Flush(); err != nil {
			f.Close()
			return fmt.Errorf("%s: %w", c.Sessions, err)
		}
		return f.Close()
	}, nil
}

func (c *analyzeCmd) print(r *pipeline.Result) (err error) {
	out := os.Stdout
	if c.Output != "" {
		if out, err = os.Create(c.Output); err != nil {
			return err
		}
		defer func() {
			if closeErr := out.Close(); err == nil {
				err = closeErr
			}
		}()
	}
	if c.Format == "json" {
		return report.JSON(out, r)
	}
	return report.Text(out, r, terminalStyle(out))
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
