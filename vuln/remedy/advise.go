package remedy

import (
	"regexp"
	"slices"
	"strings"

	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// Advise gives the steps for one finding: first what the publisher says about
// this product, then Ward's catalogue. Every step has its source. There is
// always at least one that does not move network borders.
func Advise(a *risk.Assessment) []Step {
	steps := fromAdvisory(a.Finding)
	have := map[Kind]bool{}
	for _, s := range steps {
		have[s.Kind] = true
	}
	for _, s := range fromCatalogue(a) {
		if !have[s.Kind] {
			have[s.Kind] = true
			steps = append(steps, s)
		}
	}
	return steps
}

// fromAdvisory reads the remediations that hold for the finding's product.
func fromAdvisory(f *exposure.Finding) []Step {
	var steps []Step
	seen := map[string]bool{}
	for i := range f.Vuln.Remediations {
		r := &f.Vuln.Remediations[i]
		if !concerns(r, f.ProductID) {
			continue
		}
		for _, s := range statements(r) {
			if seen[s.text] {
				continue
			}
			seen[s.text] = true
			steps = append(steps, step(f, r, s))
		}
	}
	return steps
}

func concerns(r *advisory.Remediation, product string) bool {
	return len(r.Products) == 0 || product == "" || slices.Contains(r.Products, product)
}

func step(f *exposure.Finding, r *advisory.Remediation, s statement) Step {
	st := Step{Kind: s.kind, Text: instructionText(s), Fixed: s.fixed,
		Source: Source{ID: f.Advisory, File: f.Adv.File, Place: r.Path, Original: s.raw, Category: r.Category}}
	if s.future {
		st.Text = "ask " + maker(f) + " whether the announced update is out, and plan it: " + st.Text
	}
	st.Demands = s.kind == Segmentation && mustWords.MatchString(s.text)
	return st
}

func maker(f *exposure.Finding) string {
	if f.Dev.Manufacturer != "" {
		return f.Dev.Manufacturer
	}
	return "the manufacturer"
}

// maxStepText is how long an instruction on the worklist may be; the whole
// sentence stands in the source.
const maxStepText = 220

var preamble = re(`^[^.]{0,60}?\b(?:recommends?|advises?|encourages?|suggests?|urges?|requests?)\b(?: (?:that|all|users?|customers?|hospitals|healthcare providers|organizations?|operators|administrators|affected|the|impacted|to|should|with|of|and|patients|clinicians|who|are|currently|using|product|products|take|following|hospital|facilities|u\.s\.))* ?[:,]? ?`)

// instructionText makes the sentence begin with what to do.
func instructionText(s statement) string {
	text := s.text
	if rest := preamble.ReplaceAllString(text, ""); len(rest) >= minSentence && imperative(rest) {
		text = rest
	}
	text = strings.TrimRight(strings.TrimSpace(text), ".:; ")
	if s.kind == Patch && s.fixed != "" && !s.future {
		text = "update to " + s.fixed + ": " + text
	}
	return cut(lowerFirst(text), maxStepText)
}

var capitals = regexp.MustCompile(`^[A-Z][a-z]`)

// lowerFirst writes the first word small where it is a plain verb.
func lowerFirst(s string) string {
	if capitals.MatchString(s) && imperative(s) {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if i := strings.LastIndexByte(s[:n], ' '); i > n/2 {
		n = i
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
