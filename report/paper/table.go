package paper

import (
	"fmt"
	"strconv"
)

// column of a table; its share of the width.
type column struct {
	title string
	share float64
	right bool
}

// grid is a table being written.
type grid struct {
	s       *sheet
	columns []column
	widths  []float64
	lines   int // at most, of one cell
}

// cellGap is between cells, in millimetres.
const cellGap = 2.0

// table begins a table with its head.
func (s *sheet) table(lines int, columns ...column) *grid {
	g := &grid{s: s, columns: columns, lines: lines}
	sum := 0.0
	for _, c := range columns {
		sum += c.share
	}
	for _, c := range columns {
		g.widths = append(g.widths, c.share/sum*(s.wide-2*margin))
	}
	s.room(16)
	g.title()
	return g
}

// title writes the head; again on each page.
func (g *grid) title() {
	s := g.s
	x, y := margin, s.GetY()
	h := small * pointToMM * leading
	for i, c := range g.columns {
		s.one(x, y, g.widths[i]-cellGap, small, "B", c.title, align(c.right))
		x += g.widths[i]
	}
	s.SetDrawColor(120, 120, 120)
	s.Line(margin, y+h+.5, s.wide-margin, y+h+.5)
	s.SetXY(margin, y+h+1)
}

// row writes a row; it is never split over two pages.
func (g *grid) row(cells ...string) {
	s := g.s
	s.SetFont("go", "", small)
	h := small * pointToMM * leading
	texts := make([][]string, len(cells))
	most := 1
	for i, c := range cells {
		texts[i] = wrap(s.GetStringWidth, s.plain(c, maxCell), g.widths[i]-cellGap, g.lines)
		most = max(most, len(texts[i]))
	}
	high := float64(most)*h + 1
	if s.GetY()+high > s.bottom() {
		s.AddPage()
		g.title()
	}
	s.SetFont("go", "", small)
	x, y := margin, s.GetY()
	for i, lines := range texts {
		for n, line := range lines {
			s.SetXY(x, y+float64(n)*h)
			s.CellFormat(g.widths[i]-cellGap, h, line, "", 0, align(g.columns[i].right), false, 0, "")
		}
		x += g.widths[i]
	}
	s.SetDrawColor(215, 215, 215)
	s.SetLineWidth(0.1)
	s.Line(margin, y+high-.4, s.wide-margin, y+high-.4)
	s.SetXY(margin, y+high)
}

func align(right bool) string {
	if right {
		return "R"
	}
	return "L"
}

func (s *sheet) number() string { return strconv.Itoa(s.PageNo()) }

// score writes a score, nothing for none.
func score(v float64) string {
	if v <= 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", v)
}

// english is the catalogue of those who gave none.
func english(text string, args ...any) string {
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}
