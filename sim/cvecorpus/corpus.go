// Package cvecorpus makes vulnerability feeds of the shape of the National
// Vulnerability Database and device inventories to match against them, the same
// for the same seed. It is a yardstick for matching speed; nothing in it is
// true, and every CVE number is invented.
//
// The shape: 24 years; 5 or 6 CPE matches for each CVE, half of them version
// ranges; 12 % of the CVEs ask for firmware AND hardware, 10 % have no
// configuration; a few products are named far more often than the rest.
package cvecorpus

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
)

// The shape of the corpus.
const (
	FirstYear = 2002
	LastYear  = 2025

	vendors         = 9_000
	products        = 45_000
	withoutConfig   = 0.10
	withHardware    = 0.12
	withRange       = 0.5
	popularity      = 0.62 // exponent of the power law of product names in CVEs
	popularInDevice = 0.53 // the same for devices
)

// Corpus is the recipe; every record is made when it is asked for.
type Corpus struct {
	seed uint64
	cves int
}

// New makes a Corpus of so many CVEs.
func New(seed uint64, cves int) Corpus { return Corpus{seed, max(cves, 0)} }

// Len is the number of CVEs.
func (c Corpus) Len() int { return c.cves }

// Record is one made CVE.
type Record struct {
	ID       string // CVE-2017-123456
	Year     int
	Modified string // 2017-03-05
	Text     string
	CWE      string
	Vector   string // CVSS 3.1
	Base     float64
	// Platforms is empty, or the hardware that must be there too.
	Matches, Platforms []Match
}

// Match is a CPE 2.3 name with an optional range.
type Match struct {
	CPE            string
	StartIncluding string
	EndIncluding   string
	EndExcluding   string
}

// years gives the first record of a year: later years have more.
func (c Corpus) first(year int) int {
	x := float64(year-FirstYear) / float64(LastYear-FirstYear+1)
	return int(float64(c.cves) * (0.25*x + 0.75*x*x))
}

// Record makes record i of the corpus, which belongs to its year.
func (c Corpus) Record(i int) Record {
	r := rand.New(rand.NewPCG(c.seed, uint64(i)+1))
	year := FirstYear
	for year < LastYear && i >= c.first(year+1) {
		year++
	}
	out := Record{ID: fmt.Sprintf("CVE-%d-%d", year, 100_000+i-c.first(year)), Year: year, CWE: "CWE-" + strconv.Itoa(20+r.IntN(800)),
		Modified: fmt.Sprintf("%d-%02d-%02d", year, 1+r.IntN(12), 1+r.IntN(28))}
	score(&out, r)
	p := product(rank(r, popularity))
	out.Text = describe(p, r)
	switch kind := r.Float64(); {
	case kind < withoutConfig:
	case kind < withoutConfig+withHardware:
		p := firmware(rank(r, popularity))
		out.Matches = p.matches(r, 1+r.IntN(2))
		for n := range 1 + r.IntN(3) {
			out.Platforms = append(out.Platforms, Match{CPE: "cpe:2.3:h:" + p.vendor + ":" + p.hardware(n) + ":-:*:*:*:*:*:*:*"})
		}
	default:
		out.Matches = p.matches(r, count(r))
	}
	return out
}

// count is the number of matches of an ordinary CVE: mostly few, some many.
func count(r *rand.Rand) int {
	if r.IntN(12) == 0 {
		return 10 + r.IntN(40)
	}
	return 1 + r.IntN(7)
}

// rank draws a product by the power law: 0 is the most popular.
func rank(r *rand.Rand, exponent float64) int {
	return int(float64(products) * math.Pow(r.Float64(), 1/(1-exponent)))
}

func score(out *Record, r *rand.Rand) {
	if r.IntN(2) == 0 {
		out.Vector, out.Base = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8
		return
	}
	out.Vector, out.Base = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1
}
