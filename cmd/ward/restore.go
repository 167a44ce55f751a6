package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"ward/backup"
)

type restoreCmd struct {
	place
	File       string `arg:"" help:"Backup to restore, - for standard input."`
	Identity   string `placeholder:"FILE" help:"File with the secret key of age (AGE-SECRET-KEY-...)."`
	Passphrase bool   `help:"It was made with a passphrase. It is asked for, or read from standard input."`
}

// Help is printed by ward restore --help.
func (restoreCmd) Help() string {
	return `Makes a data folder of a backup. The folder must be empty or new: nothing is ever
overwritten, and after an error nothing is left. Then start ward serve on it.

  ward restore monday.age --data /srv/ward-new --identity key.txt
  ward restore monday.age --data /srv/ward-new --passphrase
  ward restore monday.age --data /srv/ward-new --database postgres://... --identity key.txt

A backup of SQLite can be restored into PostgreSQL, and the other way. Sessions in
browsers are valid as they were at the time of the backup.`
}

// Run restores.
func (c *restoreCmd) Run(ctx context.Context) error {
	identities, err := c.identities()
	if err != nil {
		return err
	}
	dir, err := c.folder()
	if err != nil {
		return err
	}
	in := io.Reader(os.Stdin)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	bar := newProgress()
	fmt.Fprintf(os.Stderr, "ward: restoring into %s\n", printable(dir))
	err = backup.Restore(ctx, bufio.NewReaderSize(in, 1<<16), identities, dir, c.Database)
	bar.Clear()
	if err != nil {
		return fmt.Errorf("%w\nhint: nothing was restored", err)
	}
	fmt.Fprintf(os.Stderr, "ward: restored; ward doctor --data %s checks it, ward serve --data %s starts it\n", printable(dir), printable(dir))
	return nil
}

func (c *restoreCmd) identities() ([]age.Identity, error) {
	switch {
	case c.Passphrase && c.Identity != "":
		return nil, errors.New("--passphrase and --identity exclude each other\nhint: give one of them")
	case c.Passphrase && c.File == "-":
		return nil, errors.New("the backup and the passphrase cannot both come from standard input\nhint: name the file of the backup")
	case c.Passphrase:
		text, err := readPassphrase(false)
		if err != nil {
			return nil, err
		}
		id, err := age.NewScryptIdentity(text)
		return []age.Identity{id}, err
	case c.Identity == "":
		return nil, errors.New("a backup is encrypted: with what?\nhint: --identity FILE or --passphrase")
	}
	return identitiesOf(c.Identity)
}
