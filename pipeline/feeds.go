package pipeline

import (
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/feed"
)

// readFeeds reads the folder of feeds. NVD and CVE records are too many to
// keep: only those that name a product of these devices stay.
func (a *analysis) readFeeds() error {
	a.threats = func(string) (advisory.Threat, bool) { return advisory.Threat{}, false }
	if a.Feeds == "" {
		a.matcher, a.records = a.speller.Match(nil), exposure.NewConfigured(nil)
		return nil
	}
	kept := records{wanted: wantedBy(a.result.Devices)}
	set, err := feed.Open(a.Feeds, feed.Options{
		Progress: func(p feed.Progress) { a.progress("reading feeds", p.Bytes, p.Size) },
		Record:   kept.take,
	})
	if err != nil {
		return err
	}
	for _, w := range set.Warnings {
		a.damage(w.String())
	}
	if len(set.Sources) == 0 {
		a.damage(a.Feeds + ": no vulnerability feed found: CSAF, NVD, CVE, KEV, EPSS or SSVC files (.json, .csv, .gz, .zst, .zip)")
	}
	for _, s := range set.Sources {
		a.result.Feeds = append(a.result.Feeds, Feed{Name: s.Name, Kind: string(s.Kind), Date: s.Date, Records: s.Records, SHA256: s.SHA256})
	}
	a.threats = set.Threats.Lookup
	a.matcher = a.speller.Match(append(set.Advisories, kept.named...))
	a.records = exposure.NewConfigured(kept.configured)
	if text := kept.lost(); text != "" {
		a.warn(text)
	}
	return nil
}
