package remedy

import (
	"cmp"
	"slices"
	"strings"

	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// Adviser reads publishers' texts, each once: the same remediation stands in
// hundreds of vulnerabilities. It is not for concurrent use.
type Adviser struct {
	read map[text][]statement
}

// text is what the reading of a remediation hangs on.
type text struct{ category, words string }

// NewAdviser gives an Adviser that has read nothing yet.
func NewAdviser() *Adviser { return &Adviser{read: map[text][]statement{}} }

// Advise gives the steps for one finding: first what the publisher says about
// this product, then Ward's catalogue. Every step has its source; at most one
// is an update. There is always one that does not move network borders.
func Advise(a *risk.Assessment) []Step { return NewAdviser().Advise(a) }

// Advise is the function of that name; it remembers the texts.
func (r *Adviser) Advise(a *risk.Assessment) []Step {
	steps := r.fromAdvisory(a.Finding)
	for _, f := range a.Also {
		steps = append(steps, r.fromAdvisory(f)...)
	}
	steps = bestUpdate(steps)
	have := map[Kind]bool{}
	for _, s := range steps {
		have[s.Kind] = true
	}
	for _, s := range fromCatalogue(a) {
		if !have[s.Kind] || s.Lowers != "" {
			have[s.Kind] = true
			steps = append(steps, s)
		}
	}
	return steps
}

// RuledOut gives the rungs that the publisher itself takes away: no update is
// planned, support has ended. That is context for the other rungs, no step.
func RuledOut(a *risk.Assessment) []Rejected { return NewAdviser().RuledOut(a) }

// RuledOut is the function of that name; it remembers the texts.
func (r *Adviser) RuledOut(a *risk.Assessment) []Rejected {
	all := r.readings(a.Finding)
	if slices.ContainsFunc(all, func(r reading) bool { return r.kind == Patch }) {
		return nil
	}
	for _, s := range all {
		if s.noFix {
			return []Rejected{{Patch, maker(a.Finding) + " offers none: " + quote(s.raw)}}
		}
	}
	return nil
}

const maxQuote = 200

func quote(s string) string { return "“" + cut(plain(s), maxQuote) + "”" }

// reading is a statement with the remediation it stands in.
type reading struct {
	statement
	from *advisory.Remediation
}

func (a *Adviser) readings(f *exposure.Finding) []reading {
	var out []reading
	seen := map[string]bool{}
	for i := range f.Vuln.Remediations {
		r := &f.Vuln.Remediations[i]
		if !concerns(r, f.ProductID) {
			continue
		}
		for _, s := range a.statements(r) {
			if !seen[s.text] {
				seen[s.text] = true
				out = append(out, reading{s, r})
			}
		}
	}
	return out
}

func (a *Adviser) statements(r *advisory.Remediation) []statement {
	key := text{r.Category, r.Text}
	list, known := a.read[key]
	if !known {
		list = statements(r)
		a.read[key] = list
	}
	return list
}

func concerns(r *advisory.Remediation, product string) bool {
	return len(r.Products) == 0 || product == "" || slices.Contains(r.Products, product)
}

// fromAdvisory reads the remediations that hold for the finding's product.
func (a *Adviser) fromAdvisory(f *exposure.Finding) []Step {
	all := a.readings(f)
	var steps []Step
	seen := map[string]bool{}
	add := func(s Step) {
		if key := string(s.Kind) + s.Text; !seen[key] {
			seen[key] = true
			steps = append(steps, s)
		}
	}
	if s, ok := update(f, all); ok {
		add(s)
	}
	for i := range all {
		r := &all[i]
		switch {
		case r.kind == Patch || r.kind == "" || r.kind == Replace && hasKind(steps, Replace):
		default:
			s := Step{Kind: r.kind, Text: short(r.do), Source: source(f, r), Demands: r.demands}
			add(s)
		}
	}
	for i := range all {
		if r := &all[i]; r.noFix && r.ended && !hasKind(steps, Replace) && !hasKind(steps, Patch) {
			add(Step{Kind: Replace, Text: "plan its replacement: " + maker(f) + " has ended support or cannot update it", Source: source(f, r)})
		}
	}
	return steps
}

func source(f *exposure.Finding, r *reading) Source {
	return Source{ID: f.Advisory, File: f.Adv.File, Place: r.from.Path, Original: r.raw, Category: r.from.Category}
}

// maker names who to ask: the advisory's vendor, else the device's.
func maker(f *exposure.Finding) string {
	if f.Dev != nil && f.Dev.Manufacturer != "" {
		return f.Dev.Manufacturer
	}
	for i := range f.Adv.Products {
		if p := &f.Adv.Products[i]; p.ID == f.ProductID && p.Vendor != "" {
			return strings.TrimSpace(p.Vendor)
		}
	}
	return "the manufacturer"
}

// update makes the one step of kind Patch out of all that a publisher says of
// updates: the version for this product where it is stated beyond doubt.
func update(f *exposure.Finding, all []reading) (Step, bool) {
	names := namesOf(f)
	best, bestWorth := -1, 0
	for i := range all {
		if all[i].kind != Patch {
			continue
		}
		if worth := names.worth(&all[i]); worth > bestWorth {
			best, bestWorth = i, worth
		}
	}
	if best < 0 {
		return Step{}, false
	}
	r := &all[best]
	fixed, from := names.fixed(f, all, r)
	if from == nil {
		from = r
	}
	if names.foreign(strings.ToLower(from.text)) {
		return Step{Kind: Patch, Source: source(f, from), announced: true,
			Text: cut("ask "+maker(f)+" for the update of this model; the advisory names one for another", maxStepText)}, true
	}
	s := Step{Kind: Patch, Fixed: fixed.text, Source: source(f, from), announced: from.update == announced}
	s.Text = updateText(f, from, fixed, countVersions(all) > 1)
	return s, true
}

// names are the words that tell this product from the others of the advisory.
type names struct{ own, others []string }

func namesOf(f *exposure.Finding) names {
	n := names{own: productWords(f)}
	for i := range f.Adv.Products {
		if p := &f.Adv.Products[i]; p.ID != f.ProductID {
			for _, w := range wordsOf(p.Name, p.Vendor) {
				if !slices.Contains(n.own, w) && !slices.Contains(n.others, w) {
					n.others = append(n.others, w)
				}
			}
		}
	}
	return n
}

// foreign tells whether a text names other products of the advisory and not
// this one.
func (n names) foreign(text string) bool {
	return mentionsOf(text, n.own) == 0 && mentionsOf(text, n.others) > 0
}

// worth prefers released over announced, a stated version, and the sentence
// that names this product.
func (n names) worth(r *reading) int {
	text := strings.ToLower(r.text)
	worth := 2 + 4*int(r.update) + 8*min(3, mentionsOf(text, n.own))
	if n.foreign(text) {
		return 1
	}
	if len(r.fixed) > 0 {
		worth += 6
	}
	return worth
}

// fixed picks the version for this product and the sentence that states it.
// Where sentences name several and none of them this product, there is no
// saying which: "".
func (n names) fixed(f *exposure.Finding, all []reading, best *reading) (version, *reading) {
	var top version
	var from *reading
	topWords, ties := -1, 0
	for i := range all {
		r := &all[i]
		if r.kind != Patch || r.update < best.update || r != best && labelled.MatchString(best.text) || n.foreign(strings.ToLower(r.text)) {
			continue
		}
		for _, v := range r.fixed {
			if affectedVersion(f, v.text) {
				continue
			}
			if r != best {
				v.sure--
			}
			switch words := mentionsOf(v.near+" "+strings.ToLower(r.text), n.own) + mentionsOf(v.near, n.own); {
			case v.text == top.text:
			case words > topWords || words == topWords && v.sure > top.sure:
				top, from, topWords, ties = v, r, words, 0
			case words == topWords && v.sure == top.sure:
				ties++
			}
		}
	}
	switch {
	case from == nil:
		return fromRange(f, best), nil
	case ties > 0:
		return version{}, nil
	}
	return top, from
}

// fromRange reads "< 8.2.2" of the product itself: 8.2.2 is the first that is
// not affected, given that the publisher says there is an update.
func fromRange(f *exposure.Finding, best *reading) version {
	p := productOf(f)
	if p == nil || best.update != released {
		return version{}
	}
	v, ok := strings.CutPrefix(strings.TrimSpace(p.Version), "<")
	v = strings.TrimSpace(v)
	if !ok || v == "" || strings.ContainsAny(v, "<>=|, ") {
		return version{}
	}
	return version{text: v, orMore: true}
}

// affectedVersion tells whether the advisory itself calls that version affected.
func affectedVersion(f *exposure.Finding, v string) bool {
	p := productOf(f)
	if p == nil {
		return false
	}
	text := strings.ToLower(p.Version + " ")
	v = strings.ToLower(strings.TrimLeft(v, "vVrR "))
	at := strings.Index(text, v)
	if at < 0 {
		if last, ok := strings.CutPrefix(strings.TrimSpace(text), "<="); ok {
			return olderThan(v, strings.TrimSpace(last))
		}
		if first, ok := strings.CutPrefix(strings.TrimSpace(text), "<"); ok {
			return olderThan(v, strings.TrimSpace(first))
		}
		return false
	}
	end := at + len(v)
	whole := (at == 0 || !isVersionByte(text[at-1])) && !isVersionByte(text[end])
	return whole && !strings.HasSuffix(strings.TrimRight(text[:at], " v"), "<")
}

func isVersionByte(b byte) bool { return b == '.' || b >= '0' && b <= '9' }

func productOf(f *exposure.Finding) *advisory.Product {
	for i := range f.Adv.Products {
		if p := &f.Adv.Products[i]; p.ID == f.ProductID {
			return p
		}
	}
	return nil
}

// productWords are the words of the product's name that tell it from the
// publisher's other products.
func productWords(f *exposure.Finding) []string {
	name, vendor := f.Product, ""
	if p := productOf(f); p != nil {
		name, vendor = p.Name, strings.ToLower(p.Vendor)
	}
	if f.Dev != nil {
		name += " " + f.Dev.Model
	}
	return wordsOf(name, vendor)
}

// wordsOf gives the telling words of a product name, lower case.
func wordsOf(name, vendor string) []string {
	var out []string
	vendor = strings.ToLower(vendor)
	for _, w := range tokens(strings.ToLower(name)) {
		if len(w) > 1 && !strings.Contains(vendor, w) && !slices.Contains(plainWords, w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func tokens(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,/():;", r) })
}

var plainWords = []string{"and", "the", "for", "all", "with", "version", "versions", "software", "system", "systems", "device", "devices",
	"family", "series", "medical", "patient", "vers", "of", "model", "update"}

// mentionsOf counts the words that a text names, each as a word of its own.
func mentionsOf(text string, words []string) int {
	n := 0
	have := tokens(text)
	for _, w := range words {
		if slices.ContainsFunc(have, func(t string) bool { return t == w || len(w) >= 5 && strings.HasPrefix(t, w) }) {
			n++
		}
	}
	return n
}

func countVersions(all []reading) int {
	seen := map[string]bool{}
	for i := range all {
		for _, v := range all[i].fixed {
			seen[v.text] = true
		}
	}
	return len(seen)
}

// updateText words the update so that nobody needs the advisory to act on it.
func updateText(f *exposure.Finding, r *reading, fixed version, several bool) string {
	who, dated := maker(f), ""
	if !f.Adv.Released.IsZero() {
		dated = " (" + f.Adv.Released.Format("2006-01-02") + ")"
	}
	number := fixed.text
	if number != "" && fixed.orMore {
		number += " or later"
	}
	text := ""
	switch {
	case r.update == announced && number != "":
		text = "get version " + number + " from " + who + ", announced in the advisory" + dated
	case r.update == announced:
		text = "get the update that " + who + " announced" + dated + "; ask whether it is out"
	case number != "":
		text = "update to " + number
	case r.do != "" && !several && !namesOf(f).foreign(strings.ToLower(r.text)) && !intro.MatchString(r.text):
		text = short(r.do)
	case r.update == remote:
		text = "check that the update which " + who + " installs itself" + dated + " has reached it"
	case several:
		text = "update to the version that " + who + " names for this model" + dated
	default:
		text = "get the update that " + who + " released" + dated
	}
	return cut(text, maxStepText)
}

// bestUpdate keeps one update of those that several advisories name.
func bestUpdate(steps []Step) []Step {
	var updates, others []Step
	for _, s := range steps {
		if s.Kind == Patch {
			updates = append(updates, s)
		} else {
			others = append(others, s)
		}
	}
	if len(updates) == 0 {
		return others
	}
	slices.SortStableFunc(updates, func(a, b Step) int {
		return cmp.Or(cmp.Compare(boolInt(a.announced), boolInt(b.announced)), cmp.Compare(boolInt(a.Fixed == ""), boolInt(b.Fixed == "")))
	})
	return append(updates[:1:1], others...)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func hasKind(steps []Step, k Kind) bool {
	return slices.ContainsFunc(steps, func(s Step) bool { return s.Kind == k })
}
