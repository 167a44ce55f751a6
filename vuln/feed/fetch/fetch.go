// Package fetch renews a folder of vulnerability feeds over HTTPS: CSAF 2.0
// providers (Section 7: provider metadata, directories with index.txt and
// changes.csv, ROLIE feeds, digests, OpenPGP signatures), KEV, EPSS, the NVD API
// 2.0, archives of CVE records and the registry of the IEEE. The folder is laid
// out so that feed.Open reads it as it is.
//
// Each file is written whole or not at all. What does not parse, has a wrong
// digest or signature, is older than what is there, or shrinks beyond belief is
// refused, named, and the former kept. Nothing is deleted: what a publisher took
// back is kept and marked. Only https is spoken, and never to an address inside
// the hospital, unless the source is configured so.
package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"time"

	"ward/vuln/feed"
)

// OUI is the kind of the IEEE registry, which is stored and not read by feed.Open.
const OUI feed.Kind = "oui"

// Limits of one update.
const (
	MaxSources   = 200     // sources of one update
	MaxDocuments = 200_000 // documents that one CSAF provider may list
	MaxRefusals  = 100     // refused documents that an Outcome names; the rest is counted
)

// ErrName is a source whose name cannot be a folder.
var ErrName = errors.New("fetch: the name of a source has letters, digits and dashes, at most 64")

// Source is one feed to renew.
type Source struct {
	Name string    `json:"name"` // of its folder: lower case letters, digits, dashes
	Kind feed.Kind `json:"kind"`
	// URL is the file, the NVD API, or for CSAF the provider-metadata.json or only
	// a domain, whose provider metadata is looked for (CSAF 2.0, Section 7.1.8-10).
	URL string `json:"url"`
	// Key is the NVD API key; without one ten times fewer requests are allowed.
	Key string `json:"-"`
	// Private allows the host of URL to have an address inside the hospital: an
	// own mirror. Other hosts stay refused.
	Private bool `json:"private,omitempty"`
	// Unsigned takes documents of a trusted provider that lack digest or signature.
	// Wrong ones are refused all the same.
	Unsigned bool `json:"unsigned,omitempty"`
}

// Defaults are the feeds that are renewed when nobody says otherwise. NVD is
// large and slow at its first time; the caller may leave it out.
func Defaults() []Source {
	return []Source{
		{Name: "cisa-csaf", Kind: feed.CSAF, URL: "https://www.cisa.gov/sites/default/files/csaf/provider-metadata.json"},
		{Name: "kev", Kind: feed.KEV, URL: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"},
		{Name: "epss", Kind: feed.EPSS, URL: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
		{Name: "vulnrichment", Kind: feed.CVE5, URL: "https://github.com/cisagov/vulnrichment/archive/refs/heads/develop.zip"},
		{Name: "ieee", Kind: OUI, URL: "https://standards-oui.ieee.org/oui/oui.csv"},
		{Name: "nvd", Kind: feed.NVD, URL: "https://services.nvd.nist.gov/rest/json/cves/2.0"},
	}
}

// Options are how to renew.
type Options struct {
	Progress func(Progress)   // nil: nobody listens; may be called from several goroutines, one at a time
	Now      func() time.Time // nil: the computer's clock
	Proxy    string           // URL of a proxy; empty: HTTPS_PROXY and NO_PROXY of the environment
	Roots    *x509.CertPool   // certificates to trust; nil: the system's
	Version  string           // of Ward, for the User-Agent

	sleep   func(context.Context, time.Duration) error
	patient patience
}

// Progress tells how far one source has come.
type Progress struct {
	Source      string
	Done, Total int64 // bytes, documents or records; Total 0: not known
	Unit        string
}

// State says what became of one source.
type State string

const (
	New       State = "new"
	Changed   State = "changed"
	Unchanged State = "unchanged"
	Failed    State = "failed"
)

// Outcome is what became of one source.
type Outcome struct {
	Source  Source    `json:"source"`
	State   State     `json:"state"`
	Why     string    `json:"why,omitempty"` // of a failure, with what to do
	Date    time.Time `json:"date,omitzero"` // newest date inside
	Records int       `json:"records"`

	Added    int       `json:"added"`   // documents or records that are new
	Renewed  int       `json:"renewed"` // that were replaced
	Refused  int       `json:"refused"` // that were not taken; the former stays
	Gone     int       `json:"gone"`    // that the publisher no longer lists; kept and marked
	Refusals []Refusal `json:"refusals,omitempty"`
	Remarks  []string  `json:"remarks,omitempty"`
}

// Refusal is one document that was not taken.
type Refusal struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

func (o *Outcome) refuse(name string, err error) {
	if o.Refused++; len(o.Refusals) < MaxRefusals {
		o.Refusals = append(o.Refusals, Refusal{name, err.Error()})
	}
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Update renews the feeds of a folder, one after the other. The error is about
// the folder, the sources or the context; what became of a source is in its
// Outcome. An update that was interrupted goes on where it stopped.
func Update(ctx context.Context, dir string, sources []Source, options Options) ([]Outcome, error) {
	if len(sources) > MaxSources {
		return nil, fmt.Errorf("fetch: more than %d sources", MaxSources)
	}
	seen := map[string]bool{}
	for _, s := range sources {
		if !sourceName.MatchString(s.Name) || seen[s.Name] {
			return nil, fmt.Errorf("%w: %q", ErrName, s.Name)
		}
		seen[s.Name] = true
	}
	options = options.complete()
	j, err := openJournal(dir)
	if err != nil {
		return nil, err
	}
	var out []Outcome
	for _, s := range sources {
		u := &updater{dir: dir, source: s, options: options, journal: j}
		o := u.run(ctx)
		out = append(out, o)
		if err := j.save(); err != nil {
			return out, err
		}
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
	}
	return out, nil
}

func (o Options) complete() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.sleep == nil {
		o.sleep = sleep
	}
	if o.patient == (patience{}) {
		o.patient = patient
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	return o
}
