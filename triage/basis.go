package triage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"runtime/debug"
	"slices"

	"ward/store"
	"ward/vuln/risk"
)

// basis is the digest of everything that the findings of one device are worked
// out from: device, feeds, decisions, watching, and the program itself.
type basis [16]byte

// basisOf sums up what a device's findings rest on; matter is the store's digest
// of the device, vulnerabilities are those the feeds join it with, in order.
func (s *site) basisOf(m *member, matter []byte, vulnerabilities []string) basis {
	h := sha256.New()
	c := &s.context
	fmt.Fprintf(h, "%q %q %x %x %x %v %v %q\n", s.program, m.id, matter, m.like.key, m.like.digest, c.Dependence[m.id], c.Coverage, c.Doubt)
	if len(s.decisions) > 0 {
		for _, v := range vulnerabilities {
			if d := s.decisions.at(m.id, v); d != (decided{}) {
				fmt.Fprintf(h, "%q %+v\n", v, d)
			}
		}
	}
	return basis(h.Sum(nil))
}

// rest takes up what the store says the device's findings rest on.
func (m *member) rest(b store.Basis) {
	m.matter = b.Matter
	if len(b.Sum) == len(m.basis) {
		m.basis = basis(b.Sum)
	}
}

// vulnerabilitiesOf names those of the findings, each once, in order.
func vulnerabilitiesOf(a *store.Assessed) []string {
	out := make([]string, len(a.Findings))
	for i := range a.Findings {
		out[i] = a.Findings[i].Vulnerability
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// vulnerabilities names what the feeds join a likeness with.
func (s *site) vulnerabilities(l *likeness) []string {
	var out []string
	for _, f := range s.assessor.Findings(l.sample) {
		out = append(out, f.Vulnerability)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// settle leaves out the touched devices whose findings in the store rest on what
// holds now: those of a start after which nothing changed.
func (s *site) settle() {
	for _, l := range s.likes {
		var names []string
		if len(s.decisions) > 0 {
			names = s.vulnerabilities(l)
		}
		for m := range l.members {
			if m.basis != (basis{}) && s.touched[m.id] && m.basis == s.basisOf(m, m.matter, names) {
				delete(s.touched, m.id)
			}
		}
	}
	clear(s.replan)
	for id := range s.touched {
		s.replan[s.members[id].group.name] = true
	}
}

// state is what a restart goes on from.
type state struct {
	Program  string        `json:"program"`
	Coverage risk.Coverage `json:"coverage"`
	Doubt    string        `json:"doubt"`
	Members  uint64        `json:"members"` // digest of the IDs of all devices
	Plan     []byte        `json:"plan"`    // digest of the stored plan
	Whole    bool          `json:"whole"`   // the plan rests on the findings that are stored
}

// stateOf describes the site.
func (s *site) stateOf() state {
	out := state{Program: s.program, Coverage: s.context.Coverage, Doubt: s.context.Doubt, Plan: slices.Clone(s.planned[:]), Whole: true}
	for id := range s.members {
		h := fnv.New64a()
		h.Write([]byte(id))
		out.Members ^= h.Sum64()
	}
	return out
}

func (a *state) same(b *state) bool {
	return a.Program == b.Program && a.Coverage == b.Coverage && a.Doubt == b.Doubt && a.Members == b.Members && a.Whole == b.Whole && slices.Equal(a.Plan, b.Plan)
}

// resume takes up what was noted before a restart; the circumstances then count
// as changed only where they differ.
func (t *Triage) resume(ctx context.Context) error {
	t.noted = state{}
	err := t.deps.Store.TriageState(ctx, &t.noted)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read how far triage came: %w", err)
	}
	if t.noted.Program == t.site.program {
		t.site.context.Coverage, t.site.context.Doubt = t.noted.Coverage, t.noted.Doubt
	}
	return nil
}

// settle leaves out what a restart need not do again. Where the plan may not
// rest on the stored findings, all groups are planned.
func (t *Triage) settle() {
	s := t.site
	s.settle()
	s.undrafted = len(s.groups)
	now := s.stateOf()
	if t.noted.Whole && t.noted.Members == now.Members && len(t.noted.Plan) == len(s.planned) {
		s.planned = [sha256.Size]byte(t.noted.Plan)
		return
	}
	for name := range maps.Keys(s.groups) {
		s.replan[name] = true
	}
}

// note stores how far triage came; whole is false while findings are being stored
// whose plan is not.
func (t *Triage) note(ctx context.Context, whole bool) error {
	next := t.site.stateOf()
	next.Whole = whole
	if t.noted.same(&next) {
		return nil
	}
	if err := t.deps.Store.PutTriageState(ctx, next); err != nil {
		return fmt.Errorf("store how far triage came: %w", err)
	}
	t.noted = next
	return nil
}

// program tells builds apart: another one may weigh differently.
func program() string {
	var out string
	if info, ok := debug.ReadBuildInfo(); ok {
		out = info.Main.Version + " " + info.GoVersion
	}
	path, err := os.Executable()
	if err != nil {
		return out
	}
	if file, err := os.Stat(path); err == nil {
		out += fmt.Sprint(" ", file.Size(), " ", file.ModTime().UnixNano())
	}
	return out
}
