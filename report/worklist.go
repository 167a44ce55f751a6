package report

import (
	"fmt"
	"strings"

	"ward/asset/device"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// topBlocks is how many groups of devices the worklist shows: a morning's
// reading. The JSON has everything.
const topBlocks = 8

// scoreLegend lets a reader follow the numbers with a pocket calculator.
const scoreLegend = "Scores: 100 x the cube root of R x L x K (risk, likelihood, significance), 0 to 100."

// worklist writes one block for each make and model: what to do, why, on which
// devices, and what follows.
func (t *textWriter) worklist() {
	list := t.r.Worklist
	t.heading("WHAT TO DO FIRST")
	if len(list) == 0 {
		fmt.Fprintf(t.w, "  %s\n\n", wrapAt(t.whyNothing(), t.s.Width, 2))
		return
	}
	if t.r.Hours > 0 {
		t.budget()
	}
	shown := map[int]bool{}
	blocks := 0
	for i := range list {
		a := &list[i]
		if shown[a.Rank] || t.r.Hours > 0 && !a.Chosen {
			continue
		}
		if blocks == topBlocks {
			break
		}
		blocks++
		t.block(a, shown)
	}
	if more := len(list) - len(shown); more > 0 {
		fmt.Fprintf(t.w, "  %s\n", t.s.paint(dim, wrapFrom(fmt.Sprintf("and %s: ward analyze --format json has all of them, ward explain DEVICE those of one device.", counted(more, "more action")), 2, t.s.Width, 2)))
	}
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(dim, wrapFrom(scoreLegend, 2, t.s.Width, 2)))
	fmt.Fprintln(t.w)
}

// whyNothing says which silence this is: no flaw, or nobody who told us of one.
func (t *textWriter) whyNothing() string {
	switch {
	case len(t.r.Feeds) == 0:
		return "Not known: no vulnerability feed was read. Name a folder of feeds with --feeds DIR to learn what is wrong with these devices."
	case len(t.r.Findings) == 0:
		return "Nothing. No advisory of the feeds matches these devices. ward explain DEVICE CVE tells why one does not."
	}
	return "Nothing. No finding leaves anything to do."
}

// budget tells what the hours bring, and what is urgent and does not fit.
func (t *textWriter) budget() {
	hours, removes, n := 0.0, 0.0, 0
	var urgent []string
	for _, a := range t.r.Worklist {
		switch {
		case a.Chosen:
			hours, removes, n = hours+a.Hours, removes+a.Removes, n+1
		case a.Band == risk.ActNow:
			urgent = append(urgent, fmt.Sprintf("%d. %s (%.3g h)", a.Rank, a.Action, a.Hours))
		}
	}
	text := fmt.Sprintf("In %.4g hours: %s, %.4g hours of work, %.0f points of risk.", t.r.Hours, counted(n, "action"), hours, removes)
	fmt.Fprintf(t.w, "  %s\n", wrapAt(text, t.s.Width, 2))
	for _, u := range urgent {
		fmt.Fprintf(t.w, "  %s\n", t.s.paint(red, wrapFrom(clean("! not among them, although it says act now: "+u), 2, t.s.Width, 4)))
	}
}

// block writes one action and, below it, what follows for the same devices.
func (t *textWriter) block(a *remedy.Action, shown map[int]bool) {
	shown[a.Rank] = true
	title := fmt.Sprintf("%s · %s", strings.ToUpper(a.Band.Words()), t.subject(a))
	fmt.Fprintf(t.w, "%s\n", t.s.paint(bandColour(a.Band), t.s.bold(fmt.Sprintf("%3d. %s", a.Rank, wrapAt(clean(title), t.s.Width, 5)))))
	t.line("where", t.names(a.Devices))
	t.line(verb(a), instruction(a)+t.amount(a))
	if worst := t.worst(a); worst != nil {
		t.line("why", fmt.Sprintf("%s: %s", worst.Vulnerability, worst.Sentence))
		if a.Findings > 1 {
			t.line("", fmt.Sprintf("and %s", counted(a.Findings-1, "more finding")))
		}
	} else if len(a.Why) > 0 {
		t.line("why", a.Why[0])
	}
	t.raised(a)
	t.whole(a)
	t.source(a)
	for _, r := range a.Rejected {
		if a.Kind.Segments() {
			t.line("not", r.Kind.Words()+": "+r.Why)
		}
	}
	for _, rank := range a.Then {
		if rank > 0 && rank <= len(t.r.Worklist) && !shown[rank] {
			next := &t.r.Worklist[rank-1]
			if t.r.Hours > 0 && !next.Chosen {
				continue
			}
			shown[rank] = true
			t.line("then", fmt.Sprintf("%d. %s%s", next.Rank, instruction(next), t.amount(next)))
		}
	}
}

