package fingerprint

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/wire/packet"
)

//go:generate sh -c "go run ./makeoui /usr/share/ieee-data > oui.tsv"

// ouiText is the IEEE registry: one block a line, sorted by prefix.
//
//go:embed oui.tsv
var ouiText string

//go:embed makers.tsv
var makersText string

// maker is one row of makers.tsv: what the holder of a block, or a registered
// name, means to a hospital.
type maker struct {
	prefix string // hex digits; or
	start  string // start of the registered name, lower case
	name   string
	class  string // medical, module, building, general
	kind   string // class of device that the block speaks for, may be empty
	vector string
}

func parseMakers(text string) ([]maker, error) {
	var out []maker
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 5 || c[0] == "" || c[1] == "" {
			return nil, fmt.Errorf("fingerprint: makers.tsv: %q", line)
		}
		m := maker{name: c[1], class: c[2], kind: strings.TrimPrefix(c[3], "-"), vector: c[4]}
		if name, ok := strings.CutPrefix(c[0], "name:"); ok {
			m.start = strings.ToLower(name)
		} else {
			m.prefix = strings.ToUpper(c[0])
		}
		if _, ok := device.KindNamed(m.kind); m.kind != "" && !ok {
			return nil, fmt.Errorf("fingerprint: makers.tsv: unknown kind %q", m.kind)
		}
		out = append(out, m)
	}
	return out, nil
}

// registered finds the holder of the longest block that covers m (28 and 36 bit
// blocks lie inside 24 bit ones).
func registered(digits string) (prefix, name string) {
	for _, n := range [...]int{9, 7, 6} {
		if name, ok := holder(digits[:n]); ok {
			return digits[:n], name
		}
	}
	return "", ""
}

// holder searches the sorted text for one line, without an index in memory.
func holder(prefix string) (string, bool) {
	at := sort.Search(len(ouiText), func(i int) bool { return lineAt(i) >= prefix })
	if at == len(ouiText) {
		return "", false
	}
	start := strings.LastIndexByte(ouiText[:at], '\n') + 1
	line, _, _ := strings.Cut(ouiText[start:], "\n")
	have, name, _ := strings.Cut(line, "\t")
	return name, have == prefix
}

// lineAt is the prefix of the line in which byte i lies.
func lineAt(i int) string {
	start := strings.LastIndexByte(ouiText[:i], '\n') + 1
	prefix, _, _ := strings.Cut(ouiText[start:min(start+16, len(ouiText))], "\t")
	return prefix
}

// MAC gives the claims that follow from a MAC alone. Locally administered
// addresses are made up by their owner: they say nothing, nor does the block
// 000000, Xerox's of 1980, which stands in anonymised and made-up captures.
func (r *Rules) MAC(m packet.MAC) []device.Claim {
	if m[0] == 0x52 && m[1] == 0x54 && m[2] == 0 { // QEMU's, though it is marked as local
		return virtual("MAC block 525400 of QEMU")
	}
	if m[0]|m[1]|m[2] == 0 || m.IsGroup() || m.IsLocal() || m.IsVirtualRouter() {
		return nil
	}
	return r.block(m[:], "MAC")
}

// EUI64 reads the maker out of an EUI-64: 16 hex digits, FFFE in the middle or
// not (identification.md section 4b).
func (r *Rules) EUI64(digits string) []device.Claim {
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != 8 {
		return nil
	}
	return r.block(b, "EUI-64")
}

// block looks the first bytes of an address up in both lists.
func (r *Rules) block(b []byte, what string) []device.Claim {
	digits := strings.ToUpper(hex.EncodeToString(b[:6]))
	prefix, holder := registered(digits)
	mk := r.maker(digits, holder)
	if mk == nil && holder == "" {
		return nil
	}
	if mk == nil {
		return []device.Claim{{Field: device.FieldManufacturer, Value: holder, Confidence: device.Weak,
			Source: device.Source{Rule: "oui", Saw: what + " block " + prefix + " of " + holder}}}
	}
	if holder == "" {
		prefix, holder = mk.prefix, mk.name
	}
	saw := what + " block " + prefix + " of " + holder
	if mk.class == "virtual" {
		return virtual(saw)
	}
	if mk.class == "module" {
		saw += ", a maker of modules: look behind it"
	}
	c := device.Claim{Field: device.FieldManufacturer, Value: mk.name, Confidence: device.Weak, Source: device.Source{Rule: "oui", Saw: saw}}
	if mk.class == "medical" {
		c.Confidence = device.Medium
	}
	out := []device.Claim{c}
	if mk.kind != "" {
		weight := device.Weak
		if mk.class == "medical" || mk.class == "building" {
			weight = device.Medium
		}
		out = append(out, device.Claim{Field: device.FieldKind, Value: mk.kind, Confidence: weight, Source: c.Source})
	}
	return out
}

// virtual: the hypervisor's block tells that the machine is virtual, and nothing
// about who made what runs on it.
func virtual(saw string) []device.Claim {
	return []device.Claim{{Field: device.FieldRole, Value: "virtual_machine", Confidence: device.Medium, Source: device.Source{Rule: "oui", Saw: saw}}}
}

// maker finds the longest prefix that covers the digits, else the first name.
func (r *Rules) maker(digits, holder string) *maker {
	var best *maker
	low := strings.ToLower(holder)
	for i := range r.makers {
		m := &r.makers[i]
		switch {
		case m.prefix != "" && strings.HasPrefix(digits, m.prefix) && (best == nil || len(m.prefix) > len(best.prefix)):
			best = m
		case m.start != "" && best == nil && strings.HasPrefix(low, m.start):
			best = m
		}
	}
	return best
}
