package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ward/pipeline"
	feeds "ward/vuln/feed"
	"ward/vuln/feed/fetch"
)

type feedsUpdateCmd struct {
	feedsFolder
	Names    []string          `arg:"" optional:"" name:"name" help:"Feeds to renew (default: all but nvd, which is large)."`
	Nvd      bool              `help:"Also the NVD: some 300 000 records; the first time takes half an hour, or minutes with a key."`
	NvdKey   string            `type:"existingfile" placeholder:"FILE" help:"File that holds the NVD API key."`
	Provider []string          `placeholder:"URL" help:"Also this CSAF provider: a domain (example.com) or the address of its provider-metadata.json. Repeat for more."`
	Source   map[string]string `placeholder:"NAME=URL" help:"Fetch this feed from elsewhere, for instance from a mirror."`
	Mirror   bool              `help:"The places given with --source and --provider may stand inside the network. Else addresses inside are refused."`
	Unsigned bool              `help:"Take documents of trusted providers that have no digest or signature. Wrong ones are always refused."`
	Proxy    string            `placeholder:"URL" help:"Proxy (default: HTTPS_PROXY of the environment)."`
}

// Help is printed by ward feeds update --help.
func (feedsUpdateCmd) Help() string {
	return `Asks each publisher for what is new and stores it in the folder. These are known:

  cisa-csaf     what is wrong with medical and industrial products (CSAF)
  kev           what is being exploited (CISA)
  epss          how likely exploitation is within 30 days (FIRST)
  vulnrichment  CISA's judgement of exploitation, automation, impact (SSVC)
  ieee          who makes the network interfaces (stored for a later refresh)
  nvd           operating systems and software by CPE (--nvd)

What is not as it should be is refused and named, and the former file stays: a wrong
digest or signature, a page of a proxy instead of data, less than half of the former
records, an older revision. Nothing is deleted: what a publisher withdrew is kept and
counted as gone. An update that was stopped goes on where it was.

Only https is spoken, only to the publishers, and nothing about this hospital is sent.

Examples:
  ward feeds update
  ward feeds update kev epss
  ward feeds update --provider siemens-healthineers.com --provider psirt.example
  ward feeds update --source kev=https://mirror.clinic.example/kev.json --mirror kev

Exit status 1: a feed could not be renewed, or a document was refused.`
}

// Run renews the feeds.
func (c *feedsUpdateCmd) Run(ctx context.Context) error {
	sources, err := c.sources()
	if err != nil {
		return err
	}
	bar := newProgress()
	outcomes, err := fetch.Update(ctx, c.Feeds, sources, fetch.Options{
		Proxy: c.Proxy, Version: version,
		Progress: func(p fetch.Progress) {
			if p.Unit == "bytes" {
				bar.Show(pipeline.Progress{Stage: p.Source, Done: p.Done, Total: p.Total})
				return
			}
			bar.count(p)
		},
	})
	bar.Clear()
	if e := printOutcomes(os.Stdout, outcomes); e != nil {
		return e
	}
	if err != nil {
		return fmt.Errorf("%w\nhint: run the same command again, it goes on where it was", err)
	}
	return complain(os.Stderr, outcomes)
}

// sources are the feeds that the command line names.
func (c *feedsUpdateCmd) sources() ([]fetch.Source, error) {
	known := fetch.Defaults()
	for _, p := range c.Provider {
		name, err := providerName(p)
		if err != nil {
			return nil, err
		}
		known = append(known, fetch.Source{Name: name, Kind: feeds.CSAF, URL: p, Private: c.Mirror})
	}
	for i := range known {
		s := &known[i]
		if at, ok := c.Source[s.Name]; ok {
			s.URL, s.Private = at, c.Mirror
			delete(c.Source, s.Name)
		}
		s.Unsigned = c.Unsigned
	}
	for name := range c.Source {
		return nil, fmt.Errorf("--source: no feed is called %s\nhint: cisa-csaf, kev, epss, vulnrichment, ieee, nvd", printable(name))
	}
	if c.NvdKey != "" {
		key, err := os.ReadFile(c.NvdKey)
		if err != nil {
			return nil, err
		}
		for i := range known {
			if known[i].Kind == feeds.NVD {
				known[i].Key = strings.TrimSpace(string(key))
			}
		}
	}
	return c.choose(known)
}

// choose keeps the feeds that are asked for.
func (c *feedsUpdateCmd) choose(known []fetch.Source) ([]fetch.Source, error) {
	var out []fetch.Source
	left := slices.Clone(c.Names)
	for _, s := range known {
		named := slices.Contains(c.Names, s.Name)
		left = slices.DeleteFunc(left, func(n string) bool { return n == s.Name })
		if named || len(c.Names) == 0 && (s.Kind != feeds.NVD || c.Nvd) || s.Kind == feeds.NVD && c.Nvd {
			out = append(out, s)
		}
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("no feed is called %s\nhint: cisa-csaf, kev, epss, vulnrichment, ieee, nvd, or --provider URL", printable(left[0]))
	}
	return out, nil
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// providerName names the folder of a provider after its host.
func providerName(at string) (string, error) {
	full := at
	if !strings.Contains(at, "://") {
		full = "https://" + at
	}
	u, err := url.Parse(full)
	if err != nil || u.Hostname() == "" {
		return "", fmt.Errorf("--provider %s: neither a domain nor a URL", printable(at))
	}
	name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(u.Hostname()), "-"), "-")
	return "csaf-" + name[:min(len(name), 50)], nil
}

func printOutcomes(w io.Writer, outcomes []fetch.Outcome) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, o := range outcomes {
		what := fmt.Sprintf("%d records, newest %s", o.Records, day(o.Date))
		for _, part := range []struct {
			n    int
			text string
		}{{o.Added, "added"}, {o.Renewed, "renewed"}, {o.Refused, "refused"}, {o.Gone, "gone at the publisher, kept"}} {
			if part.n > 0 && (o.State != fetch.Failed || part.text == "added") {
				what += fmt.Sprintf(", %d %s", part.n, part.text)
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", o.Source.Name, o.State, what)
	}
	return t.Flush()
}

// complain names what failed and what was refused.
func complain(w io.Writer, outcomes []fetch.Outcome) error {
	var err error
	for _, o := range outcomes {
		for _, r := range o.Remarks {
			fmt.Fprintf(w, "ward: %s: %s\n", o.Source.Name, printable(r))
		}
		for _, r := range o.Refusals {
			fmt.Fprintf(w, "ward: %s: %s refused: %s\n", o.Source.Name, printable(r.Name), printable(r.Why))
		}
		if more := o.Refused - len(o.Refusals); more > 0 {
			fmt.Fprintf(w, "ward: %s: %d more refused\n", o.Source.Name, more)
		}
		if o.State == fetch.Failed {
			fmt.Fprintf(w, "ward: %s: not renewed: %s\n", o.Source.Name, printable(o.Why))
		}
		if o.State == fetch.Failed || o.Refused > 0 {
			err = errDamaged
		}
	}
	return err
}

// count draws how many documents or records are done.
func (l *progressLine) count(p fetch.Progress) {
	if now := time.Now(); l.on && now.Sub(l.shown) >= progressEvery {
		l.shown = now
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s: %d of %d %s", p.Source, p.Done, p.Total, p.Unit)
	}
}
