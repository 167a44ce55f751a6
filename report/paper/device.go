package paper

import (
	"fmt"
	"io"
	"strings"
)

// PDF writes the report of one device: who it is and how that is known, its
// risk, what is wrong with it, what to do, what was decided.
func (d *Device) PDF(w io.Writer) error {
	s, err := newSheet(&d.Head, false)
	if err != nil {
		return err
	}
	s.opening(d.Name, d.Lead, d.Scope)
	for _, text := range d.Warnings {
		s.labelled(0, s.t("Claims contradict"), text, 3)
	}
	s.identity(d)
	s.risk(d)
	s.findings(d)
	s.heading(s.t("What to do"))
	for i := range d.Work {
		s.work(&d.Work[i], false)
	}
	if len(d.Work) == 0 {
		s.para(0, normal, "", s.t("No action concerns this device."), 1)
	}
	s.decisions(d)
	return s.finish(w)
}

func (s *sheet) identity(d *Device) {
	s.heading(s.t("Who it is, and how we know"))
	g := s.table(3, column{s.t("Field"), 16, false}, column{s.t("Value"), 32, false}, column{s.t("Sure"), 7, true},
		column{s.t("How"), 25, false}, column{s.t("Evidence"), 28, false})
	for _, f := range d.Facts[:min(len(d.Facts), MaxFacts)] {
		sure := ""
		if f.Sure > 0 {
			sure = fmt.Sprintf("%.0f %%", 100*f.Sure)
		}
		g.row(f.Name, f.Value, sure, f.How, f.Where)
	}
}

func (s *sheet) risk(d *Device) {
	s.heading(s.t("Risk"))
	if d.Risk == nil {
		s.para(0, normal, "", s.t("No open finding. That is not a proof of safety: it is what the feeds and the traffic show."), 2)
		return
	}
	r := d.Risk
	s.para(0, strong, "B", fmt.Sprintf("%.0f · %s · %s", r.Score, r.Band, r.Vulnerability), 1)
	s.para(0, normal, "", s.t("between %s and %s, by what nobody knows yet", fmt.Sprintf("%.0f", r.Low), fmt.Sprintf("%.0f", r.High)), 1)
	for _, f := range r.Factors {
		s.bar(f.Value)
		s.para(34, normal, "", fmt.Sprintf("%s (%s) %.2f: %s", f.Title, f.Letter, f.Value, strings.Join(f.Text, "; ")), 4)
		s.gap(1)
	}
	s.labelled(0, s.t("Find out"), r.FindOut, 2)
}

// bar draws a value of 0 to 1 at the left, and stays on the line.
func (s *sheet) bar(v float64) {
	s.room(8)
	y := s.GetY()
	s.SetDrawColor(90, 90, 90)
	s.SetFillColor(90, 90, 90)
	s.SetLineWidth(0.2)
	s.Rect(margin, y+.8, 30, 2.6, "D")
	s.Rect(margin, y+.8, 30*min(1, max(0, v)), 2.6, "F")
	s.SetXY(margin, y)
}

func (s *sheet) findings(d *Device) {
	s.heading(s.t("Findings"))
	if len(d.Findings) == 0 {
		s.para(0, normal, "", s.t("None."), 1)
		return
	}
	g := s.table(4, column{s.t("Score"), 7, true}, column{s.t("Band"), 15, false}, column{s.t("Vulnerability"), 20, false},
		column{s.t("Advisory"), 20, false}, column{s.t("Match"), 11, false}, column{s.t("Why it matches"), 42, false})
	shown := d.Findings[:min(len(d.Findings), MaxFindings)]
	for _, f := range shown {
		g.row(score(f.Score), f.Band, f.Vulnerability, f.Advisory, f.Match, f.Evidence)
	}
	if more := d.Total - len(shown); more > 0 {
		s.gap(1)
		s.para(0, normal, "B", s.t("%d more findings with lower scores are not on this paper.", more), 1)
	}
}

func (s *sheet) decisions(d *Device) {
	s.heading(s.t("Decisions"))
	if len(d.Decisions) == 0 {
		s.para(0, normal, "", s.t("None."), 1)
		return
	}
	g := s.table(4, column{s.t("Date"), 12, false}, column{s.t("What"), 25, false}, column{s.t("State"), 12, false},
		column{s.t("Until"), 12, false}, column{s.t("By"), 20, false}, column{s.t("Reason"), 34, false})
	for _, x := range d.Decisions {
		g.row(x.At, x.What, x.State, x.Expires, x.By, x.Reason)
	}
}
