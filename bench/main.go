// Command bench measures Ward against named peers on the same input in the same
// run and prints CPU-second ratios with each tool's version and result counts.
// A fast tool that finds less is no win, so both stand side by side.
//
//	go run ./bench                    captures: 10 million simulated packets, and the real captures
//	go run ./bench -packets 1000000   smaller
//	go run ./bench -part match        CVE matching against nvdtools cpe2cve
//	go run ./bench -part traffic      sessions remembered, against plain SQLite rows
//	go run ./bench -part hub          the hub with many devices, rows and users against its bars; not part of "all"
//
// Peers that are not installed are named and left out; scripts/setup-bench
// installs them. Inputs are made once below bench/data and kept.
package main

import (
	"flag"
	"fmt"
	"os"
)

type options struct {
	part     string
	packets  int
	pairs    int
	data     string
	shared   string
	cves     int
	devices  int
	sessions int
	// of the hub
	findings, rollups, users, importPackets int
	exports                                 bool
}

func main() {
	var o options
	flag.StringVar(&o.part, "part", "all", "what to measure: capture, match, traffic, hub or all")
	flag.IntVar(&o.packets, "packets", 10_000_000, "packets of the simulated hospital capture")
	flag.IntVar(&o.pairs, "pairs", 5, "runs of each tool, in turn")
	flag.StringVar(&o.data, "data", "bench/data", "where the inputs are made and kept")
	flag.StringVar(&o.shared, "real", "../shared/data/pcap", "folder of real captures, joined into one")
	flag.IntVar(&o.cves, "cves", 300_000, "CVEs of the made corpus")
	flag.IntVar(&o.devices, "devices", 10_000, "devices of the made inventory")
	flag.IntVar(&o.sessions, "sessions", 10_000_000, "sessions of the traffic store")
	flag.IntVar(&o.findings, "findings", 20, "findings of each device of the hub")
	flag.IntVar(&o.rollups, "rollups", 2_000_000, "rolled-up session rows of the hub")
	flag.IntVar(&o.users, "users", 200, "users of the hub who read at once")
	flag.IntVar(&o.importPackets, "import", 200_000, "packets of the capture that the hub imports; 2 million are 1 GB")
	flag.BoolVar(&o.exports, "exports", false, "ask the hub for whole tables as files, too")
	flag.Parse()
	if len(flag.Args()) > 0 { // a measured child process
		if err := child(flag.Args()); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	if err := os.MkdirAll(o.data, 0o755); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if o.part == "capture" || o.part == "all" {
		if err := captures(o, self); err != nil {
			return err
		}
	}
	if o.part == "match" || o.part == "all" {
		if err := matching(o, self); err != nil {
			return err
		}
	}
	switch o.part {
	case "traffic", "all":
		return trafficPart(o)
	case "hub":
		return hubPart(o)
	}
	return nil
}
