package hub

import (
	"log/slog"
	"time"
)

// Options are what a Hub must know to start; everything else is set on its
// pages. The zero value with a Data folder is a good hub for one machine.
type Options struct {
	Data     string // folder of everything the hub keeps
	Database string // postgres://... instead of the SQLite file in Data
	Listen   string // host:port, empty: DefaultListen
	// Hosts are further names and addresses that browsers use. The first one is
	// what links and passkeys are made for.
	Hosts     []string
	Cert, Key string // a given certificate; empty: one of the hub's own authority
	Feeds     string // folder of the feeds, empty: "feeds" in Data
	Offline   bool   // feeds come as bundles only: nothing is fetched
	Proxy     string // for fetching feeds; empty: as the environment says
	// Trust are the public keys of signed bundles that are accepted.
	Trust    []string
	Drop     string   // drop folder, empty: "drop" in Data
	DropKeep bool     // keep what was read in drop/done
	Networks []string // public address ranges of the site itself
	Bus      string   // host:port for sensors, empty: none may come
	// Metrics, where it is not empty, is the bearer token that /metrics wants;
	// empty: only from this machine.
	Metrics string
	Version string
	// Now is the store's clock, nil: time.Now. A demonstration runs in fast time;
	// sign-in and certificates always go by the real clock.
	Now  func() time.Time
	Demo bool
	Log  *slog.Logger // nil: slog.Default
}

// DefaultListen is localhost by name, because passkeys need a name.
const DefaultListen = "localhost:8080"

// Intervals of what the hub does by itself [E].
const (
	feedEvery    = 15 * time.Minute // how often it looks whether a feed is due
	upkeepEvery  = time.Hour        // expired decisions, retention, compaction
	figuresEvery = 30 * time.Second // gauges of the metrics
	shutdownWait = 10 * time.Second // for requests that are under way
)
