package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Goals of P1: CPU seconds of the peer divided by Ward's. The floor does no work
// beyond headers and a flow table, Ward may take five times as long.
const (
	overSuricata = 3
	overNDPI     = 4
	overTshark   = 12
	ofFloor      = 0.2
)

// captures compares on a simulated hospital and on the real captures.
func captures(o options, self string) error {
	ward, err := buildWard(o)
	if err != nil {
		return err
	}
	hospital, err := simulated(o, ward)
	if err != nil {
		return err
	}
	if err := compare(fmt.Sprintf("Captures: simulated hospital, %d packets", o.packets), captureTools(ward, self, hospital), o.pairs); err != nil {
		return err
	}
	if err := workers(ward, hospital, o.pairs); err != nil {
		return err
	}
	real, err := joined(o)
	if err != nil {
		fmt.Printf("\nreal captures left out: %v\n", err)
		return nil
	}
	return compare("Captures: the real ones joined", captureTools(ward, self, real), o.pairs)
}

func buildWard(o options) (string, error) {
	path := filepath.Join(o.data, "ward")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/ward")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return filepath.Abs(path)
}

// simulated makes the hospital capture once.
func simulated(o options, ward string) (string, error) {
	dir := filepath.Join(o.data, fmt.Sprintf("hospital-%d", o.packets))
	file := filepath.Join(dir, "ward.pcap")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	fmt.Printf("making %s\n", file)
	cmd := exec.Command(ward, "simulate", "--out", dir, "--packets", fmt.Sprint(o.packets), "--devices", "5000", "--force")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("ward simulate: %w\n%s", err, out)
	}
	return file, nil
}

func captureTools(ward, self, file string) []tool {
	return []tool{
		{name: "ward", version: []string{ward, "version"}, command: func(string) []string { return []string{ward, "analyze", "--workers", "1", file} },
			count: func(_, out string) string { return wardResult(out) }},
		{name: "floor: Go reader, flow table", version: []string{self, "version"}, goal: ofFloor,
			command: func(string) []string { return []string{self, "floor", file} },
			count:   func(_, out string) string { return strings.TrimSpace(out) }},
		{name: "Suricata, no rules", version: []string{"suricata", "-V"}, goal: overSuricata,
			command: func(dir string) []string {
				return []string{"suricata", "-c", "/etc/suricata/suricata.yaml", "-S", "/dev/null", "-r", file, "-l", dir, "-k", "none", "--runmode", "single"}
			},
			count: func(dir, _ string) string { return suricataResult(filepath.Join(dir, "eve.json")) }},
		{name: "nDPI reader", version: []string{"ndpiReader", "-h"}, goal: overNDPI,
			command: func(string) []string { return []string{"ndpiReader", "-i", file} },
			count:   func(_, out string) string { return field(out, "Unique flows:") + " flows" }},
		{name: "argus", version: []string{"argus", "-h"},
			command: func(dir string) []string { return []string{"argus", "-r", file, "-w", filepath.Join(dir, "out.argus")} },
			count:   func(dir, _ string) string { return size(filepath.Join(dir, "out.argus")) }},
		{name: "tshark, conversations", version: []string{"tshark", "--version"}, goal: overTshark,
			command: func(string) []string {
				return []string{"tshark", "-n", "-r", file, "-q", "-z", "conv,tcp", "-z", "conv,udp"}
			},
			count: func(dir, _ string) string { return fmt.Sprintf("%d conversations", lines(dir, "<->")) }},
	}
}

// workers compares two packet workers with one, in wall time.
func workers(ward, file string, pairs int) error {
	var ratios []float64
	for range pairs {
		var wall [2]float64
		for i, n := range []string{"1", "2"} {
			t := tool{name: "ward", command: func(string) []string { return []string{ward, "analyze", "--workers", n, file} }, count: func(string, string) string { return "" }}
			s, _, err := t.measure()
			if err != nil {
				return err
			}
			wall[i] = s.wall.Seconds()
		}
		ratios = append(ratios, wall[0]/wall[1])
	}
	fmt.Printf("\nTwo workers over one, wall time: %s, goal >= 1.7\n", spread(ratios))
	return nil
}

func wardResult(out string) string {
	for _, line := range strings.Split(out, "\n") {
		if strings.Contains(line, "sessions") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// suricataResult counts the flows and the services in eve.json.
func suricataResult(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	flows, named := 0, 0
	for dec := json.NewDecoder(f); dec.More(); {
		var e struct {
			Type string `json:"event_type"`
			App  string `json:"app_proto"`
		}
		if dec.Decode(&e) != nil {
			break
		}
		if e.Type == "flow" {
			flows++
			if e.App != "" && e.App != "failed" {
				named++
			}
		}
	}
	return fmt.Sprintf("%d flows, %d with a protocol", flows, named)
}

func field(out, label string) string {
	_, rest, ok := strings.Cut(out, label)
	if !ok {
		return "?"
	}
	return strings.Fields(rest)[0]
}

func size(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d MB of flow records", info.Size()/1e6)
}
