package remedy

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/vuln/risk"
)

// Planner makes the worklist. Its zero value is not useful: see NewPlanner.
type Planner struct {
	weights risk.Weights
	advise  func(*risk.Assessment) []Step
}

// NewPlanner plans with the steps that advise gives for each finding.
func NewPlanner(w risk.Weights, advise func(*risk.Assessment) []Step) *Planner {
	return &Planner{weights: w, advise: advise}
}

// target is one finding that an option would change.
type target struct {
	finding int // index into the assessments
	step    Step
}

// option is one possible action: the same step for devices of one make and model.
type option struct {
	kind    Kind
	group   string // manufacturer and model, or the device
	key     string
	targets []target
}

// Plan orders actions: the worst finding on the most critical device first, and
// within a band what removes most for its hours. Each finding's scores are
// those left by the actions before.
func (p *Planner) Plan(assessments []risk.Assessment) []Action {
	state := make([]risk.Inputs, len(assessments))
	steps := make([][]Step, len(assessments))
	for i := range assessments {
		state[i] = assessments[i].Input
		if assessments[i].L > 0 {
			steps[i] = p.advise(&assessments[i])
		}
	}
	actions := p.findOut(assessments)
	actions = append(actions, p.choose(assessments, p.options(assessments, steps), state)...)
	actions = append(actions, p.segment(assessments, steps, state)...)
	order(actions)
	return actions
}

// options groups the steps of all findings: the same words for the same model
// are one action.
func (p *Planner) options(assessments []risk.Assessment, steps [][]Step) []*option {
	byKey := map[string]*option{}
	for i, list := range steps {
		group := groupOf(assessments[i].Finding.Dev)
		for _, s := range list {
			if s.Kind.Segments() || s.Kind == FindOut || s.Kind == Accept {
				continue
			}
			key := string(s.Kind) + "\x00" + group + "\x00" + mergeKey(s)
			o := byKey[key]
			if o == nil {
				o = &option{kind: s.Kind, group: group, key: key}
				byKey[key] = o
			}
			o.targets = append(o.targets, target{i, s})
		}
	}
	out := make([]*option, 0, len(byKey))
	for _, o := range byKey {
		out = append(out, o)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key < out[j].key })
	return out
}

// mergeKey tells which steps are one piece of work: an update brings all fixes
// of its version, a service is switched off once.
func mergeKey(s Step) string {
	if s.Kind == Patch && s.Fixed != "" {
		return s.Fixed
	}
	return s.Text
}

// groupOf names the devices that one action treats alike.
func groupOf(d *device.Device) string {
	if d.Model == "" {
		return string(d.ID)
	}
	return strings.ToLower(d.Manufacturer + " " + d.Model)
}

// choose takes options greedily: the one whose best target is worst first, then
// the one that removes most for its cost, until nothing above "track" is left
// that an option can lower.
func (p *Planner) choose(assessments []risk.Assessment, options []*option, state []risk.Inputs) []Action {
	queue := newQueue(options, func(o *option) (risk.Band, float64) { return p.value(assessments, o, state) })
	var actions []Action
	for {
		o := queue.best()
		if o == nil {
			return actions
		}
		actions = append(actions, p.action(assessments, o, state))
		for _, t := range o.targets {
			state[t.finding] = t.step.Apply(state[t.finding])
		}
	}
}

// value is what an option would bring now: the band of its worst target and the
// points it removes for its cost. A finding already down at "track" counts for
// an update only: a compensating control is no reason to stay vulnerable.
func (p *Planner) value(assessments []risk.Assessment, o *option, state []risk.Inputs) (risk.Band, float64) {
	worst, gain := risk.Track, 0.0
	for i := range o.targets {
		t := &o.targets[i]
		if i > 0 && o.targets[i-1].finding == t.finding {
			continue
		}
		before := state[t.finding].Score()
		band := p.bandOf(&assessments[t.finding], state[t.finding])
		removed := before - t.step.Apply(state[t.finding]).Score()
		if removed < minRemoved || band == risk.Track && o.kind != Patch {
			continue
		}
		gain += removed
		if band.AtLeast(worst) {
			worst = band
		}
	}
	return worst, gain / float64(max(1, o.kind.Cost()))
}

