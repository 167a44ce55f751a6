package paper

import (
	"fmt"
	"io"
	"strings"
)

// PDF writes the worklist: a sheet to work by, with a box to tick and room for a
// hand-written remark.
func (l *Worklist) PDF(w io.Writer) error {
	s, err := newSheet(&l.Head, false)
	if err != nil {
		return err
	}
	shown := l.Work[:min(len(l.Work), MaxWork)]
	s.opening(l.Title, l.Scope, s.t("%d of %d actions, the most urgent first; %s hours of work.", len(shown), l.Total, fmt.Sprintf("%.1f", l.Hours)))
	if len(shown) == 0 {
		s.para(0, normal, "", s.t("Nothing to do"), 1)
	}
	for i := range shown {
		s.work(&shown[i], true)
	}
	return s.finish(w)
}

// work writes one action; in full with reasons and steps.
func (s *sheet) work(a *Work, full bool) {
	s.room(34)
	y := s.GetY()
	s.SetDrawColor(0, 0, 0)
	s.SetLineWidth(0.3)
	s.Rect(margin, y+.6, 4, 4, "D")
	s.SetY(y)
	head := a.Action
	if a.Rank > 0 {
		head = fmt.Sprintf("%d. %s", a.Rank, head)
	}
	s.para(7, strong, "B", head, 4)
	s.para(7, small, "", s.facts(a), 2)
	for _, why := range a.Why[:min(len(a.Why), 2)] {
		s.para(7, normal, "", why, 3)
	}
	s.labelled(7, s.t("Where"), s.where(a), 6)
	if full {
		for _, st := range a.Steps {
			s.labelled(7, s.t("Step"), st.Text, 6)
			s.labelled(7, s.t("Source"), st.Source, 2)
		}
		s.labelled(7, s.t("Check after"), a.Verify, 3)
		s.labelled(7, s.t("Done by, when, remark"), strings.Repeat("_", 48), 1)
	}
	s.gap(1.5)
	s.SetDrawColor(200, 200, 200)
	s.SetLineWidth(0.1)
	s.Line(margin, s.GetY(), s.wide-margin, s.GetY())
	s.gap(2)
}

// facts is the line below the action.
func (s *sheet) facts(a *Work) string {
	parts := []string{a.Band, a.Kind, s.t("%s hours", fmt.Sprintf("%.1f", a.Hours))}
	if a.Before > 0 {
		parts = append(parts, s.t("worst score %s, afterwards %s", fmt.Sprintf("%.0f", a.Before), fmt.Sprintf("%.0f", a.After)))
	}
	if a.State != "" {
		parts = append(parts, a.State)
	}
	if a.Assignee != "" {
		parts = append(parts, a.Assignee)
	}
	if a.Due != "" {
		parts = append(parts, s.t("due %s", a.Due))
	}
	return strings.Join(parts, " · ")
}

// maxName is how much of a device's name is shown in a sentence.
const maxName = 40

func (s *sheet) where(a *Work) string {
	var names []string
	for _, d := range a.Where[:min(len(a.Where), MaxWhere)] {
		name := s.plain(d.Name, maxName)
		if d.Location != "" {
			name += " (" + s.plain(d.Location, maxName) + ")"
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if more := a.Devices - len(names); more > 0 {
		text += s.t(" and %d more", more)
	}
	return text
}

// labelled writes a text behind what it is; nothing where there is none.
func (s *sheet) labelled(indent float64, label, text string, lines int) {
	if text != "" {
		s.para(indent, normal, "", label+": "+text, lines)
	}
}
