package report

import (
	"fmt"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/vuln/risk"
)

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
			fmt.Fprintf(t.w, "        %s\n", t.s.paint(yellow, wrapFrom("! "+clean(warning), 8, t.s.Width, 10)))
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
