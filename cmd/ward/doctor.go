package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"ward/config"
	"ward/store"
	certs "ward/web/tls"
)

type doctorCmd struct{ place }

// Help is printed by ward doctor --help.
func (doctorCmd) Help() string {
	return `Examines the store, the folder with its key, the ages of the feeds and the certificates,
and says what to do where something is not well. It only reads; the hub may be running.
Exit status 1: something is not well.`
}

// section is one branch of what the doctor says.
type section struct {
	title string
	list  []store.Diagnosis
}

// Run examines everything.
func (c *doctorCmd) Run(ctx context.Context) error {
	s, dir, err := c.read(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	now := time.Now()
	feeds, err := feedsDiagnosed(ctx, s, now)
	if err != nil {
		return err
	}
	sections := []section{{"store", s.Check(ctx)}, {"folder", folderDiagnosed(dir)}, {"feeds", feeds}, {"certificates", certificatesDiagnosed(dir, now)}}
	faults := 0
	fmt.Println(printable(dir))
	for _, x := range sections {
		faults += x.print()
	}
	if faults > 0 {
		fmt.Printf("%d not well: each says what to do\n", faults)
		return errDamaged
	}
	fmt.Println("all is well")
	return nil
}

// print writes a branch and counts what is not well.
func (x *section) print() (faults int) {
	width := 0
	for _, d := range x.list {
		width = max(width, len(d.What))
	}
	fmt.Println("  " + x.title)
	for _, d := range x.list {
		state := "ok"
		if !d.OK {
			faults++
			state = "BAD"
		}
		fmt.Printf("    %-4s %-*s  %s\n", state, width, printable(d.What), printable(d.Detail))
		if !d.OK && d.Hint != "" {
			fmt.Printf("         %-*s  to do: %s\n", width, "", d.Hint)
		}
	}
	return faults
}

func folderDiagnosed(dir string) []store.Diagnosis {
	key := store.Diagnosis{What: "key", Detail: "opens the secrets"}
	if _, err := config.ReadKey(dir); errors.Is(err, fs.ErrNotExist) {
		key.Detail, key.Hint = "there is none: stored passwords and second factors cannot be read", "put the key file of a backup back (ward restore into a new folder, copy its file key)"
	} else if err != nil {
		key.Detail, key.Hint = err.Error(), "see the message"
	} else {
		key.OK = true
	}
	return []store.Diagnosis{key}
}

func feedsDiagnosed(ctx context.Context, s *store.Store, now time.Time) ([]store.Diagnosis, error) {
	list, err := s.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return []store.Diagnosis{{What: "none", Detail: "no feed was read so far", Hint: "start the hub, then choose feeds on the page Feeds or import a bundle"}}, nil
	}
	var out []store.Diagnosis
	for i := range list {
		f := &list[i]
		d := store.Diagnosis{What: f.Name, OK: true}
		switch {
		case !f.Enabled:
			d.Detail = "switched off"
		case f.Updated.IsZero():
			d.OK, d.Detail = false, "never fetched"
		default:
			d.OK, d.Detail = !f.Stale(now), fmt.Sprintf("%d records, checked %s", f.Records, ageInWords(f.Updated, now))
		}
		if f.Enabled && f.Error != "" {
			d.Detail += "; the last attempt failed: " + f.Error
		}
		if !d.OK {
			d.Hint = "update it on the page Feeds, or import a bundle; until then findings that rest on it are less sure"
		}
		out = append(out, d)
	}
	return out, nil
}

// endsSoon is when a certificate of the authority should be replaced. Server
// certificates are renewed by the hub itself, long before.
const endsSoon = 60 * 24 * time.Hour

func certificatesDiagnosed(dir string, now time.Time) []store.Diagnosis {
	names, _ := filepath.Glob(filepath.Join(dir, config.TLSFolder, "*.crt"))
	if len(names) == 0 {
		return []store.Diagnosis{{What: "none", OK: true, Detail: "the hub has no authority of its own: it serves this machine only, or with a given certificate"}}
	}
	slices.Sort(names)
	var out []store.Diagnosis
	for _, name := range names {
		out = append(out, certificateDiagnosed(name, now))
	}
	return out
}

// certificateDiagnosed looks at one certificate and the file of its key.
func certificateDiagnosed(name string, now time.Time) store.Diagnosis {
	d := store.Diagnosis{What: filepath.Base(name)}
	b, err := os.ReadFile(name)
	block, _ := pem.Decode(b)
	if err != nil || block == nil {
		d.Detail, d.Hint = "it cannot be read", "restore the folder "+config.TLSFolder+" from a backup, or move it away: the hub makes a new authority, which browsers must trust anew"
		return d
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		d.Detail, d.Hint = err.Error(), "restore the folder "+config.TLSFolder+" from a backup"
		return d
	}
	d.Detail = fmt.Sprintf("until %s", day(cert.NotAfter))
	key := name[:len(name)-len(".crt")] + ".key"
	switch info, err := os.Stat(key); {
	case err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		d.Detail, d.Hint = certs.ErrExposed.Error(), "chmod 600 "+filepath.Base(key)+", and think about who may have read it"
	case cert.IsCA && now.Add(endsSoon).After(cert.NotAfter):
		d.Hint = "move ca.crt and ca.key away and start the hub: it makes a new authority; install it in the browsers"
	case !cert.IsCA && now.After(cert.NotAfter):
		d.Hint = "start the hub, it renews the certificate"
	default:
		d.OK = true
	}
	return d
}
