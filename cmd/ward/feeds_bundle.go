package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"ward/vuln/feed/bundle"
)

type feedsBundleCmd struct {
	feedsFolder
	Out       string   `arg:"" help:"File to write."`
	Sign      string   `required:"" type:"existingfile" placeholder:"KEYFILE" help:"Private key that signs (ward feeds key)."`
	Recipient []string `placeholder:"AGE1..." help:"Also encrypt for this age recipient. Repeat for more."`
}

// Help is printed by ward feeds bundle --help.
func (feedsBundleCmd) Help() string {
	return `Packs all feeds of the folder into one file with the date and digest of each, signed.
Whoever imports it needs the public key and trusts nothing else: the stick or the
network share in between need not be trusted.

Example:
  ward feeds key clinic
  ward feeds update
  ward feeds bundle feeds-2026-11-24.ward --sign clinic.key`
}

// Run writes the bundle.
func (c *feedsBundleCmd) Run() error {
	key, err := keyText(c.Sign)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(key)
	if err != nil {
		return fmt.Errorf("%s is no private key: %w\nhint: ward feeds key NAME makes a pair, NAME.key is the private one", c.Sign, err)
	}
	options := bundle.WriteOptions{Now: time.Now(), Signer: signer}
	for _, r := range c.Recipient {
		recipient, err := age.ParseX25519Recipient(r)
		if err != nil {
			return fmt.Errorf("--recipient: %w\nhint: a recipient begins with age1; age-keygen makes one", err)
		}
		options.Recipients = append(options.Recipients, recipient)
	}
	var m bundle.Manifest
	err = replaceFile(c.Out, func(w io.Writer) (err error) {
		m, err = bundle.Write(w, c.Feeds, options)
		return err
	})
	if err != nil {
		return err
	}
	return printManifest(os.Stdout, m, "packed")
}

func printManifest(w io.Writer, m bundle.Manifest, verb string) error {
	for _, f := range m.Feeds {
		if _, err := fmt.Fprintf(w, "%s %s: %d records, newest %s, checked %s\n", verb, printable(f.Name), f.Records, day(f.Date), day(f.Checked)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d files of %s\n", len(m.Files), m.Created.Format(time.RFC3339))
	return err
}

type feedsImportCmd struct {
	feedsFolder
	File     string   `arg:"" type:"existingfile" help:"Bundle to take."`
	Trust    []string `required:"" placeholder:"PUBKEY" help:"Public key, or a file that holds it. Repeat for more."`
	Identity string   `type:"existingfile" placeholder:"KEYFILE" help:"age identity, for an encrypted bundle."`
	Older    bool     `help:"Take a bundle that is older than what is here."`
}

// Help is printed by ward feeds import --help.
func (feedsImportCmd) Help() string {
	return `Checks the signature first, then the digest of everything, and only then unpacks, beside
the folder. The folder changes in one step or not at all; ward feeds undo brings the
former back. Feeds that the bundle does not hold stay as they are.

Example:
  ward feeds import feeds-2026-11-24.ward --trust clinic.pub`
}

// Run takes the bundle.
func (c *feedsImportCmd) Run() error {
	options := bundle.ImportOptions{Older: c.Older, Now: time.Now()}
	for _, t := range c.Trust {
		text, err := keyText(t)
		if err != nil {
			return err
		}
		v, err := note.NewVerifier(text)
		if err != nil {
			return fmt.Errorf("--trust %s: no public key: %w\nhint: ward feeds key NAME makes a pair, NAME.pub is the public one", printable(t), err)
		}
		options.Trust = append(options.Trust, v)
	}
	if c.Identity != "" {
		data, err := os.ReadFile(c.Identity)
		if err != nil {
			return err
		}
		if options.Identities, err = age.ParseIdentities(bytes.NewReader(data)); err != nil {
			return fmt.Errorf("--identity %s: %w\nhint: age-keygen writes such a file", c.Identity, err)
		}
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := bundle.Import(f, c.Feeds, options)
	if err != nil {
		return fmt.Errorf("%w\nnothing was changed", err)
	}
	return printManifest(os.Stdout, m, "took")
}

// maxKey is the largest key file, in bytes.
const maxKey = 4 << 10

// keyText gives a key that is in a file, or given as it is.
func keyText(arg string) (string, error) {
	info, err := os.Stat(arg)
	if err != nil {
		if strings.Count(arg, "+") >= 2 {
			return arg, nil
		}
		return "", fmt.Errorf("%s: no such file\nhint: ward feeds key NAME makes a pair of keys", printable(arg))
	}
	if info.Size() > maxKey {
		return "", fmt.Errorf("%s is no key: it is too large", arg)
	}
	data, err := os.ReadFile(arg)
	return strings.TrimSpace(string(data)), err
}

type feedsUndoCmd struct{ feedsFolder }

// Help is printed by ward feeds undo --help.
func (feedsUndoCmd) Help() string {
	return `Exchanges the folder with the one that stood there before the last import. Run it again
to have the import back.`
}

// Run puts the former feeds back.
func (c *feedsUndoCmd) Run() error {
	if err := bundle.Undo(c.Feeds); err != nil {
		return err
	}
	_, err := fmt.Println("the feeds of before the last import are back; ward feeds undo again takes the import again")
	return err
}

type feedsKeyCmd struct {
	Name string `arg:"" help:"Whose key it is, one word. Writes NAME.key and NAME.pub."`
}

// Help is printed by ward feeds key --help.
func (feedsKeyCmd) Help() string {
	return `NAME.key signs bundles: keep it on the machine that makes them and nowhere else.
NAME.pub verifies them: carry it once to the machine that imports, on another way than
the bundles, or read it aloud over the telephone.`
}

// keyName is what a key may be called: it becomes a file name.
var keyName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$`)

// Run makes the keys.
func (c *feedsKeyCmd) Run() error {
	if !keyName.MatchString(c.Name) {
		return fmt.Errorf("the name of a key has letters, digits, dots and dashes\nhint: ward feeds key clinic")
	}
	private, public, err := bundle.GenerateKey(filepath.Base(c.Name))
	if err != nil {
		return err
	}
	if err := newFile(c.Name+".key", private, 0o600); err != nil {
		return err
	}
	if err := newFile(c.Name+".pub", public, 0o644); err != nil {
		return err
	}
	_, err = fmt.Printf("%s.key: private, signs; %s.pub: public, give it to who imports\n%s\n", c.Name, c.Name, public)
	return err
}

// newFile writes a file that must not be there yet.
func newFile(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("%w\nhint: a key is never overwritten: choose another name", err)
	}
	_, err = io.WriteString(f, text+"\n")
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
