package report

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/pipeline"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// topActions is how many actions the text shows: a morning's reading. The JSON
// has all of them.
const topActions = 10

// Text writes the result as a person reads it: what to do first, then what is
// there, then what was not seen.
func Text(w io.Writer, r *pipeline.Result, s Style) error {
	out := bufio.NewWriter(w)
	t := textWriter{out, s, r, byID(r.Devices)}
	t.worklist()
	t.devices()
	t.gaps()
	return out.Flush()
}

type textWriter struct {
	w     *bufio.Writer
	s     Style
	r     *pipeline.Result
	known map[device.ID]*device.Device
}

func byID(devices []*device.Device) map[device.ID]*device.Device {
	m := make(map[device.ID]*device.Device, len(devices))
	for _, d := range devices {
		m[d.ID] = d
	}
	return m
}

func (t *textWriter) heading(text string) {
	fmt.Fprintf(t.w, "%s\n", t.s.paint(bold, text))
}

func (t *textWriter) worklist() {
	list := t.r.Worklist
	t.heading("WHAT TO DO FIRST")
	if len(list) == 0 {
		fmt.Fprintf(t.w, "  Nothing. %s\n\n", t.whyNothing())
		return
	}
	if t.r.Hours > 0 {
		t.budget()
	}
	shown := 0
	for i := range list {
		if a := &list[i]; shown < topActions && (t.r.Hours == 0 || a.Chosen) {
			t.action(a)
			shown++
		}
	}
	if more := len(list) - shown; more > 0 {
		fmt.Fprintf(t.w, "  %s\n", t.s.paint(dim, fmt.Sprintf("and %d more: ward analyze --format json lists all", more)))
	}
	fmt.Fprintln(t.w)
}

// whyNothing says which silence this is: no flaw, or nobody who told us of one.
func (t *textWriter) whyNothing() string {
	switch {
	case len(t.r.Feeds) == 0:
		return "No vulnerability feed was given: add --feeds DIR to learn what is wrong with these devices."
	case len(t.r.Findings) == 0:
		return "No advisory of the feeds matches these devices. ward explain DEVICE tells why not."
	}
	return "No finding leaves anything to do."
}

func (t *textWriter) budget() {
	hours, removes, n := 0.0, 0.0, 0
	for _, a := range t.r.Worklist {
		if a.Chosen {
			hours, removes, n = hours+a.Hours, removes+a.Removes, n+1
		}
	}
	text := fmt.Sprintf("In %.4g hours: %d actions, %.4g hours of work, %.0f points of risk.", t.r.Hours, n, hours, removes)
	fmt.Fprintf(t.w, "  %s\n", text)
}

func (t *textWriter) action(a *remedy.Action) {
	head := wrap(clean(a.Action), t.s.Width-2, 6)
	fmt.Fprintf(t.w, "%4d. %s\n", a.Rank, t.s.paint(bold, head))
	meta := fmt.Sprintf("%s · %s · %s · %.4g h", a.Band.Words(), a.Kind.Words(), counted(len(a.Devices), "device"), a.Hours)
	if a.Removes > 0 && a.Kind != remedy.FindOut {
		meta += fmt.Sprintf(" · removes %.0f", a.Removes)
	}
	fmt.Fprintf(t.w, "      %s\n", t.s.paint(bandColour(a.Band), meta))
	for _, why := range a.Why {
		fmt.Fprintf(t.w, "      %s\n", wrap(clean(why), t.s.Width-2, 6))
	}
	t.steps(a)
	if a.After > 0 && a.After != a.Rank {
		fmt.Fprintf(t.w, "      after: number %d\n", a.After)
	}
	fmt.Fprintf(t.w, "      %s\n", t.s.paint(dim, wrap("on "+t.names(a.Devices), t.s.Width-2, 9)))
}

