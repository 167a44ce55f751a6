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
	minSentence   = 8    // shorter than any instruction, in bytes
)

// statement is one sentence of a remediation.
type statement struct {
	text string // links and phone numbers removed, blanks folded
	raw  string // as published
	kind Kind   // "" where it says nothing to do
	do   string // what to do, as an imperative; empty for updates, see updateText

	update availability // of an update the sentence speaks of
	fixed  []version    // versions that may remove the flaw, the likeliest first

	noFix   bool // the publisher says there will be no update
	ended   bool // and that support has ended
	demands bool // the manufacturer requires isolation, or to stop the use
}

var (
	links    = regexp.MustCompile(`(?i)\b(?:https?|ftp)\s?:\s?//\S+|\bwww\.\S+|\S+@\S+\.\w+`)
	phones   = regexp.MustCompile(`\+\d[\d\s().-]{7,}\d|\b(?:\d-)?\(?\d{3}\)?[\s-]{1,3}\d{3}[\s-]{1,3}\d{4}\b|\b1-\d{3}-[\dA-Z][\dA-Z-]{5,}\b`)
	brackets = regexp.MustCompile(`\(\s*(?:link is external|external link|login required)?\s*\)|\[\d*\]`)
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
		if s.kind != "" || s.noFix {
			out = append(out, s)
		}
	}
	return out
}

// split cuts a text at line ends, bullets and sentence ends. A full stop inside
// a version, an address or an abbreviation is no end.
func split(text string) []string {
	var out []string
	for _, line := range lines(text) {
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

// lines cuts at line ends and bullets, but not where a publisher's tool broke a
// sentence: the next line goes on in small letters.
func lines(text string) []string {
	var out []string
	start := 0
	for i, r := range text {
		switch r {
		case '•', '●', '⏎':
		case '\n', '\r':
			rest := strings.TrimLeft(text[i:], " \t\r\n")
			if rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] == '(') && !verbSet[firstWord(rest)] {
				continue
			}
		default:
			continue
		}
		out = append(out, strings.TrimLeft(text[start:i], "•●⏎ \t\r\n"))
		start = i
	}
	return append(out, strings.TrimLeft(text[start:], "•●⏎ \t\r\n"))
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

var abbreviations = []string{"e.g.", "i.e.", "etc.", "No.", "Inc.", "Ltd.", "Corp.", "Co.", "vs.", "U.S.", "approx.", "Rev.", "Ver.", "v.", "St.", "Dr.", "B."}

// ends tells whether a stop ends a sentence: not after an abbreviation, and the
// next word begins with a capital. A colon ends none: what follows belongs to it.
func ends(before, after string) bool {
	for _, abbreviation := range abbreviations {
		if strings.HasSuffix(before, " "+abbreviation) || before == abbreviation || strings.HasSuffix(before, "("+abbreviation) {
			return false
		}
	}
	if after == "" {
		return true
	}
	if strings.HasSuffix(before, ":") || strings.HasSuffix(before, ";") {
		return strings.HasSuffix(before, ";") || len(before) > maxLabel
	}
	return after[0] >= 'A' && after[0] <= 'Z' || after[0] >= '0' && after[0] <= '9' || after[0] >= 0x80
}

// maxLabel is the length of a product name before a colon: "Connex Spot Monitor
// (CSM): v1.52" is one statement, a longer lead is a sentence of its own.
const maxLabel = 140

// plain removes what a reader of the worklist cannot click anyway.
func plain(raw string) string {
	s := links.ReplaceAllString(raw, "")
	s = phones.ReplaceAllString(s, "")
	s = brackets.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, " 's ", "'s ")
	s = strings.ReplaceAll(s, " ' ", "' ")
	return strings.Join(strings.Fields(s), " ")
}
