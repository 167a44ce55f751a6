package fetch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"ward/vuln/feed"
)

// updater renews one source.
type updater struct {
	dir     string
	source  Source
	options Options
	journal *journal
	get     *getter
	out     Outcome
}

// folder is where the source's files lie.
func (u *updater) folder() string { return filepath.Join(u.dir, u.source.Name) }

// run renews the source and notes how fresh it is now.
func (u *updater) run(ctx context.Context) Outcome {
	u.out = Outcome{Source: u.source, State: Unchanged}
	notes, err := feed.ReadNotes(u.dir)
	if err != nil {
		return u.failed(err)
	}
	note, known := notes.Feeds[u.source.Name]
	u.out.Date, u.out.Records = note.Date, note.Records
	if u.get, err = newGetter(u.source, u.options); err != nil {
		return u.failed(err)
	}
	defer u.get.close()
	err = u.renew(ctx)
	if u.out.Added+u.out.Renewed > 0 || !known {
		if e := u.measure(); err == nil {
			err = e
		}
	}
	note.Kind, note.URL, note.Date, note.Records = u.source.Kind, u.source.URL, u.out.Date, u.out.Records
	if err == nil {
		note.Checked = u.options.Now().UTC()
	}
	if known || u.out.Records > 0 || err == nil {
		notes.Feeds[u.source.Name] = note
		if e := feed.WriteNotes(u.dir, notes); err == nil {
			err = e
		}
	}
	switch {
	case err != nil:
		return u.failed(err)
	case !known:
		u.out.State = New
	case u.out.Added+u.out.Renewed > 0:
		u.out.State = Changed
	}
	return u.out
}

func (u *updater) failed(err error) Outcome {
	u.out.State, u.out.Why = Failed, err.Error()
	return u.out
}

func (u *updater) renew(ctx context.Context) error {
	switch u.source.Kind {
	case feed.CSAF:
		return u.provider(ctx)
	case feed.NVD:
		return u.nvd(ctx)
	case feed.KEV, feed.EPSS, feed.CVE5, OUI:
		return u.single(ctx)
	}
	return fmt.Errorf("there is no feed of the kind %q; kinds are csaf, kev, epss, cve5, nvd, oui", u.source.Kind)
}

// measure reads what is there now: newest date and number of records.
func (u *updater) measure() error {
	if u.source.Kind == OUI {
		return u.measureOUI()
	}
	if _, err := os.Stat(u.folder()); os.IsNotExist(err) {
		return nil
	}
	set, err := feed.Open(u.folder(), feed.Options{})
	if err != nil {
		return err
	}
	u.out.Records = 0
	for _, s := range set.Sources {
		if s.Kind != u.source.Kind {
			continue
		}
		u.out.Records += s.Records
		if s.Date.After(u.out.Date) {
			u.out.Date = s.Date
		}
	}
	return nil
}

func (u *updater) progress(done, total int64, unit string) {
	u.options.Progress(Progress{Source: u.source.Name, Done: done, Total: total, Unit: unit})
}
