package risk

import (
	"strings"

	"ward/vuln/advisory"
)

// Reader reads vulnerabilities, each once: the same flaw is weighed on thousands
// of devices. It belongs to one goroutine, and the vulnerabilities must not
// change.
type Reader struct {
	known map[*advisory.Vulnerability]*reading
}

// NewReader gives a Reader that has read nothing yet.
func NewReader() *Reader { return &Reader{map[*advisory.Vulnerability]*reading{}} }

// reading is what a vulnerability says without any device.
type reading struct {
	m       advisory.Metrics
	scored  bool     // it has a CVSS vector
	text    string   // lower-case title and description
	need    []string // services of which an attack needs one
	setting bool     // it holds only with a certain setting
	impacts map[string]impact
}

// impact is I on one kind of device.
type impact struct {
	value  float64
	reason Reason
}

// settingWords tell that a flaw holds only with a certain setting.
var settingWords = []string{"when configured", "if configured", "if enabled", "when enabled", "if the feature", "optional feature", "if used in", "non-default"}

func newReading(v *advisory.Vulnerability) *reading {
	r := &reading{text: stripLinks(strings.ToLower(v.Title + " " + v.Description)), impacts: map[string]impact{}}
	r.m, r.scored = Metrics(v)
	r.need = servicesNamed(r.text, v.CWEs)
	r.setting = containsAny(r.text, settingWords)
	return r
}

// read gives the reading of a vulnerability; a nil Reader reads anew.
func (r *Reader) read(v *advisory.Vulnerability) *reading {
	if r == nil {
		return newReading(v)
	}
	got := r.known[v]
	if got == nil {
		got = newReading(v)
		r.known[v] = got
	}
	return got
}

// impact is that of Weights, once for each kind of device.
func (r *reading) impact(w Weights, kind string, v *advisory.Vulnerability) (float64, Reason) {
	got, known := r.impacts[kind]
	if !known {
		got.value, got.reason = w.impact(kind, v)
		r.impacts[kind] = got
	}
	return got.value, got.reason
}
