package remedy

import (
	"regexp"
	"strings"

	"ward/vuln/advisory"
)

// Limits of one publisher's text: a hostile feed must not make a long worklist.
const (
	maxStatement  = 4000 // bytes of one remediation that are read
	maxStatements = 60   // sentences of one remediation that are read
)

// statement is one sentence of a remediation.
type statement struct {
	text string // links and phone numbers removed, blanks folded
	raw  string // as published
	kind Kind   // "" where it says nothing to do
	// future: the publisher promises an update that was not there yet.
	future bool
	// noFix: the publisher says there will be none.
	noFix bool
	fixed string // version that removes the flaw
}

var (
	links    = regexp.MustCompile(`(?i)\b(?:https?|ftp)\s?:\s?//\S+|\bwww\.\S+|\S+@\S+\.\w+`)
	phones   = regexp.MustCompile(`\+?\(?\d[\d\s().-]{7,}\d`)
	sentence = regexp.MustCompile(`[.!?;:]\s+`)
)

// statements splits one remediation into classified sentences.
func statements(r *advisory.Remediation) []statement {
	text := r.Text
	if len(text) > maxStatement {
		text = strings.ToValidUTF8(text[:maxStatement], "")
	}
	var out []statement
	for _, raw := range split(text) {
		if len(out) == maxStatements {
			break
		}
		s := statement{raw: raw, text: plain(raw)}
		if len(s.text) < minSentence {
			continue
		}
		classify(&s, r.Category)
		if s.kind != "" {
			out = append(out, s)
		}
	}
	return out
}

// minSentence is shorter than any instruction.
const minSentence = 12

// split cuts a text at line ends, bullets and sentence ends. A full stop inside
// a version, an address or an abbreviation is no end.
func split(text string) []string {
	var out []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '•' || r == '●' || r == '⏎' }) {
		rest := line
		for from := 0; ; {
			at := sentence.FindStringIndex(rest[from:])
			if at == nil {
				out = append(out, rest)
				break
			}
			end := from + at[1]
			if !ends(rest[:from+at[0]+1], rest[end:]) {
				from = end
				continue
			}
			out = append(out, rest[:end])
			rest, from = rest[end:], 0
		}
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// ends tells whether a stop ends a sentence: not after an abbreviation, and the
// next word begins with a capital.
func ends(before, after string) bool {
	for _, abbreviation := range []string{"e.g.", "i.e.", "etc.", "No.", "Inc.", "Ltd.", "Corp.", "Co.", "vs.", "U.S.", "approx.", "Rev.", "Ver.", "v."} {
		if strings.HasSuffix(before, abbreviation) {
			return false
		}
	}
	return after == "" || strings.HasSuffix(before, ":") || after[0] >= 'A' && after[0] <= 'Z' || after[0] >= '0' && after[0] <= '9' || after[0] >= 0x80
}

// plain removes what a reader of the worklist cannot click anyway.
func plain(raw string) string {
	s := links.ReplaceAllString(raw, "")
	s = phones.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, " 's", "'s")
	s = strings.ReplaceAll(s, "(link is external)", "")
	s = strings.ReplaceAll(s, "(external link)", "")
	return strings.Join(strings.Fields(s), " ")
}
