package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ward/people"
	"ward/store"
	"ward/web/auth"
)

type peopleCmd struct {
	List peopleListCmd `cmd:"" help:"Show who may sign in, and with what."`
	Link peopleLinkCmd `cmd:"" help:"Make a one-time link for somebody who cannot sign in any more."`
}

type peopleListCmd struct{ place }

// Run lists the people. The hub may be running.
func (c *peopleListCmd) Run(ctx context.Context) error {
	s, _, err := c.read(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	all, err := s.Persons(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Println("Nobody yet. ward people link makes the link for the first administrator.")
		return nil
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "E-MAIL\tNAME\tROLES\tSIGNS IN WITH\tLAST SEEN")
	for _, p := range all {
		var roles []string
		for _, r := range p.Roles {
			roles = append(roles, string(r))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", printable(p.Email), printable(p.Name), strings.Join(roles, ","), signsInWith(&p), day(p.Seen))
	}
	return t.Flush()
}

// signsInWith names the ways in.
func signsInWith(p *people.Person) string {
	if p.Disabled {
		return "disabled"
	}
	var ways []string
	if p.Password {
		ways = append(ways, "password")
	}
	if p.TOTP {
		ways = append(ways, "code")
	}
	if p.Passkeys > 0 {
		ways = append(ways, fmt.Sprintf("%d passkeys", p.Passkeys))
	}
	if p.OIDC != "" {
		ways = append(ways, "single sign-on")
	}
	if len(ways) == 0 {
		return "nothing yet"
	}
	return strings.Join(ways, ", ")
}

type peopleLinkCmd struct {
	place
	Email string `arg:"" optional:"" help:"Who shall start anew. Without one: the first administrator, while there is none."`
	Base  string `default:"http://localhost:8080" placeholder:"URL" help:"How browsers reach the hub."`
}

// Help is printed by ward people link --help.
func (peopleLinkCmd) Help() string {
	return `Prints a link that works once and for an hour.

  ward people link                       nobody is there yet: makes the first administrator
  ward people link anna@example.org      Anna lost password and second factor: whoever opens
                                         the link sets them anew; the old ones, her sessions
                                         and tokens end

The hub must be stopped for that moment: only one process writes to a store. While it
runs, an administrator makes the same link on the page People. It is written into the
audit trail.`
}

// cliActor is the actor of what is done on the command line.
var cliActor = store.Actor{ID: "cli", Name: "command line"}

// Run makes the link.
func (c *peopleLinkCmd) Run(ctx context.Context) error {
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return errors.New("--base: write the address of the hub, for example https://ward.example.org:8443")
	}
	s, err := c.write(ctx)
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("%w\nhint: either stop the hub, run this again and start it; or, while it runs, let an administrator open the page People, choose the person and press \"Make a recovery link\"", err)
	}
	if err != nil {
		return err
	}
	defer s.Close()
	link, err := c.link(ctx, s, base)
	if err != nil {
		return err
	}
	fmt.Println(link)
	fmt.Fprintln(os.Stderr, "ward: the link works once, until "+time.Now().Add(store.LinkShort).Format("15:04")+"; start the hub and open it")
	return nil
}

func (c *peopleLinkCmd) link(ctx context.Context, s *store.Store, base *url.URL) (string, error) {
	if c.Email != "" {
		link, err := auth.RecoveryLink(ctx, s, base, c.Email, time.Now(), cliActor)
		if errors.Is(err, store.ErrNotFound) {
			err = fmt.Errorf("nobody has the e-mail address %s\nhint: ward people list shows who is there", printable(c.Email))
		}
		return link, err
	}
	link, err := auth.FirstRunLink(ctx, s, base, time.Now())
	if err != nil || link != "" {
		return link, err
	}
	all, err := s.Persons(ctx)
	if err != nil {
		return "", err
	}
	var who []string
	for _, p := range all {
		if !p.Disabled && slices.Contains(p.Roles, people.Administrator) {
			who = append(who, printable(p.Email))
		}
	}
	return "", fmt.Errorf("there is an administrator already\nhint: name who shall start anew: ward people link %s", strings.Join(who, " or "))
}
