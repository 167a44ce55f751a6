package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"ward/backup"
)

type backupCmd struct {
	place
	Out        string   `arg:"" help:"File to write, - for standard output. One that is there is never overwritten."`
	Recipient  []string `placeholder:"AGE1..." help:"Public key of age that may restore it. Repeat for more."`
	Passphrase bool     `help:"Encrypt with a passphrase instead. It is asked for, or read from standard input."`
}

// Help is printed by ward backup --help.
func (backupCmd) Help() string {
	return `Writes one encrypted file with everything the hub remembers: the store as it is at this
moment, the key that opens its secrets, and its own authority (TLS). Feeds are not in it:
they can be fetched again.

The hub may be running: the backup only reads, takes no lock and holds nothing up.

  ward backup monday.age --recipient age1...      restored with the matching secret key
  ward backup monday.age --passphrase             restored with the passphrase
  ward backup - --recipient age1... | ssh store 'cat > monday.age'

Keep the secret key or the passphrase elsewhere than the backup. Whoever has both has
everything, also the passwords of mail servers and the hub's authority.`
}

// Run writes the backup.
func (c *backupCmd) Run(ctx context.Context) error {
	recipients, err := c.recipients()
	if err != nil {
		return err
	}
	s, dir, err := c.read(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	bar := newProgress()
	show := func(table string, rows int64) {
		if now := time.Now(); bar.on && now.Sub(bar.shown) >= progressEvery {
			bar.shown = now
			fmt.Fprintf(os.Stderr, "\r\x1b[Kbackup: %d rows, now %s", rows, table)
		}
	}
	var rows int64
	write := func(w io.Writer) error {
		return backup.Write(ctx, w, s, dir, recipients, func(table string, n int64) { rows = n; show(table, n) })
	}
	if c.Out == "-" {
		err = write(os.Stdout)
	} else {
		err = writeNew(c.Out, write)
	}
	bar.Clear()
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "ward: backup written to %s (%s)\n", printable(c.Out), written(c.Out, rows))
	return nil
}

// written says how large a backup became.
func written(file string, rows int64) string {
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
		return size(info.Size())
	}
	return fmt.Sprintf("some %d rows", rows)
}

func (c *backupCmd) recipients() ([]age.Recipient, error) {
	switch {
	case c.Passphrase && len(c.Recipient) > 0:
		return nil, errors.New("--passphrase and --recipient exclude each other\nhint: give one of them")
	case c.Passphrase:
		text, err := readPassphrase(true)
		if err != nil {
			return nil, err
		}
		if len(text) < minPassphrase {
			return nil, fmt.Errorf("the passphrase is too short\nhint: %d characters or more, for instance five words", minPassphrase)
		}
		r, err := age.NewScryptRecipient(text)
		return []age.Recipient{r}, err
	case len(c.Recipient) == 0:
		return nil, errors.New("a backup is always encrypted: for whom?\nhint: --recipient age1... (age-keygen -o key.txt makes a pair of keys) or --passphrase")
	}
	for _, r := range c.Recipient {
		if strings.HasPrefix(strings.ToUpper(r), "AGE-SECRET-KEY-") {
			return nil, errors.New("--recipient wants the public key (age1...), this is the secret one\nhint: keep it secret: make a new pair, others may have read this one")
		}
	}
	list, err := age.ParseRecipients(strings.NewReader(strings.Join(c.Recipient, "\n")))
	if err != nil {
		return nil, errors.New("--recipient: this is no public key of age\nhint: it starts with age1, and is in the file of age-keygen behind \"public key:\"")
	}
	return list, nil
}

// writeNew writes a file that was not there, for its owner alone: whole or not
// at all.
func writeNew(name string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s is there already\nhint: name a new file; nothing was changed", printable(name))
	}
	partial := name + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w\nhint: does another backup run? If not, remove the file %s", err, printable(partial))
	}
	defer os.Remove(partial)
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(partial, name)
}
