package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/sim"
)

func TestSimulate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "example")
	c := simulateCmd{Out: dir, Seed: 1, Duration: 20 * time.Second, Format: "pcapng", Gzip: true}
	if err := c.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ward.pcapng.gz", "assets.csv", "feeds/kev.json", "feeds/csaf/icsma-20-049-01.json"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth sim.Truth
	if err := json.Unmarshal(b, &truth); err != nil || len(truth.Devices) < 40 || truth.Frames == 0 {
		t.Errorf("truth of %d devices and %d frames, %v", len(truth.Devices), truth.Frames, err)
	}
	if err := c.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a folder with files is not refused: %v", err)
	}
	c.Force = true
	if err := c.Run(context.Background()); err != nil {
		t.Errorf("--force: %v", err)
	}
}

// TestSimulateStopped leaves no half a capture.
func TestSimulateStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	dir := t.TempDir()
	c := simulateCmd{Out: dir, Seed: 1, Format: "pcap"}
	if err := c.Run(ctx); err == nil {
		t.Error("a stopped run reports no error")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}
