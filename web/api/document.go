package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// document writes one JSON object with two blanks of indentation, lists entry by
// entry, and keeps the first error.
type document struct {
	w     *bufio.Writer
	buf   bytes.Buffer
	enc   *json.Encoder
	begun bool
	err   error
}

func newDocument(w io.Writer) *document {
	d := &document{w: bufio.NewWriterSize(w, 64<<10)}
	d.enc = json.NewEncoder(&d.buf)
	d.enc.SetEscapeHTML(false)
	return d
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
func (d *document) entry(v any, prefix string) error {
	if d.err == nil {
		d.buf.Reset()
		d.enc.SetIndent(prefix, "  ")
		if d.err = d.enc.Encode(v); d.err == nil {
			_, d.err = d.w.Write(bytes.TrimSuffix(d.buf.Bytes(), []byte("\n")))
		}
	}
	return d.err
}

func (d *document) value(name string, v any) {
	d.key(name)
	_ = d.entry(v, "  ") // end tells
}

// list writes a list of what each hands on; one that is empty is [].
func (d *document) list(name string, each func(entry func(any) error) error) {
	if d.err != nil {
		return
	}
	d.key(name)
	d.text("[")
	some := false
	err := each(func(v any) error {
		if some {
			d.text(",")
		}
		some = true
		d.text("\n    ")
		return d.entry(v, "    ")
	})
	if d.err == nil {
		d.err = err
	}
	if some {
		d.text("\n  ")
	}
	d.text("]")
}

func (d *document) end() error {
	d.text("\n}\n")
	if d.err != nil {
		return d.err
	}
	return d.w.Flush()
}
