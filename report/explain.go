package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/pipeline"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// ErrNoDevice is returned when no device answers to the name.
var ErrNoDevice = errors.New("no such device")

// Find gives the devices that answer to a name: id, asset id, MAC, address,
// host name, serial or AE title, upper or lower case.
func Find(devices []*device.Device, name string) []*device.Device {
	var out []*device.Device
	for _, d := range devices {
		if answersTo(d, name) {
			out = append(out, d)
		}
	}
	return out
}

func answersTo(d *device.Device, name string) bool {
	if mac, err := net.ParseMAC(name); err == nil { // with colons, hyphens or dots
		name = mac.String()
	}
	names := append([]string{string(d.ID), d.AssetID, d.MAC.String(), d.Hostname, d.Serial}, d.AETitles...)
	for _, a := range d.Addresses {
		names = append(names, a.String())
	}
	for _, n := range names {
		if n != "" && strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// Explain writes the whole chain for one device, or for one vulnerability (or
// advisory) on it: rank, factors, evidence, claims with file, frame and date.
func Explain(w io.Writer, r *pipeline.Result, name, vulnerability string, s Style) error {
	found := Find(r.Devices, name)
	if len(found) == 0 {
		return fmt.Errorf("%w: %q\nhint: ward analyze lists the devices; name one by id, asset id, MAC, address, host name, serial or AE title", ErrNoDevice, name)
	}
	out := bufio.NewWriter(w)
	t := textWriter{out, s, r, byID(r.Devices)}
	for _, d := range found {
		t.device(d)
		if vulnerability == "" {
			t.assessments(d)
		} else {
			t.vulnerability(d, vulnerability)
		}
	}
	return out.Flush()
}

// device writes what it is and how we know.
func (t *textWriter) device(d *device.Device) {
	title := firstOf(strings.TrimSpace(d.Manufacturer+" "+d.Model), "unknown device")
	t.heading(wrap(clean(fmt.Sprintf("%s · %s", title, d.ID)), t.s.Width, 2))
	t.field("kind", strings.ReplaceAll(d.Kind, "_", " "))
	t.field("tier", string(d.Tier))
	t.field("version", d.Version)
	t.field("system", d.OS)
	t.field("serial", d.Serial)
	t.field("where", strings.TrimSpace(d.Location+" "+d.Department))
	var addresses []string
	for _, a := range d.Addresses {
		addresses = append(addresses, a.String())
	}
	t.field("addresses", strings.Join(addresses, ", "))
	for _, w := range d.Warnings {
		t.field("warning", w)
	}
	fmt.Fprintln(t.w)
	t.claims(d)
	t.services(d)
}

func (t *textWriter) field(name, value string) {
	if value != "" {
		fmt.Fprintf(t.w, "  %s %s\n", pad(name, 10), wrapAt(clean(value), t.s.Width, 13))
	}
}

func (t *textWriter) claims(d *device.Device) {
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, "how we know"))
	for _, c := range d.Claims {
		name := string(c.Field)
		if c.Name != "" {
			name += " " + c.Name
		}
		where := c.Source.Place()
		if !c.Seen.IsZero() {
			where = strings.TrimPrefix(where+", "+c.Seen.UTC().Format("2006-01-02 15:04:05"), ", ")
		}
		line := fmt.Sprintf("%s = %s (%.1f, %s)", name, c.Value, c.Confidence, firstOf(c.Source.Saw, c.Source.Rule))
		fmt.Fprintf(t.w, "    %s\n", wrapFrom(clean(line), 4, t.s.Width, 6))
		fmt.Fprintf(t.w, "      %s\n", t.s.paint(dim, wrapFrom(clean(strings.TrimSpace(c.Source.Rule+" · "+where)), 6, t.s.Width, 8)))
	}
	fmt.Fprintln(t.w)
}

func (t *textWriter) services(d *device.Device) {
	if len(d.Services) == 0 {
		return
	}
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, "what it offers and uses"))
	for _, s := range d.Services {
		role := "uses  "
		if s.Answers {
			role = "offers"
		}
		clear := ""
		if s.Cleartext {
			clear = ", in clear"
		}
		if len(s.Weak) > 0 {
			clear += ", weak: " + clean(strings.Join(s.Weak, ", "))
		}
		text := fmt.Sprintf("%s %s %d, %s%s", clean(firstOf(s.Name, "unknown")), s.Transport, s.Port, counted(s.Sessions, "session"), clear)
		fmt.Fprintf(t.w, "    %s %s\n", role, wrapAt(text, t.s.Width, 11))
	}
	fmt.Fprintln(t.w)
}

