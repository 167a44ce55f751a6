package pipeline

import (
	"ward/vuln/exposure"
	"ward/vuln/feed"
)

// Reading is what reading the feeds had to say.
type Reading struct {
	Damage []string // could not be read
	Notes  []string // was read, but the reader of the result should know
}

// Read takes in a folder of feeds instead of those before. NVD and CVE records
// are too many to keep: only those that name a product of the wanted devices
// stay. On an error the Assessor is as before.
func (a *Assessor) Read(folder string, w *Wanted, progress func(done, total int64)) (Reading, error) {
	var out Reading
	kept, files := records{wanted: w.wanted}, listing(folder)
	set, err := feed.Open(folder, feed.Options{
		Progress: func(p feed.Progress) { progress(p.Bytes, p.Size) },
		Record:   kept.take,
	})
	if err != nil {
		return out, err
	}
	for _, w := range set.Warnings {
		out.Damage = append(out.Damage, w.String())
	}
	if len(set.Sources) == 0 {
		out.Damage = append(out.Damage, folder+": no vulnerability feed found: CSAF, NVD, CVE, KEV, EPSS or SSVC files (.json, .csv, .gz, .zst, .zip)")
	}
	a.forget()
	a.files = files
	for _, s := range set.Sources {
		a.feeds = append(a.feeds, feedOf(&s))
	}
	a.daily = dailyFiles(set.Sources)
	a.threats, a.base = set.Threats.Lookup, set.Threats.Lookup
	a.advisories = set.Advisories
	a.matcher = a.speller.Match(append(set.Advisories[:len(set.Advisories):len(set.Advisories)], kept.named...))
	a.records = exposure.NewConfigured(kept.configured)
	if text := kept.lost(); text != "" {
		out.Notes = append(out.Notes, text)
	}
	return out, nil
}

func feedOf(s *feed.Source) Feed {
	return Feed{Name: s.Name, Kind: string(s.Kind), Date: s.Date, Records: s.Records, SHA256: s.SHA256}
}

// readFeeds reads the folder of feeds for the devices of one run.
func (a *analysis) readFeeds() error {
	if a.Request.Feeds == "" {
		return nil
	}
	wanted := NewWanted()
	for _, d := range a.result.Devices {
		wanted.Add(d)
	}
	read, err := a.Assessor.Read(a.Request.Feeds, wanted, func(done, total int64) { a.progress("reading feeds", done, total) })
	if err != nil {
		return err
	}
	for _, text := range read.Damage {
		a.damage(text)
	}
	a.result.Feeds = append(a.result.Feeds, a.Assessor.Feeds()...)
	for _, text := range read.Notes {
		a.warn(text)
	}
	return nil
}
