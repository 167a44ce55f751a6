package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	"ward/pipeline"
	"ward/report"
)

type explainCmd struct {
	source
	Device string   `arg:"" help:"Device: id, asset id, MAC, address, host name, serial or AE title."`
	Rest   []string `arg:"" optional:"" name:"cve-or-input" help:"A CVE or advisory id, then the same INPUT as for analyze."`
}

// Help is printed by ward explain --help.
func (explainCmd) Help() string {
	return `Analyses the same input again and shows the whole chain of reasons for one device:
what it is and how we know, what it offers, what is wrong with it. With a CVE or an
advisory id it shows each factor of the score with its evidence, or why the
advisory does not match.

Examples:
  ward explain --feeds feeds 10.20.3.17 ward3.pcapng
  ward explain --feeds feeds --assets cmms.csv B-1047 CVE-2019-0708 ward3.pcapng
  ward explain --feeds feeds --assets cmms.csv B-1047 ICSMA-20-049-01`
}

// identifier is how CVE and advisory ids look.
var identifier = regexp.MustCompile(`^(?i:CVE-\d{4}-\d{4,}|[A-Z]{2,10}-\d{2,4}-[\w-]+|SSA-\d+)$`)

// Run explains.
func (c *explainCmd) Run(ctx context.Context) error {
	id, inputs := c.split()
	if len(inputs) == 0 && c.Assets == "" {
		return fmt.Errorf("nothing to analyse\nhint: ward explain DEVICE [CVE] INPUT: name the same input as for analyze, or give --assets FILE")
	}
	progress := newProgress()
	req := c.request(inputs)
	req.Progress = progress.Show
	result, err := pipeline.Analyze(ctx, req)
	progress.Clear()
	if err != nil {
		return err
	}
	if err := report.Explain(os.Stdout, result, c.Device, id, terminalStyle(os.Stdout)); err != nil {
		return err
	}
	return damage(result)
}

// split takes the CVE or advisory id out of the arguments, wherever it stands;
// a file of that name is an input.
func (c *explainCmd) split() (id string, inputs []string) {
	for _, arg := range c.Rest {
		if _, err := os.Stat(arg); id == "" && err != nil && identifier.MatchString(arg) {
			id = arg
			continue
		}
		inputs = append(inputs, arg)
	}
	return id, inputs
}
