package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/gzip"

	"ward/pipeline"
	"ward/sim"
)

type simulateCmd struct {
	Out      string        `help:"Folder to write to." default:"ward-example" placeholder:"DIR"`
	Devices  int           `help:"At least so many devices; 0 is a small ward of about 40." default:"0" placeholder:"N"`
	Duration time.Duration `help:"How long the hospital is watched." default:"15m" placeholder:"D"`
	Packets  uint64        `help:"Fill the duration with the session mix of a busy hospital and stop after so many packets; 0 is no limit." default:"0" placeholder:"N"`
	Seed     uint64        `help:"Another seed gives another hospital, the same seed the same bytes." default:"1" placeholder:"N"`
	Format   string        `help:"Capture format: ${enum}." enum:"pcap,pcapng" default:"pcap"`
	Gzip     bool          `help:"Compress the capture."`
	Force    bool          `help:"Write into a folder that is not empty; files of the same names are replaced."`
}

// Help is printed by ward simulate --help.
func (simulateCmd) Help() string {
	return `Writes DIR/ward.pcap, DIR/truth.json (what is really there), DIR/assets.csv (the
maintenance export, wrong in places as such exports are) and DIR/feeds (a few
advisories that concern the simulated devices, in our own words). No packet is
sent; the patient in it does not exist.

Examples:
  ward simulate --out example                   a small ward, 15 minutes
  ward simulate --out big --devices 10000       a large hospital
  ward simulate --out bench --devices 5000 --packets 10000000 --duration 395s`
}

// Run writes the simulated hospital.
func (c *simulateCmd) Run(ctx context.Context) error {
	hospital, err := sim.New(sim.Config{Seed: c.Seed, Devices: c.Devices, Duration: c.Duration, Packets: c.Packets})
	if err != nil {
		return err
	}
	if err := c.folder(); err != nil {
		return err
	}
	capture := filepath.Join(c.Out, "ward."+c.Format)
	if c.Gzip {
		capture += ".gz"
	}
	var truth sim.Truth
	err = replaceFile(capture, func(w io.Writer) error {
		truth, err = c.play(ctx, hospital, w)
		return err
	})
	if err != nil {
		return err
	}
	feeds, assets := filepath.Join(c.Out, "feeds"), filepath.Join(c.Out, "assets.csv")
	if err := hospital.WriteFeeds(feeds); err != nil {
		return err
	}
	if err := hospital.WriteAssets(assets); err != nil {
		return err
	}
	err = replaceFile(filepath.Join(c.Out, "truth.json"), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(truth)
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d devices, %d packets in %s\nnext: ward analyze --feeds %s --assets %s %s\n", len(truth.Devices), truth.Frames, capture, feeds, assets, capture)
	return nil
}

// folder makes the folder; one with files in it needs --force.
func (c *simulateCmd) folder() error {
	entries, err := os.ReadDir(c.Out)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return os.MkdirAll(c.Out, 0o755)
	case err != nil:
		return err
	case len(entries) > 0 && !c.Force:
		return fmt.Errorf("%s is not empty\nhint: name another folder with --out, or give --force to replace the files of an earlier run", c.Out)
	}
	return nil
}

// play writes the capture, with progress on a terminal.
func (c *simulateCmd) play(ctx context.Context, hospital *sim.Hospital, w io.Writer) (sim.Truth, error) {
	var zip *gzip.Writer
	if c.Gzip {
		zip = gzip.NewWriter(w)
		w = zip
	}
	record := sim.NewRecorder(w, sim.Format(c.Format))
	progress := newProgress()
	defer progress.Clear()
	const often = 4096
	frames := 0
	truth, err := hospital.Write(func(at time.Time, iface int, data []byte) error {
		if frames++; frames%often == 0 {
			if ctx.Err() != nil {
				return errors.New("stopped before the capture was whole; nothing was kept")
			}
			progress.Show(pipeline.Progress{Stage: "simulating", Done: record.Bytes()})
		}
		return record.Frame(at, iface, data)
	})
	if err == nil {
		err = record.Close()
	}
	if err == nil && zip != nil {
		err = zip.Close()
	}
	return truth, err
}