// assessments lists what is wrong with the device, the worst first.
func (t *textWriter) assessments(d *device.Device) {
	list := t.of(d)
	if len(list) == 0 {
		fmt.Fprintf(t.w, "  No advisory of the feeds matches it. ward explain %s CVE tells why one does not.\n\n", d.ID)
		return
	}
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, "what is wrong with it"))
	for _, a := range list {
		head := fmt.Sprintf("%.0f %s · %s · %s · %s", a.Score, a.Vulnerability, a.Advisory, a.Band.Words(), a.Finding.Match)
		fmt.Fprintf(t.w, "    %s\n", t.s.paint(bandColour(a.Band), clean(head)))
		fmt.Fprintf(t.w, "      %s\n", wrapFrom(clean(a.Sentence), 6, t.s.Width, 8))
	}
	fmt.Fprintln(t.w)
}

func (t *textWriter) of(d *device.Device) []*risk.Assessment {
	var out []*risk.Assessment
	for i := range t.r.Assessments {
		if t.r.Assessments[i].Device == d.ID {
			out = append(out, &t.r.Assessments[i])
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Score > out[j].Score })
	return out
}

// vulnerability writes the chain of one CVE or advisory, or why it does not match.
func (t *textWriter) vulnerability(d *device.Device, id string) {
	n := 0
	for _, a := range t.of(d) {
		if strings.EqualFold(a.Vulnerability, id) || strings.EqualFold(a.Advisory, id) {
			t.assessment(a)
			n++
		}
	}
	if n > 0 {
		return
	}
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, clean(id)+" does not match, because"))
	t.evidence(t.r.Explain(d, id))
}

func (t *textWriter) assessment(a *risk.Assessment) {
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, clean(a.Vulnerability+" · "+a.Advisory)))
	fmt.Fprintf(t.w, "    %s\n", wrapFrom(clean(a.Sentence), 4, t.s.Width, 6))
	span := fmt.Sprintf("%s; %.0f if every unknown is refuted, %.0f if every unknown holds", a.Band.Words(), a.Low, a.High)
	fmt.Fprintf(t.w, "    %s\n", wrapFrom(span, 4, t.s.Width, 6))
	if a.FindOut != "" {
		fmt.Fprintf(t.w, "    %s\n", wrapFrom(clean("find out first: "+a.FindOut), 4, t.s.Width, 6))
	}
	t.rank(a)
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, "factors"))
	for _, r := range a.Why {
		head := fmt.Sprintf("    %s %.2f  ", pad(clean(r.Factor), 15), r.Value)
		fmt.Fprintf(t.w, "%s%s\n", head, wrapAt(clean(r.Text), t.s.Width, len(head)))
		if r.Evidence != "" {
			fmt.Fprintf(t.w, "      %s\n", t.s.paint(dim, wrapFrom(clean(r.Evidence), 6, t.s.Width, 8)))
		}
	}
	fmt.Fprintf(t.w, "  %s\n", t.s.paint(bold, fmt.Sprintf("why it matches (%s, %s)", a.Finding.Match, a.Finding.Status)))
	t.evidence(a.Finding.Evidence)
}

// rank names the actions of the worklist that work on the finding.
func (t *textWriter) rank(a *risk.Assessment) {
	for i := range t.r.Worklist {
		w := &t.r.Worklist[i]
		for _, e := range w.Effects {
			if e.Device == a.Device && e.Vulnerability == a.Vulnerability && e.Advisory == a.Advisory {
				fmt.Fprintf(t.w, "    %s\n", wrapFrom(clean(fmt.Sprintf("number %d of the worklist: %s (%.0f to %.0f)", w.Rank, w.Action, e.Before, e.After)), 4, t.s.Width, 6))
			}
		}
	}
}

func (t *textWriter) evidence(list []exposure.Evidence) {
	for _, e := range list {
		fmt.Fprintf(t.w, "    %s\n", wrapFrom(clean(e.Text), 4, t.s.Width, 6))
		if where := strings.TrimSpace(e.File + " " + e.Place); where != "" {
			fmt.Fprintf(t.w, "      %s\n", t.s.paint(dim, wrapFrom(clean(e.Rule+" · "+where), 6, t.s.Width, 8)))
		}
	}
	fmt.Fprintln(t.w)
}
