package cvecorpus

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// made is one invented product.
type made struct {
	number               int
	part, vendor, name   string
	majors, minors, deep int // size of its version space
}

// product makes the product of a rank. Every fifth is firmware.
func product(number int) made {
	r := rand.New(rand.NewPCG(uint64(number), 77))
	m := made{number: number, part: "a", vendor: word(uint64(number%vendors), 3), majors: 2 + r.IntN(12), minors: 3 + r.IntN(20), deep: 2 + r.IntN(3)}
	m.name = word(uint64(number)+1_000_000, 4)
	switch {
	case number%5 == 0:
		m.part, m.name = "o", m.name+"_firmware"
	case number%17 == 3:
		m.part = "o"
	}
	return m
}

// firmware is the firmware product nearest to a rank.
func firmware(number int) made { return product(number - number%5) }

// hardware is a model that the firmware runs on.
func (m made) hardware(n int) string {
	name := strings.TrimSuffix(m.name, "_firmware")
	if n > 0 {
		name += "_" + strconv.Itoa(n)
	}
	return name
}

// word makes a pronounceable name out of a number, each number another.
func word(n uint64, syllables int) string {
	const first, second = "bdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for range syllables {
		b.WriteByte(first[n%uint64(len(first))])
		n /= uint64(len(first))
		b.WriteByte(second[n%uint64(len(second))])
		n /= uint64(len(second))
	}
	if n > 0 {
		b.WriteString(strconv.FormatUint(n, 10))
	}
	return b.String()
}

func (m made) cpe(version string) string {
	return "cpe:2.3:" + m.part + ":" + m.vendor + ":" + m.name + ":" + version + ":*:*:*:*:*:*:*"
}

// version draws a version of the product.
func (m made) version(r *rand.Rand) string {
	major, minor := 1+r.IntN(m.majors), r.IntN(m.minors)
	switch m.deep {
	case 2:
		return fmt.Sprintf("%d.%d", major, minor)
	case 3:
		return fmt.Sprintf("%d.%d.%d", major, minor, r.IntN(12))
	}
	return fmt.Sprintf("%d.%d.%d.%d", major, minor, r.IntN(12), r.IntN(3000))
}

// matches draws the matches of one CVE.
func (m made) matches(r *rand.Rand, n int) []Match {
	out := make([]Match, 0, n)
	for range n {
		if r.Float64() >= withRange {
			out = append(out, Match{CPE: m.cpe(m.version(r))})
			continue
		}
		match := Match{CPE: m.cpe("*")}
		major := 1 + r.IntN(m.majors)
		if r.IntN(3) > 0 {
			match.StartIncluding = strconv.Itoa(major) + ".0"
		}
		end := fmt.Sprintf("%d.%d", major, 1+r.IntN(m.minors))
		if m.deep > 2 {
			end += "." + strconv.Itoa(r.IntN(12))
		}
		if r.IntN(3) == 0 {
			match.EndIncluding = end
		} else {
			match.EndExcluding = end
		}
		out = append(out, match)
	}
	return out
}

func describe(m made, r *rand.Rand) string {
	flaws := [...]string{"A buffer overflow", "An injection flaw", "A missing check of the caller", "A fixed password", "A path traversal", "A race"}
	effects := [...]string{"run code of their choice", "read settings", "stop the service", "change stored values", "act as another user"}
	return fmt.Sprintf("%s in %s of %s before the corrected version lets somebody on the network %s by a made request to the service. This text is invented for a speed test and describes no real product.",
		flaws[r.IntN(len(flaws))], m.name, m.vendor, effects[r.IntN(len(effects))])
}
