package device

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"ward/wire/packet"
)

// assetReader turns rows into Assets.
type assetReader struct {
	name     string
	head     []string
	fields   []Field
	assets   []Asset
	notes    []Note
	unlisted int
}

func (a *assetReader) note(line int, format string, args ...any) {
	if len(a.notes) >= MaxAssetNotes {
		a.unlisted++
		return
	}
	a.notes = append(a.notes, Note{line, fmt.Sprintf(format, args...)})
}

func (a *assetReader) row(r tableRow) {
	out := Asset{Line: r.line, File: a.name, Values: map[Field]string{}}
	if r.broken {
		a.note(r.line, "a quotation mark is not closed")
	}
	if len(r.cells) > len(a.head) {
		a.note(r.line, "%d cells, the header has %d: the rest is left out", len(r.cells), len(a.head))
	}
	for i, cell := range r.cells[:min(len(r.cells), len(a.head))] {
		cell = clean(cell)
		if cell == "" || strings.EqualFold(cell, "n/a") || strings.EqualFold(cell, "null") || cell == "-" {
			continue
		}
		a.cell(&out, i, cell)
	}
	if len(out.Values) > 0 || !out.MAC.IsZero() || len(out.Addrs) > 0 {
		a.assets = append(a.assets, out)
	} else if len(strings.TrimSpace(strings.Join(r.cells, ""))) > 0 {
		a.note(r.line, "no usable value")
	}
}

func (a *assetReader) cell(out *Asset, i int, cell string) {
	switch f := a.fields[i]; f {
	case "":
		out.extra(a.head[i], cell)
	case fieldMAC:
		m, err := packet.ParseMAC(cell)
		switch {
		case err != nil:
			a.note(out.Line, "%q is no MAC address", cell)
		case out.MAC.IsZero():
			out.MAC = m
		}
	case FieldAddress:
		a.addresses(out, cell)
	case FieldKind:
		out.Values[f] = cell
		if _, ok := KindFromWords(cell); !ok || strings.ContainsAny(cell, "0123456789") {
			out.extra(a.head[i], cell) // it may name the model: "TELEMETRY TRANSMITTER MX40"
		}
	case FieldTier:
		out.Values[f] = cell
		if _, ok := tierNamed(cell); !ok {
			a.note(out.Line, "%q is no tier T0 to T4", cell)
		}
	default:
		out.Values[f] = cell
	}
}

func (a *Asset) extra(head, cell string) {
	if a.Extra == nil {
		a.Extra = map[string]string{}
	}
	if head = clean(head); head != "" {
		a.Extra[head] = cell
	}
}

// addresses reads one or more addresses of a cell.
func (a *assetReader) addresses(out *Asset, cell string) {
	for w := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(" ,;/|", r) }) {
		addr, err := netip.ParseAddr(w)
		switch {
		case err == nil:
			out.Addrs = append(out.Addrs, addr.Unmap())
		case strings.EqualFold(w, "dhcp"):
		case len(w) <= 3 && len(out.Addrs) > 0: // the length of a prefix
		default:
			a.note(out.Line, "%q is no IP address", w)
		}
	}
}

// clean drops control characters and spaces around a cell, and cuts it.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
	if r := []rune(s); len(r) > MaxAssetCell {
		return string(r[:MaxAssetCell])
	}
	return s
}
