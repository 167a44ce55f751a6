package advisory

import (
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"
)

// Metrics are the base metrics of any CVSS version in the letters of v3.1.
// An empty field means that the version does not have it.
type Metrics struct {
	AV    string // attack vector: N network, A adjacent, L local, P physical
	AC    string // attack complexity: L, H (v4: H also where AT is P; v2: M counts as L)
	PR    string // privileges required: N, L, H (v2: Authentication N, S, M)
	UI    string // user interaction: N, R (v4: P and A count as R; v2 has none)
	Scope string // U, C (v4: C where a subsequent system is hurt; v2 has none)
	C     string // confidentiality impact: N, L, H (v2: N, P, C)
	I     string // integrity impact
	A     string // availability impact
}

// maxVector is longer than any CVSS 4.0 vector with every metric.
const maxVector = 512

// Metrics reads the vector; false where there is none or it is broken.
func (s Score) Metrics() (Metrics, bool) {
	m, _, ok := s.read()
	return m, ok
}

// BaseScore is the base score of the vector, else the score as published.
func (s Score) BaseScore() float64 {
	if _, base, ok := s.read(); ok {
		return base
	}
	return s.Base
}

func (s Score) read() (Metrics, float64, bool) {
	vector := strings.ToUpper(strings.Trim(s.Vector, " ()\t\r\n/"))
	if len(vector) > maxVector {
		return Metrics{}, 0, false
	}
	switch {
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		if c, err := gocvss30.ParseVector(vector); err == nil {
			return v3(c.Get), c.BaseScore(), true
		}
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		if c, err := gocvss31.ParseVector(vector); err == nil {
			return v3(c.Get), c.BaseScore(), true
		}
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		if c, err := gocvss40.ParseVector(vector); err == nil {
			return v4(c.Get), c.Score(), true
		}
	default:
		if c, err := gocvss20.ParseVector(version2(vector)); err == nil {
			return v2(c.Get), c.BaseScore(), true
		}
	}
	return Metrics{}, 0, false
}

// version2 gives back the mixed case of the v2 letters.
func version2(vector string) string {
	vector = strings.TrimPrefix(vector, "CVSS:2.0/")
	return strings.NewReplacer("AU:", "Au:").Replace(vector)
}

// getter reads one metric of a parsed vector.
type getter func(string) (string, error)

func (get getter) text(name string) string {
	value, err := get(name)
	if err != nil {
		return ""
	}
	return value
}

func v3(get getter) Metrics {
	return Metrics{get.text("AV"), get.text("AC"), get.text("PR"), get.text("UI"), get.text("S"), get.text("C"), get.text("I"), get.text("A")}
}

// v4 folds attack requirements into AC and subsequent impact into Scope
// (CVSS 4.0, Section 2).
func v4(get getter) Metrics {
	m := Metrics{AV: get.text("AV"), AC: get.text("AC"), PR: get.text("PR"), UI: "R", Scope: "U", C: get.text("VC"), I: get.text("VI"), A: get.text("VA")}
	if get.text("AT") == "P" {
		m.AC = "H"
	}
	if get.text("UI") == "N" {
		m.UI = "N"
	}
	if get.text("SC") != "N" || get.text("SI") != "N" || get.text("SA") != "N" {
		m.Scope = "C"
	}
	return m
}

func v2(get getter) Metrics {
	impact := func(name string) string {
		switch get.text(name) {
		case "P":
			return "L"
		case "C":
			return "H"
		}
		return "N"
	}
	m := Metrics{AV: get.text("AV"), AC: "L", PR: "N", C: impact("C"), I: impact("I"), A: impact("A")}
	if get.text("AC") == "H" {
		m.AC = "H"
	}
	switch get.text("Au") {
	case "S":
		m.PR = "L"
	case "M":
		m.PR = "H"
	}
	return m
}
