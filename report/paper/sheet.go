package paper

import (
	"io"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Measures of a page in millimetres.
const (
	margin    = 15.0
	headRoom  = 24.0 // where the content begins
	footRoom  = 20.0
	pointToMM = 25.4 / 72
	leading   = 1.3 // height of a line over the size of the font
)

// Sizes of the font in points.
const (
	small  = 7.5
	normal = 9.0
	strong = 10.5
	large  = 15.0
)

// sheet is a document being written.
type sheet struct {
	*fpdf.Fpdf
	head       *Head
	have       *[planes]bool
	wide, high float64 // of the page
}

// newSheet begins a document; landscape for wide tables.
func newSheet(h *Head, landscape bool) (*sheet, error) {
	have, err := glyphs()
	if err != nil {
		return nil, err
	}
	if h.T == nil {
		h.T = english
	}
	way := "P"
	if landscape {
		way = "L"
	}
	s := &sheet{Fpdf: fpdf.New(way, "mm", "A4", ""), head: h, have: have}
	s.wide, s.high = s.GetPageSize()
	s.AddUTF8FontFromBytes("go", "", goregular.TTF)
	s.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	s.SetMargins(margin, headRoom, margin)
	s.SetAutoPageBreak(false, footRoom)
	s.SetCellMargin(0)
	s.SetCreationDate(h.At)
	s.SetModificationDate(h.At)
	s.SetCatalogSort(true)
	s.SetTitle(s.plain(h.Title, maxTitle), true)
	s.SetProducer("Ward", true)
	s.AliasNbPages("{pages}")
	s.SetHeaderFunc(s.header)
	s.SetFooterFunc(s.footer)
	s.AddPage()
	return s, s.Error()
}

func (s *sheet) plain(text string, n int) string { return plain(s.have, text, n) }

// t translates.
func (s *sheet) t(text string, args ...any) string { return s.head.T(text, args...) }

func (s *sheet) header() {
	s.SetTextColor(70, 70, 70)
	s.one(margin, 10, s.wide-2*margin, small, "B", s.head.Site, "L")
	s.one(margin, 10, s.wide-2*margin, small, "", s.head.At.Format("2006-01-02 15:04 MST"), "R")
	s.SetDrawColor(150, 150, 150)
	s.SetLineWidth(0.2)
	s.Line(margin, 15.5, s.wide-margin, 15.5)
	s.SetTextColor(0, 0, 0)
	s.SetXY(margin, headRoom)
}

func (s *sheet) footer() {
	s.SetTextColor(70, 70, 70)
	y := s.high - 12
	s.SetDrawColor(150, 150, 150)
	s.Line(margin, y-1.5, s.wide-margin, y-1.5)
	w := s.wide - 2*margin
	s.one(margin, y, w*.75, small, "", "Ward · "+s.head.Title+" · "+s.t("Contains no patient data. Confidential: it names weak points of the hospital."), "L")
	s.one(margin, y, w, small, "", s.t("Page %s of %s", s.number(), "{pages}"), "R")
	s.SetTextColor(0, 0, 0)
}

// one writes one line, cut to the width.
func (s *sheet) one(x, y, w, size float64, style, text, align string) {
	s.SetFont("go", style, size)
	lines := wrap(s.GetStringWidth, s.plain(text, maxTitle), w, 1)
	if len(lines) == 0 {
		return
	}
	s.SetXY(x, y)
	s.CellFormat(w, size*pointToMM*leading, lines[0], "", 0, align, false, 0, "")
}

// bottom is where the content must end.
func (s *sheet) bottom() float64 { return s.high - footRoom }

// room begins a new page where less than h is left.
func (s *sheet) room(h float64) {
	if s.GetY()+h > s.bottom() {
		s.AddPage()
	}
}

// gap moves down.
func (s *sheet) gap(h float64) { s.SetY(s.GetY() + h) }

// para writes a text at an indent from the margin, at most n lines.
func (s *sheet) para(indent, size float64, style, text string, n int) {
	s.SetFont("go", style, size)
	h := size * pointToMM * leading
	w := s.wide - 2*margin - indent
	for _, line := range wrap(s.GetStringWidth, s.plain(text, maxPara), w, n) {
		s.room(h)
		s.SetFont("go", style, size)
		s.SetX(margin + indent)
		s.CellFormat(w, h, line, "", 1, "L", false, 0, "")
	}
}

// heading begins a part; it never stands alone at the end of a page.
func (s *sheet) heading(text string) {
	s.room(20)
	s.gap(3)
	s.para(0, strong, "B", text, 2)
	s.gap(1)
}

// opening is the beginning of the first page: title, scope and what it rests on.
func (s *sheet) opening(title string, lines ...string) {
	s.para(0, large, "B", title, 2)
	s.gap(1)
	for _, l := range lines {
		s.para(0, normal, "", l, 3)
	}
	for _, l := range s.head.Rests {
		s.para(0, normal, "", l, 3)
	}
	if s.head.By != "" {
		s.para(0, small, "", s.t("Made by %s.", s.head.By), 1)
	}
	s.gap(2)
}

// finish writes the document.
func (s *sheet) finish(w io.Writer) error {
	if err := s.Error(); err != nil {
		return err
	}
	return s.Output(w)
}
