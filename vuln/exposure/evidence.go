package exposure

import (
	"fmt"
	"strings"

	"ward/vuln/advisory"
)

// evidence tells in words how a hit came about, each step with its rule.
func (h *hit) evidence(st advisory.ProductStatus) []Evidence {
	p, a, s := h.entry.product, h.entry.adv, h.spelling
	var out []Evidence
	add := func(rule, text, place string) {
		out = append(out, Evidence{Rule: rule, Text: text, File: a.File, Place: place})
	}
	if s != nil {
		add(h.maker, h.makerText(), "")
		add(h.nameRule(), h.nameText(), p.Path)
	} else {
		add(h.maker, h.why, p.Path)
	}
	add(h.versionRule(), h.version, p.Path)
	for _, l := range h.limits {
		add("condition.open", l, p.Path)
	}
	if st.Status != "" {
		text := fmt.Sprintf("the advisory lists it as %s", st.Status)
		if st.Flag != "" {
			text += " (" + st.Flag + ")"
		}
		if st.Why != "" {
			text += ": " + st.Why
		}
		add("status."+string(st.Status), text, "")
	}
	return out
}

func (h *hit) makerText() string {
	s := h.spelling
	said := "nobody says who made the device"
	if len(s.makers) > 0 {
		said = "the device's maker is " + joinIDs(s.makers)
	}
	switch h.maker {
	case "vendor.unstated":
		return said + "; the product's name is distinct enough without a maker"
	case "vendor.unknown":
		return said + ", a maker Ward does not know; the product's name is distinct enough without"
	case "vendor.owner":
		return fmt.Sprintf("%s, another owner of products of %s", said, quote(h.entry.product.Vendor))
	}
	text := fmt.Sprintf("%s, the advisory's vendor %s is the same", said, quote(h.entry.product.Vendor))
	if s.maker.note != "" {
		text += "; " + s.maker.note
	}
	return text
}

func joinIDs(ids []vendorID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.TrimPrefix(string(id), "=")
	}
	return strings.Join(out, " or ")
}

func (h *hit) nameRule() string {
	switch {
	case h.grade == familyFit:
		return "name.family"
	case h.grade == partialFit:
		return "name.partial"
	case h.name != nil && h.name.alias:
		return "name.alias"
	}
	return "name.product"
}

func (h *hit) nameText() string {
	text := fmt.Sprintf("model %s fits %s: %s", quote(h.spelling.model), quote(h.name.text), h.why)
	if h.spelling.source != "" {
		text += " (said by " + h.spelling.source + ")"
	}
	return text
}

func (h *hit) versionRule() string {
	switch {
	case h.entry.main.all:
		return "version.all"
	case h.verdict == inside:
		return "version.inside"
	case h.verdict == maybe:
		return "version.maybe"
	case h.verdict == outside:
		return "version.outside"
	}
	return "version.unknown"
}