// minRemoved is the smallest change of a score that is worth a person's time.
const minRemoved = 0.5

// bandOf is the finding's band now. An override holds as long as no action has
// touched the finding.
func (p *Planner) bandOf(a *risk.Assessment, in risk.Inputs) risk.Band {
	if in == a.Input {
		return a.Band
	}
	return p.weights.Band(in.Score())
}

// action writes an option down with its effects, before it is applied.
func (p *Planner) action(assessments []risk.Assessment, o *option, state []risk.Inputs) Action {
	a := Action{Kind: o.kind, Band: risk.Track, Cost: o.kind.Cost(), Verify: rungOf(o.kind).verify}
	for i := range o.targets {
		t := &o.targets[i]
		if i > 0 && o.targets[i-1].finding == t.finding {
			continue
		}
		was := &assessments[t.finding]
		before, after := state[t.finding].Score(), t.step.Apply(state[t.finding]).Score()
		band := p.bandOf(was, state[t.finding])
		if before-after < minRemoved || band == risk.Track && o.kind != Patch {
			continue
		}
		if band.AtLeast(a.Band) {
			a.Band = band
		}
		a.Removes += before - after
		a.Devices = append(a.Devices, was.Device)
		a.Effects = append(a.Effects, Effect{was.Device, was.Vulnerability, was.Advisory, round1(before), round1(after)})
		a.Steps = append(a.Steps, t.step)
	}
	p.finish(&a, assessments, o)
	return a
}

func (p *Planner) finish(a *Action, assessments []risk.Assessment, o *option) {
	slices.Sort(a.Devices)
	a.Devices = slices.Compact(a.Devices)
	a.Removes = round1(a.Removes)
	a.Hours = a.Kind.hours(len(a.Devices))
	a.Findings = len(a.Effects)
	sort.SliceStable(a.Effects, func(i, j int) bool { return a.Effects[i].Before > a.Effects[j].Before })
	a.Effects = a.Effects[:min(len(a.Effects), MaxEffects)]
	a.Steps = distinct(a.Steps)
	d := assessments[o.targets[0].finding].Finding.Dev
	a.Action = headline(a, d)
	a.Why = reasons(a, assessments, o)
}

// headline is the instruction in one sentence.
func headline(a *Action, d *device.Device) string {
	return fmt.Sprintf("%s: %s", nameOf(d, len(a.Devices)), a.Steps[0].Text)
}

// reasons says why the action stands where it stands.
func reasons(a *Action, assessments []risk.Assessment, o *option) []string {
	worst := &assessments[o.targets[0].finding]
	for _, t := range o.targets {
		if assessments[t.finding].Score > worst.Score {
			worst = &assessments[t.finding]
		}
	}
	return []string{
		fmt.Sprintf("%s on %s: %s", worst.Vulnerability, worst.Device, worst.Sentence),
		fmt.Sprintf("lowers %s by %.0f points in all, the worst from %.0f to %.0f", plural(a.Findings, "finding"), a.Removes, a.Effects[0].Before, a.Effects[0].After),
	}
}

// nameOf names a group of devices of one make and model.
func nameOf(d *device.Device, n int) string {
	name := strings.TrimSpace(d.Manufacturer + " " + d.Model)
	if name == "" {
		name = strings.TrimSpace(d.Hostname + " " + string(d.ID))
	}
	if n > 1 {
		return fmt.Sprintf("%s (%d devices)", name, n)
	}
	return name
}

func distinct(steps []Step) []Step {
	seen := map[string]bool{}
	var out []Step
	for _, s := range steps {
		key := s.Text + "\x00" + s.Source.ID
		if !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func round1(v float64) float64 { return float64(int64(v*10+0.5)) / 10 }
