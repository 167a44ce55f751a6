package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"ward/config"
	"ward/hub"
)

// memoryLimit keeps the hub below 1 GB resident: the collector works harder
// near it, nothing is refused. GOMEMLIMIT in the environment wins.
const memoryLimit = 700 << 20

// serveCmd runs the hub.
type serveCmd struct {
	Data     string   `env:"WARD_DATA" placeholder:"DIR" help:"Folder of everything the hub keeps (default: ~/.local/share/ward)."`
	Listen   string   `env:"WARD_LISTEN" default:"localhost:8080" placeholder:"HOST:PORT" help:"Where browsers reach the hub. Beyond localhost it speaks TLS."`
	Host     []string `env:"WARD_HOST" placeholder:"NAME" help:"Names browsers use, the first for links and passkeys."`
	TLSCert  string   `env:"WARD_TLS_CERT" type:"existingfile" placeholder:"FILE" help:"A given certificate (PEM), instead of one of the hub's own authority."`
	TLSKey   string   `env:"WARD_TLS_KEY" type:"existingfile" placeholder:"FILE" help:"Its key (PEM)."`
	Database string   `env:"WARD_DATABASE" placeholder:"URL" help:"postgres://... instead of the SQLite file in the data folder."`
	Feeds    string   `env:"WARD_FEEDS" type:"path" placeholder:"DIR" help:"Folder of the vulnerability feeds (default: feeds in the data folder)."`
	Offline  bool     `env:"WARD_OFFLINE" help:"Fetch nothing: feeds come as signed bundles."`
	Proxy    string   `env:"WARD_PROXY" placeholder:"URL" help:"Proxy for fetching feeds (default: HTTPS_PROXY)."`
	Trust    []string `env:"WARD_TRUST" placeholder:"FILE" type:"existingfile" help:"Public keys (ward feeds key) whose bundles are accepted."`
	Drop     string   `env:"WARD_DROP" type:"path" placeholder:"DIR" help:"Drop folder: what is put into it is read (default: drop in the data folder)."`
	DropKeep bool     `help:"Move what was read from the drop folder to done/ instead of deleting it."`
	Network  []string `placeholder:"PREFIX" help:"Public address range of the site itself; repeatable."`
	Sensors  string   `env:"WARD_SENSORS" placeholder:"HOST:PORT" help:"Where sensors reach the hub (mutual TLS); default: nowhere."`
	Metrics  string   `name:"metrics-token" env:"WARD_METRICS_TOKEN" placeholder:"TOKEN" help:"Bearer token for /metrics; without one only this machine may read it."`
	Verbose  bool     `short:"v" help:"Log every request."`
}

// Help is printed by ward serve --help.
func (serveCmd) Help() string {
	return `The hub keeps what captures, logs and feeds tell, shows it in the browser and lets a team
work on it. Everything is in one data folder; nothing else has to be installed.

  ward serve                                  on this machine, http://localhost:8080
  ward serve --listen :8443 --host ward.example.org
                                              for the house, with TLS of the hub's own authority
  ward serve --database postgres://...        on PostgreSQL

The first start prints a link that makes the first administrator; it works once and for an hour.`
}

// Run serves until Ctrl-C.
func (c *serveCmd) Run(ctx context.Context) error {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	h, err := hub.New(ctx, o)
	if err != nil {
		return err
	}
	link, err := h.FirstRunLink(ctx)
	if err != nil {
		h.Close()
		return err
	}
	c.greet(h, link)
	return h.Run(ctx)
}

func (c *serveCmd) options() (hub.Options, error) {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return hub.Options{}, fmt.Errorf("--tls-cert and --tls-key belong together")
	}
	data := c.Data
	if data == "" {
		var err error
		if data, err = config.DataDir(); err != nil {
			return hub.Options{}, err
		}
	}
	var trust []string
	for _, path := range c.Trust {
		b, err := os.ReadFile(path)
		if err != nil {
			return hub.Options{}, err
		}
		trust = append(trust, strings.TrimSpace(string(b)))
	}
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelInfo
	}
	return hub.Options{Data: data, Database: c.Database, Listen: c.Listen, Hosts: c.Host, Cert: c.TLSCert, Key: c.TLSKey, Feeds: c.Feeds, Offline: c.Offline,
		Proxy: c.Proxy, Trust: trust, Drop: c.Drop, DropKeep: c.DropKeep, Networks: c.Network, Bus: c.Sensors, Metrics: c.Metrics, Version: version,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))}, nil
}

// greet says where the hub is and what to do first.
func (c *serveCmd) greet(h *hub.Hub, link string) {
	fmt.Printf("Ward is at %s\n", h.Base)
	fmt.Printf("  data         %s\n  drop folder  %s\n", h.Data, h.Drop)
	if link != "" {
		fmt.Printf("\nNobody can sign in yet. Open this once, within an hour, to make the first administrator:\n  %s\n", link)
	}
	if h.Base.Scheme == "https" && c.TLSCert == "" {
		fmt.Printf("\nBrowsers do not know the hub's own authority yet: see %s/install-ca\nThe words that page must show: %s\n", h.Base, h.AuthorityWords())
	}
	fmt.Println("\nCtrl-C stops it.")
}
