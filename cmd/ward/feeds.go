package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	feeds "ward/vuln/feed"
)

// feedsCmd keeps the folder of vulnerability feeds fresh, with internet and
// without.
type feedsCmd struct {
	Update feedsUpdateCmd `cmd:"" help:"Fetch what is new from the publishers, verified."`
	List   feedsListCmd   `cmd:"" help:"Show each feed with its age; stale ones are marked."`
	Bundle feedsBundleCmd `cmd:"" help:"Pack the folder into one signed file for a place without internet."`
	Import feedsImportCmd `cmd:"" help:"Take the feeds of a signed bundle; a bad one changes nothing."`
	Undo   feedsUndoCmd   `cmd:"" help:"Put the feeds of before the last import back."`
	Key    feedsKeyCmd    `cmd:"" help:"Make a pair of keys to sign bundles with."`
}

// Help is printed by ward feeds --help.
func (feedsCmd) Help() string {
	return `Feeds tell what is wrong with products (CSAF, NVD), what is being exploited (KEV),
and how likely that is (EPSS, SSVC). They lie as files in one folder, which
ward analyze --feeds DIR reads.

  with internet           ward feeds update
  without: on a machine   ward feeds bundle week.ward --sign clinic.key
    that has internet
  without: in the house   ward feeds import week.ward --trust clinic.pub`
}

// feedsFolder is the folder that all feeds commands work on.
type feedsFolder struct {
	Feeds string `default:"feeds" type:"path" placeholder:"DIR" help:"Folder of the feeds (default: feeds)."`
}

type feedsListCmd struct {
	feedsFolder
	Format string `default:"text" enum:"text,json" help:"text or json."`
}

// Help is printed by ward feeds list --help.
func (feedsListCmd) Help() string {
	return `NEWEST is the newest date inside the feed, CHECKED when its publisher was last asked.
The age counts from the later of the two. A feed is stale after 7 days (KEV, EPSS)
or 30 days (all others); findings that rest on it say so. Exit status 1: one is stale.`
}

// Run lists the feeds.
func (c *feedsListCmd) Run() error {
	now := time.Now()
	ages, err := feeds.Ages(c.Feeds, now)
	if err != nil {
		return fmt.Errorf("%w\nhint: ward feeds update makes the folder; --feeds DIR names another one", err)
	}
	if len(ages) == 0 {
		return fmt.Errorf("no feeds in %s\nhint: ward feeds update fetches them, ward feeds import takes them from a bundle", c.Feeds)
	}
	if c.Format == "json" {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		err = out.Encode(map[string]any{"feeds": ages})
	} else {
		err = printAges(os.Stdout, ages, now)
	}
	if err != nil {
		return err
	}
	for _, a := range ages {
		if a.Stale {
			return errDamaged
		}
	}
	return nil
}

func printAges(w io.Writer, ages []feeds.Age, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tKIND\tRECORDS\tNEWEST\tCHECKED\tAGE\t")
	for _, a := range ages {
		mark := ""
		if a.Stale {
			mark = "STALE: findings that rest on it are less sure; ward feeds update"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", printable(a.Name), a.Kind, a.Records, day(a.Date), day(a.Checked), ageInWords(a.Fresh(), now), mark)
	}
	return t.Flush()
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

// ageInWords says how long ago something was, as one would say it.
func ageInWords(then, now time.Time) string {
	if then.IsZero() {
		return "unknown"
	}
	const day = 24 * time.Hour
	days := int(now.Sub(then) / day)
	switch {
	case days < 1:
		return "today"
	case days == 1:
		return "1 day"
	case days < 21:
		return fmt.Sprintf("%d days", days)
	case days < 60:
		return fmt.Sprintf("%d weeks", days/7)
	case days < 730:
		return fmt.Sprintf("%d months", days/30)
	}
	return fmt.Sprintf("%d years", days/365)
}

// printable makes a name from outside safe for a terminal.
func printable(s string) string {
	out := []rune{}
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}
