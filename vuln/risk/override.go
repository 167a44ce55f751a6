package risk

import (
	"fmt"
	"slices"
	"strings"

	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// override applies the rules of vulnerability-priority.md section 5 that no
// arithmetic may undo. Each leaves a sentence.
func (c Context) override(a *Assessment, s *subject, t advisory.Threat) {
	if a.L == 0 {
		return
	}
	seen := a.Input.Service == Precondition{Value: 1}
	if t.KEV && seen && a.Input.Reach.Value >= 0.7 {
		a.raise(NextWindow, "exploited in the wild, the service was seen and others can reach it: at least the next change window")
	}
	if containsAny(s.text, []string{"uncontrolled risk"}) {
		a.raise(ActNow, "the manufacturer or FDA calls the risk uncontrolled: act now")
	}
	acute := s.d.Tier == "T0" || s.d.Tier == "T1"
	harm := a.Input.Impact >= c.Weights.Monitoring
	if acute && harm && !a.refuted(c.Weights) && a.Finding.Match != exposure.Possible {
		a.raise(Schedule, "therapy or alarms of a "+string(s.d.Tier)+" device: never below schedule until evidence refutes a precondition")
	}
}

// raise lifts the band to at least b.
func (a *Assessment) raise(b Band, text string) {
	if a.Band.AtLeast(b) {
		return
	}
	a.Band = b
	a.Why = append(a.Why, Reason{Factor: "override", Value: a.Score, Text: text})
}

// refuted tells whether evidence (not ignorance) rules a precondition out.
func (a *Assessment) refuted(w Weights) bool {
	return slices.ContainsFunc(preconditionValues(a.Input), func(p Precondition) bool {
		return !p.Unknown && p.Value <= w.Refuted
	})
}

func preconditionValues(in Inputs) []Precondition {
	var out []Precondition
	for _, p := range in.preconditions() {
		out = append(out, *p)
	}
	return out
}

// ask words what a person can find out for each precondition, in the order of
// Inputs.preconditions.
func (s *subject) ask(precondition int) string {
	switch precondition {
	case 0:
		if need := s.need; len(need) > 0 {
			return "does it offer " + strings.Join(need, " or ") + "? Look at its settings, or watch it for 30 days"
		}
		return s.askMaker()
	case 1:
		return "which networks can reach it? Ask for the switch and firewall rules"
	case 2:
		return "does it still use a shared or default password?"
	case 4:
		return "is the affected setting switched on?"
	}
	return "who can touch it where it stands?"
}

func (s *subject) maker() string {
	if s.d.Manufacturer == "" {
		return "the manufacturer"
	}
	return s.d.Manufacturer
}

// mostServices is how many seen services a question names.
const mostServices = 5

// askMaker asks for what the advisory leaves out: the service that the flaw is in.
func (s *subject) askMaker() string {
	maker := s.maker()
	var seen []string
	for _, svc := range s.d.Services {
		if name := fmt.Sprintf("%s %d", svc.Name, svc.Port); svc.Answers && svc.Name != "" && !slices.Contains(seen, name) && len(seen) < mostServices {
			seen = append(seen, name)
		}
	}
	if len(seen) == 0 {
		return "ask " + maker + " which network service the flaw is in, and whether it is switched on here"
	}
	return "ask " + maker + " which network service the flaw is in (seen answering: " + strings.Join(seen, ", ") + ")"
}

// question picks the unknown whose answer moves the score most.
func (c Context) question(a *Assessment, s *subject) string {
	best, text := 0.0, ""
	if a.Input.Match < 1 && a.Input.Match > 0 {
		in := a.Input
		in.Match = 0
		best, text = a.Score-in.Score(), "which version does it run?"
		switch {
		case a.Finding.Match == exposure.Possible:
			text = "which exact model and version is it?"
		case s.d.Version != "":
			text = fmt.Sprintf("ask %s whether version %s is among the affected ones", s.maker(), s.d.Version)
		}
	}
	for i, p := range a.Input.preconditions() {
		if !p.Unknown {
			continue
		}
		low, high := a.Input, a.Input
		*low.preconditions()[i], *high.preconditions()[i] = Precondition{Value: c.Weights.Refuted}, Precondition{Value: 1}
		if move := high.Score() - low.Score(); move > best {
			best, text = move, s.ask(i)
		}
	}
	return text
}
