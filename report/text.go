package report

import (
	"bufio"
	"fmt"
	"io"

	"ward/asset/device"
	"ward/pipeline"
)

// Text writes the result as a person reads it: what to do first, then what is
// there, then what was not seen.
func Text(w io.Writer, r *pipeline.Result, s Style) error {
	out := bufio.NewWriter(w)
	t := textWriter{out, s, r, byID(r.Devices)}
	t.worklist()
	t.devices()
	t.gaps()
	return out.Flush()
}

type textWriter struct {
	w     *bufio.Writer
	s     Style
	r     *pipeline.Result
	known map[device.ID]*device.Device
}

func byID(devices []*device.Device) map[device.ID]*device.Device {
	m := make(map[device.ID]*device.Device, len(devices))
	for _, d := range devices {
		m[d.ID] = d
	}
	return m
}

func (t *textWriter) heading(text string) {
	fmt.Fprintf(t.w, "%s\n", t.s.paint(bold, text))
}

func firstAddress(d *device.Device) string {
	if len(d.Addresses) == 0 {
		return ""
	}
	return d.Addresses[0].String()
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