// steps prints the further steps of an action and the source of the first.
func (t *textWriter) steps(a *remedy.Action) {
	for _, s := range a.Steps[min(1, len(a.Steps)):min(4, len(a.Steps))] {
		fmt.Fprintf(t.w, "      %s\n", wrap("also: "+clean(s.Text), t.s.Width-2, 12))
	}
	if len(a.Steps) > 0 && a.Kind != remedy.FindOut {
		fmt.Fprintf(t.w, "      %s\n", t.s.paint(dim, "source: "+a.Steps[0].Source.ID))
	}
	for _, r := range a.Rejected {
		fmt.Fprintf(t.w, "      %s\n", wrap("not: "+r.Kind.Words()+", "+r.Why, t.s.Width-2, 11))
	}
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

func (t *textWriter) devices() {
	devices := t.r.Devices
	t.heading(fmt.Sprintf("WHAT IS THERE: %s", counted(len(devices), "device")))
	worst := worstScores(t.r.Assessments)
	groups := map[string][]*device.Device{}
	for _, d := range devices {
		groups[string(d.Tier)] = append(groups[string(d.Tier)], d)
	}
	tiers := make([]string, 0, len(groups))
	for tier := range groups {
		tiers = append(tiers, tier)
	}
	sort.Slice(tiers, func(i, j int) bool { return tierOrder(tiers[i]) < tierOrder(tiers[j]) })
	for _, tier := range tiers {
		t.tier(tier, groups[tier], worst)
	}
	fmt.Fprintln(t.w)
}

// tierOrder puts devices without a tier behind the others.
func tierOrder(tier string) string {
	if tier == "" {
		return "~"
	}
	return tier
}

// mostDevices bounds the devices of one tier in the text.
const mostDevices = 25

func (t *textWriter) tier(tier string, devices []*device.Device, worst map[device.ID]float64) {
	sort.SliceStable(devices, func(i, j int) bool { return worst[devices[i].ID] > worst[devices[j].ID] })
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, tierTitle(tier)))
	for _, d := range devices[:min(mostDevices, len(devices))] {
		score := "    "
		if worst[d.ID] > 0 {
			score = fmt.Sprintf("%4.0f", worst[d.ID])
		}
		who := strings.TrimSpace(clean(firstOf(strings.TrimSpace(d.Manufacturer+" "+d.Model), "unknown maker")))
		if d.Version != "" {
			who += " " + clean(d.Version)
		}
		left := pad(fit(clean(firstOf(d.AssetID, d.Hostname, firstAddress(d), string(d.ID))), 20), 20)
		kind := pad(fit(strings.ReplaceAll(firstOf(d.Kind, "unknown"), "_", " "), 17), 17)
		fmt.Fprintf(t.w, "  %s  %s  %s  %s\n", score, left, kind, fit(who, t.s.Width-49))
		for _, warning := range d.Warnings {
			fmt.Fprintf(t.w, "        %s\n", t.s.paint(yellow, wrap("! "+clean(warning), t.s.Width-2, 10)))
		}
	}
	if more := len(devices) - mostDevices; more > 0 {
		fmt.Fprintf(t.w, "        %s\n", t.s.paint(dim, fmt.Sprintf("and %d more", more)))
	}
}

func tierTitle(tier string) string {
	switch tier {
	case "T0":
		return "T0 patient attached"
	case "T1":
		return "T1 alarms and surveillance"
	case "T2":
		return "T2 time-critical diagnosis and supply"
	case "T3":
		return "T3 diagnosis and workflow"
	case "T4":
		return "T4 support"
	}
	return "not known yet"
}

func worstScores(assessments []risk.Assessment) map[device.ID]float64 {
	worst := map[device.ID]float64{}
	for i := range assessments {
		a := &assessments[i]
		worst[a.Device] = max(worst[a.Device], a.Score)
	}
	return worst
}

func firstAddress(d *device.Device) string {
	if len(d.Addresses) == 0 {
		return ""
	}
	return d.Addresses[0].String()
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
