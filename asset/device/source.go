package device

import (
	"cmp"
	"fmt"
	"strings"
)

// Place says where in its input a claim can be looked up: "a.csv line 3",
// "a.pcap frame 7"; empty where nothing is known.
func (s Source) Place() string {
	var at string
	switch {
	case s.Line != 0:
		at = fmt.Sprintf("line %d", s.Line)
	case s.Frame != 0:
		at = fmt.Sprintf("frame %d", s.Frame)
	}
	return strings.TrimSpace(s.Input + " " + at)
}

// String writes rule and place.
func (s Source) String() string {
	if s.Rule == RuleCMMS && s.Place() != "" {
		return s.Place()
	}
	return strings.TrimSuffix(s.Rule+", "+s.Place(), ", ")
}

// compare orders by place.
func (s Source) compare(o Source) int {
	return cmp.Or(cmp.Compare(s.Input, o.Input), cmp.Compare(s.Frame, o.Frame), cmp.Compare(s.Line, o.Line))
}
