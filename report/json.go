package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"ward/pipeline"
)

// JSON writes the stable document of `ward analyze --format json`: two blanks of
// indentation, keys in the order of docs/reference/json.md, the same bytes for
// the same result. Lists are written entry by entry, so that a document of any
// size needs little memory.
func JSON(w io.Writer, r *pipeline.Result) error {
	d := document{w: bufio.NewWriterSize(w, 1<<20)}
	d.enc = json.NewEncoder(&d.buf)
	d.enc.SetEscapeHTML(false)
	d.value("ward", r.Ward)
	list(&d, "inputs", r.Inputs)
	list(&d, "feeds", r.Feeds)
	list(&d, "warnings", r.Warnings)
	d.value("coverage", r.Coverage)
	list(&d, "devices", r.Devices)
	list(&d, "findings", r.Findings)
	list(&d, "assessments", r.Assessments)
	list(&d, "worklist", r.Worklist)
	d.value("sessions", r.Sessions)
	if r.Hours > 0 {
		d.value("hours", r.Hours)
	}
	d.text("\n}\n")
	if d.err != nil {
		return d.err
	}
	return d.w.Flush()
}

// document writes the entries of one object and keeps the first error.
type document struct {
	w     *bufio.Writer
	buf   bytes.Buffer
	enc   *json.Encoder
	begun bool
	err   error
}

func (d *document) text(s string) {
	if d.err == nil {
		_, d.err = d.w.WriteString(s)
	}
}

func (d *document) key(name string) {
	if d.begun {
		d.text(",\n")
	} else {
		d.text("{\n")
	}
	d.begun = true
	d.text("  \"" + name + "\": ")
}

// entry writes one value, its lines behind the prefix.
func (d *document) entry(v any, prefix string) {
	if d.err != nil {
		return
	}
	d.buf.Reset()
	d.enc.SetIndent(prefix, "  ")
	if d.err = d.enc.Encode(v); d.err == nil {
		_, d.err = d.w.Write(bytes.TrimSuffix(d.buf.Bytes(), []byte("\n")))
	}
}

func (d *document) value(name string, v any) {
	d.key(name)
	d.entry(v, "  ")
}

// list writes a list; one that is empty is [], never null.
func list[T any](d *document, name string, entries []T) {
	d.key(name)
	d.text("[")
	for i := range entries {
		if i > 0 {
			d.text(",")
		}
		d.text("\n    ")
		d.entry(&entries[i], "    ")
	}
	if len(entries) > 0 {
		d.text("\n  ")
	}
	d.text("]")
}
