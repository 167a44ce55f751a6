package report

import (
	"fmt"
	"strings"
	"time"

	"ward/pipeline"
)

// mostWarnings bounds the warnings that the text repeats.
const mostWarnings = 8

// gaps says what this answer rests on and what it cannot know.
func (t *textWriter) gaps() {
	t.heading("WHAT THIS RESTS ON")
	r := t.r
	for _, line := range []string{seen(r), feeds(r), unknowns(r)} {
		if line != "" {
			fmt.Fprintf(t.w, "  %s\n", wrapFrom(line, 2, t.s.Width, 4))
		}
	}
	for i, w := range r.Warnings {
		if i == mostWarnings {
			fmt.Fprintf(t.w, "  %s\n", t.s.paint(dim, fmt.Sprintf("and %d more warnings", len(r.Warnings)-i)))
			break
		}
		fmt.Fprintf(t.w, "  %s\n", t.s.paint(yellow, wrapFrom("! "+clean(w), 2, t.s.Width, 4)))
	}
}

func seen(r *pipeline.Result) string {
	if len(r.Inputs) == 0 {
		return "No traffic was watched: this is the maintenance record alone."
	}
	var frames uint64
	for _, in := range r.Inputs {
		frames += in.Frames
	}
	text := fmt.Sprintf("%s%s: %s frames or lines, %s sessions.", strings.ToUpper(r.Coverage.String()[:1]), r.Coverage.String()[1:], grouped(frames), grouped(r.Sessions.Count))
	if !r.Coverage.Full() {
		text += " Too short to say that something is not there: that takes 30 days."
	}
	return text
}

// feeds tells how old the feeds are at the time of the newest traffic or feed:
// time comes with the data, so the same input gives the same text every day.
func feeds(r *pipeline.Result) string {
	if len(r.Feeds) == 0 {
		return "No vulnerability feed was read (--feeds DIR)."
	}
	now := newest(r)
	oldest, name := now, ""
	for _, f := range r.Feeds {
		if !f.Date.IsZero() && f.Date.Before(oldest) {
			oldest, name = f.Date, f.Name
		}
	}
	text := counted(len(r.Feeds), "feed")
	if name != "" {
		text += fmt.Sprintf(", the oldest (%s) %s older than the newest data", name, days(now.Sub(oldest)))
	}
	return text + "."
}

func newest(r *pipeline.Result) time.Time {
	var t time.Time
	for _, in := range r.Inputs {
		if in.Last.After(t) {
			t = in.Last
		}
	}
	for _, f := range r.Feeds {
		if f.Date.After(t) {
			t = f.Date
		}
	}
	return t
}

func days(d time.Duration) string {
	return counted(int(d.Hours()/24), "day")
}

func unknowns(r *pipeline.Result) string {
	unknown := 0
	for _, d := range r.Devices {
		if d.Kind == "" || d.Kind == "unknown" {
			unknown++
		}
	}
	if unknown == 0 {
		return ""
	}
	are := "they are"
	if unknown == 1 {
		are = "it is"
	}
	return fmt.Sprintf("Of %s, %d could not be told what %s. A maintenance export (--assets FILE) or more traffic would tell.", counted(len(r.Devices), "device"), unknown, are)
}

func grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
