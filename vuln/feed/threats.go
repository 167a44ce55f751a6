package feed

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"ward/vuln/advisory"
	"ward/vuln/feed/epss"
	"ward/vuln/feed/kev"
)

// Threats is what KEV, EPSS and SSVC say about each CVE, held in little memory:
// 24 bytes for an EPSS row.
type Threats struct {
	kev     map[cve]kevRow
	ssvc    map[cve]ssvcRow
	scores  []scoreRow // by cve after finish
	sources []source   // EPSS files
}

// cve is a CVE id as year and number; zero for every other id.
type cve uint64

func parseCVE(id string) cve {
	rest, ok := strings.CutPrefix(strings.ToUpper(id), "CVE-")
	year, number, _ := strings.Cut(rest, "-")
	y, err1 := strconv.ParseUint(year, 10, 16)
	n, err2 := strconv.ParseUint(number, 10, 40)
	if !ok || err1 != nil || err2 != nil {
		return 0
	}
	return cve(y<<40 | n)
}

type kevRow struct {
	added, due time.Time
	ransomware bool
	file       string
}

type ssvcRow struct{ exploitation, automatable, impact, file string }

type scoreRow struct {
	cve               cve
	source            uint16
	score, percentile float32
}

type source struct {
	file string
	date time.Time
}

// Lookup gives what is known about a CVE; false where nothing is.
func (t *Threats) Lookup(id string) (advisory.Threat, bool) {
	key := parseCVE(id)
	if key == 0 {
		return advisory.Threat{}, false
	}
	var out advisory.Threat
	if row, ok := t.kev[key]; ok {
		out.KEV, out.KEVAdded, out.KEVDue, out.Ransomware = true, row.added, row.due, row.ransomware
		out.Sources = append(out.Sources, row.file)
	}
	at := sort.Search(len(t.scores), func(i int) bool { return t.scores[i].cve >= key })
	if at < len(t.scores) && t.scores[at].cve == key {
		row := t.scores[at]
		out.HasEPSS, out.EPSS, out.Percentile = true, decimal(row.score), decimal(row.percentile)
		out.EPSSDate = t.sources[row.source].date
		out.Sources = append(out.Sources, t.sources[row.source].file)
	}
	if row, ok := t.ssvc[key]; ok {
		out.Exploitation, out.Automatable, out.Impact = row.exploitation, row.automatable, row.impact
		out.Sources = append(out.Sources, row.file)
	}
	return out, len(out.Sources) > 0
}

// decimal undoes the rounding of float32: EPSS has at most six decimals that
// count.
func decimal(f float32) float64 {
	d, _ := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'f', -1, 32), 64)
	return d
}

func (t *Threats) init() {
	t.kev, t.ssvc = map[cve]kevRow{}, map[cve]ssvcRow{}
}

// addKEV keeps the fuller of two entries for one CVE: the catalog itself tells
// of ransomware, other feeds only repeat the dates.
func (t *Threats) addKEV(e kev.Entry, file string) {
	key := parseCVE(e.CVE)
	have, again := t.kev[key]
	if key == 0 || again && (have.ransomware || !e.Ransomware) {
		return
	}
	t.kev[key] = kevRow{e.Added, e.Due, e.Ransomware, file}
}

// addSSVC keeps the graver word on exploitation where two feeds differ, so that
// the order of the files does not matter.
func (t *Threats) addSSVC(id string, threat advisory.Threat, file string) {
	key := parseCVE(id)
	have, again := t.ssvc[key]
	if key == 0 || again && grave(have.exploitation) >= grave(threat.Exploitation) {
		return
	}
	t.ssvc[key] = ssvcRow{word(threat.Exploitation), word(threat.Automatable), word(threat.Impact), file}
}

func grave(exploitation string) int {
	switch exploitation {
	case "active":
		return 3
	case "poc":
		return 2
	case "none":
		return 1
	}
	return 0
}

// word keeps one copy of the values that SSVC knows.
func word(s string) string {
	for _, known := range []string{"none", "poc", "active", "yes", "no", "partial", "total"} {
		if s == known {
			return known
		}
	}
	return strings.Clone(s)
}

// maxEPSSFiles is far beyond need: one file a day of one year is 365.
const maxEPSSFiles = 1 << 16

func (t *Threats) newEPSS(file string) uint16 {
	if len(t.sources) < maxEPSSFiles {
		t.sources = append(t.sources, source{file: file})
	}
	return uint16(len(t.sources) - 1)
}

func (t *Threats) dateEPSS(source uint16, date time.Time) { t.sources[source].date = date }

func (t *Threats) addEPSS(source uint16, r epss.Row) {
	if key := parseCVE(r.CVE); key != 0 {
		t.scores = append(t.scores, scoreRow{key, source, float32(r.Score), float32(r.Percentile)})
	}
}

// finish sorts the scores and keeps the newest of each CVE.
func (t *Threats) finish() {
	sort.SliceStable(t.scores, func(i, j int) bool {
		a, b := t.scores[i], t.scores[j]
		if a.cve != b.cve {
			return a.cve < b.cve
		}
		return t.sources[a.source].date.After(t.sources[b.source].date)
	})
	kept := t.scores[:0]
	for i, row := range t.scores {
		if i == 0 || row.cve != t.scores[i-1].cve {
			kept = append(kept, row)
		}
	}
	t.scores = kept
}
