package triage

import (
	"encoding/binary"
	"encoding/json"
	"hash"
	"hash/fnv"
	"math"
	"sync"
	"time"

	"ward/pipeline"
	"ward/vuln/advisory"
	"ward/vuln/risk"
)

// digester sums up what the feeds say of a likeness, so that two readings of
// the feeds can be compared without keeping the first.
type digester struct {
	assessor   *pipeline.Assessor
	advisories map[*advisory.Advisory]uint64
}

func newDigester(a *pipeline.Assessor) *digester {
	return &digester{a, map[*advisory.Advisory]uint64{}}
}

// of gives the digest: the findings, the content of the advisories they rest on
// and the threats, but no word of what leaves every score as it is (the daily
// wobble of a low EPSS value, an advisory's title). Never 0.
func (g *digester) of(l *likeness) uint64 {
	h := fnv.New64a()
	for _, f := range g.assessor.Findings(l.sample) {
		for _, text := range []string{f.Vulnerability, f.Advisory, string(f.Status), string(f.Match), f.ProductID, f.Flag} {
			write(h, text)
		}
		for i := range f.Evidence {
			write(h, f.Evidence[i].Text)
		}
		number(h, g.content(f.Adv))
		threat := risk.ThreatOf(g.assessor.Threat(f.Vulnerability))
		number(h, math.Float64bits(threat.Value))
		if threat.KEV {
			number(h, 1)
		}
	}
	return max(1, h.Sum64())
}

// content is the digest of what matters in an advisory: not its title, number,
// dates and links.
func (g *digester) content(a *advisory.Advisory) uint64 {
	if sum, ok := g.advisories[a]; ok {
		return sum
	}
	matters := *a
	matters.Title, matters.Publisher, matters.URL, matters.Revision, matters.Revised = "", "", "", "", time.Time{}
	h := fnv.New64a()
	if err := json.NewEncoder(h).Encode(&matters); err != nil {
		panic("triage: " + err.Error()) // our own types always marshal
	}
	g.advisories[a] = h.Sum64()
	return h.Sum64()
}

func write(h hash.Hash, text string) {
	h.Write([]byte(text))
	h.Write([]byte{0})
}

func number(h hash.Hash, n uint64) {
	h.Write(binary.LittleEndian.AppendUint64(nil, n))
}

// compare works out the digest of every likeness, or of the new ones only, and
// touches the devices of those whose digest changed. lock is held for one
// likeness at a time.
func (s *site) compare(all bool, lock sync.Locker) {
	g := newDigester(s.assessor)
	for _, l := range s.likes {
		if !all && l.digest != 0 {
			continue
		}
		lock.Lock()
		digest := g.of(l)
		lock.Unlock()
		if l.digest != digest && l.digest != 0 {
			for m := range l.members {
				s.touch(m)
			}
		}
		l.digest = digest
	}
}
