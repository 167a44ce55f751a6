package main

import (
	"os"

	"golang.org/x/term"

	"ward/report"
)

// The terminal rules, once: colour and progress only on a terminal, never on a
// pipe; NO_COLOR (no-color.org) and TERM=dumb are honoured; text is at most 100
// columns wide, 80 where the width is not known.
const (
	narrow = 80
	widest = 100
)

func terminalStyle(f *os.File) report.Style {
	s := report.Style{Width: narrow}
	if !term.IsTerminal(int(f.Fd())) {
		return s
	}
	s.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w >= 60 {
		s.Width = min(w, widest)
	}
	return s
}