// line writes one labelled paragraph of a block.
func (t *textWriter) line(label, text string) {
	fmt.Fprintf(t.w, "     %s%s\n", t.s.paint(dim, pad(label, labelWidth)), wrapAt(clean(text), t.s.Width, 5+labelWidth))
}

const labelWidth = 9

func verb(a *remedy.Action) string {
	if a.Kind == remedy.FindOut {
		return "find out"
	}
	return "do"
}

// instruction is what to do, without the device's name before it.
func instruction(a *remedy.Action) string {
	if len(a.Steps) == 0 {
		return a.Action
	}
	return a.Steps[0].Text
}

// amount tells the work and what it brings.
func (t *textWriter) amount(a *remedy.Action) string {
	text := fmt.Sprintf(" (%.3g h", a.Hours)
	if a.Kind != remedy.FindOut && len(a.Effects) > 0 {
		text += fmt.Sprintf(", %.0f to %.0f", a.Effects[0].Before, a.Effects[0].After)
	}
	return text + ")"
}

// subject names the make and model of the devices.
func (t *textWriter) subject(a *remedy.Action) string {
	name := ""
	if len(a.Devices) > 0 {
		if d := t.known[a.Devices[0]]; d != nil {
			name = strings.TrimSpace(d.Manufacturer + " " + d.Model)
		}
	}
	if name == "" || a.Kind.Segments() {
		name, _, _ = strings.Cut(a.Action, ":")
	}
	if n := len(a.Devices); n > 1 {
		name += fmt.Sprintf(" (%d devices)", n)
	}
	return name
}

// worst finds the assessment that the action was ranked by.
func (t *textWriter) worst(a *remedy.Action) *risk.Assessment {
	if len(a.Effects) == 0 {
		return nil
	}
	e := a.Effects[0]
	for i := range t.r.Assessments {
		x := &t.r.Assessments[i]
		if x.Device == e.Device && x.Vulnerability == e.Vulnerability && x.Advisory == e.Advisory {
			return x
		}
	}
	return nil
}

// raised says what lifted the band above the score's own.
func (t *textWriter) raised(a *remedy.Action) {
	worst := t.worst(a)
	if worst == nil {
		return
	}
	for _, r := range worst.Why {
		if r.Factor == "override" {
			t.line("raised", r.Text)
		}
	}
}

// whole writes the publisher's sentence where the instruction had to be cut.
func (t *textWriter) whole(a *remedy.Action) {
	if len(a.Steps) > 0 && strings.HasSuffix(a.Steps[0].Text, "…") {
		t.line("in full", "“"+a.Steps[0].Source.Original+"”")
	}
}

// source names who says so.
func (t *textWriter) source(a *remedy.Action) {
	if len(a.Steps) == 0 || a.Kind == remedy.FindOut {
		return
	}
	s := a.Steps[0].Source
	text := s.ID
	if strings.HasPrefix(s.ID, "ward:") && s.Original != "" {
		text = "Ward's catalogue, resting on " + s.Original
	}
	t.line("source", text)
}

// names lists a few devices by the name a person knows.
func (t *textWriter) names(ids []device.ID) string {
	const most = 4
	var names []string
	for _, id := range ids[:min(most, len(ids))] {
		names = append(names, t.name(id))
	}
	text := strings.Join(names, ", ")
	if len(ids) > most {
		text += fmt.Sprintf(" and %d more", len(ids)-most)
	}
	return text
}

func (t *textWriter) name(id device.ID) string {
	d := t.known[id]
	if d == nil {
		return string(id)
	}
	name := firstOf(d.AssetID, d.Hostname, firstAddress(d), string(id))
	if d.Location != "" {
		name += " (" + d.Location + ")"
	}
	return clean(name)
}

func bandColour(b risk.Band) string {
	switch b {
	case risk.ActNow:
		return red
	case risk.NextWindow:
		return yellow
	case risk.Schedule:
		return cyan
	}
	return dim
}
