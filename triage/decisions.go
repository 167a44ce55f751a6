package triage

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// spot is what a decision speaks of; no device: every device with the
// vulnerability.
type spot struct {
	device        device.ID
	vulnerability string
}

// decided is what holds at one spot, the newest decision of each kind.
type decided struct {
	accepted, override, cleared ruling
}

// ruling is one decision in force and its words.
type ruling struct {
	id    string
	value string
	why   string // who, until when, why
	alone bool   // nobody else agreed
}

// decisions are those in force.
type decisions map[spot]decided

// at gives what holds for a finding: what speaks of the device goes before what
// speaks of all.
func (d decisions) at(id device.ID, vulnerability string) decided {
	out, all := d[spot{id, vulnerability}], d[spot{"", vulnerability}]
	if out.accepted.id == "" {
		out.accepted = all.accepted
	}
	if out.override.id == "" {
		out.override = all.override
	}
	if out.cleared.id == "" {
		out.cleared = all.cleared
	}
	return out
}

// decisionPage is how many decisions are read at a time.
const decisionPage = 500

// inForce reads the decisions that hold now.
func (t *Triage) inForce(ctx context.Context) (decisions, error) {
	persons, err := t.deps.Store.Persons(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, p := range persons {
		names[p.ID] = p.Name
	}
	out, now := decisions{}, t.deps.Store.Now()
	f := store.DecisionFilter{Kinds: []store.DecisionKind{store.AcceptRisk, store.OverrideScore, store.NotAffected},
		States: []store.DecisionState{store.InForce}, Limit: decisionPage}
	for {
		list, err := t.deps.Store.Decisions(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if d := &list[i]; d.Expires.IsZero() || d.Expires.After(now) {
				out.add(d, names[d.By])
			}
		}
		if len(list) < decisionPage {
			return out, nil
		}
		f.Offset += len(list)
	}
}

// add enters a decision; they come the newest first, which wins.
func (d decisions) add(x *store.Decision, name string) {
	if name == "" {
		name = x.By
	}
	until := "without end"
	if !x.Expires.IsZero() {
		until = "until " + x.Expires.UTC().Format(time.DateOnly)
	}
	at := spot{x.Device, x.Vulnerability}
	here := d[at]
	set := func(r *ruling, what string) {
		if r.id == "" {
			*r = ruling{x.ID, x.Value, fmt.Sprintf("%s %s, %s: %s", name, what, until, x.Reason), x.SecondBy == ""}
		}
	}
	switch x.Kind {
	case store.AcceptRisk:
		set(&here.accepted, "accepted the risk")
	case store.OverrideScore:
		set(&here.override, "set the score to "+x.Value)
	case store.NotAffected:
		set(&here.cleared, "declared the device not affected ("+x.Value+")")
	}
	d[at] = here
}

// decide takes the decisions that hold now and touches the devices of those
// that are new, changed or over.
func (s *site) decide(now decisions, lock sync.Locker) {
	everywhere := map[string]bool{} // vulnerabilities
	note := func(at spot) {
		if at.device == "" {
			everywhere[at.vulnerability] = true
		} else if m := s.members[at.device]; m != nil {
			s.touch(m)
		}
	}
	for at, d := range now {
		if s.decisions[at] != d {
			note(at)
		}
	}
	for at := range s.decisions {
		if _, still := now[at]; !still {
			note(at)
		}
	}
	lock.Lock()
	s.decisions = now
	lock.Unlock()
	if len(everywhere) > 0 {
		s.touchWith(everywhere, lock)
	}
}

// touchWith touches the devices that the feeds join with one of the vulnerabilities.
func (s *site) touchWith(vulnerabilities map[string]bool, lock sync.Locker) {
	for _, l := range s.likes {
		lock.Lock()
		findings := s.assessor.Findings(l.sample)
		lock.Unlock()
		for i := range findings {
			if vulnerabilities[findings[i].Vulnerability] {
				for m := range l.members {
					s.touch(m)
				}
				break
			}
		}
	}
}

// apply lets the decisions overrule what was computed about one finding of a
// device of this tier and tells whether it stays in the plan.
func (s *site) apply(f *store.Finding, tier device.TierName) (planned bool) {
	d := s.decisions.at(f.Device, f.Vulnerability)
	second := people.NeedsSecond(tier, f.Assessment.Band)
	holds := func(r ruling) bool { return r.id != "" && (!r.alone || second == "") }
	for _, r := range []ruling{d.override, d.accepted, d.cleared} {
		if r.id != "" && !holds(r) { // it was made when one person could
			f.Assessment.Why = append(f.Assessment.Why, risk.Reason{Factor: "override", Value: f.Assessment.Score,
				Text: r.why + "; it does not hold any more: " + second})
		}
	}
	if holds(d.override) {
		if score, err := strconv.ParseFloat(d.override.value, 64); err == nil {
			s.context.Overrule(&f.Assessment, score, d.override.why)
			f.Decision = d.override.id
		}
	}
	if holds(d.accepted) {
		f.Decision = d.accepted.id
	}
	if holds(d.cleared) {
		f.Decision = d.cleared.id
		f.Status, f.Flag = exposure.NotAffected, d.cleared.value
		n := len(f.Evidence)
		f.Evidence = append(f.Evidence[:n:n], exposure.Evidence{Rule: "decision", Text: d.cleared.why}) // the list may be shared
		s.context.Clear(&f.Assessment, d.cleared.why)
	}
	return !holds(d.accepted) && !holds(d.cleared)
}
