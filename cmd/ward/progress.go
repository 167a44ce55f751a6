package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"ward/pipeline"
)

// progressEvery is how often the progress line is renewed.
const progressEvery = 250 * time.Millisecond

// progressLine draws one line on standard error while long work runs: what,
// how much, the rate and the time left. On a pipe it draws nothing.
type progressLine struct {
	on      bool
	started time.Time
	shown   time.Time
	stage   string
}

func newProgress() *progressLine {
	return &progressLine{on: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb", started: time.Now()}
}

// Show draws p, at most a few times a second.
func (l *progressLine) Show(p pipeline.Progress) {
	now := time.Now()
	if p.Stage != l.stage {
		l.stage, l.started = p.Stage, now
	}
	if !l.on || now.Sub(l.shown) < progressEvery || now.Sub(l.started) < progressEvery {
		return
	}
	l.shown = now
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s", line(p, now.Sub(l.started)))
}

// Clear removes the line.
func (l *progressLine) Clear() {
	if l.on && !l.shown.IsZero() {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

func line(p pipeline.Progress, elapsed time.Duration) string {
	text := p.Stage
	rate := float64(p.Done) / max(0.001, elapsed.Seconds())
	if p.Total <= 0 {
		return fmt.Sprintf("%s: %s, %s/s", text, size(p.Done), size(int64(rate)))
	}
	left := time.Duration(float64(p.Total-p.Done)/max(1, rate)) * time.Second
	return fmt.Sprintf("%s: %d %% of %s, %s/s, %s left", text, 100*p.Done/p.Total, size(p.Total), size(int64(rate)), left.Round(time.Second))
}

func size(bytes int64) string {
	const unit = 1000
	switch {
	case bytes >= unit*unit*unit:
		return fmt.Sprintf("%.1f GB", float64(bytes)/(unit*unit*unit))
	case bytes >= unit*unit:
		return fmt.Sprintf("%.0f MB", float64(bytes)/(unit*unit))
	}
	return fmt.Sprintf("%d kB", bytes/unit)
}
