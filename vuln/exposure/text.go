package exposure

import "strings"

// maxText bounds how much of one name or version is read; real ones are far
// shorter, a hostile feed's need not be.
const maxText = 512

// fold lowers text to plain ASCII letters: "Dräger" and the mojibake "DrÃ¤ger"
// both give "drager". Signs that carry meaning in names are kept.
func fold(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r < 0x80:
			b.WriteRune(r)
		default:
			b.WriteString(foldRune(r))
		}
	}
	return marks.Replace(b.String())
}

// marks say nothing, and their signs would mislead.
var marks = strings.NewReplacer("(r)", " ", "(tm)", " ", "c/c++", " ", "s/w", "sw", "h/w", "hw", "&amp;", "&")

// foldRune gives the plain spelling of one letter outside ASCII.
func foldRune(r rune) string {
	switch {
	case strings.ContainsRune("äáàâãåÄÁÀÂÅ", r):
		return "a"
	case strings.ContainsRune("öóòôõøÖÓØ", r):
		return "o"
	case strings.ContainsRune("üúùûÜÚ", r):
		return "u"
	case strings.ContainsRune("éèêëÉÈ", r):
		return "e"
	case strings.ContainsRune("íìîïÍ", r):
		return "i"
	case strings.ContainsRune("çÇ", r):
		return "c"
	case strings.ContainsRune("ñÑ", r):
		return "n"
	case r == 'ß':
		return "ss"
	case r == '≤':
		return "<="
	case r == '≥':
		return ">="
	case strings.ContainsRune("–—‐‑−", r):
		return "-"
	case r == '’' || r == '\'':
		return "'"
	case r == 'Ã': // UTF-8 read as Latin-1: the letter that follows is the accent
		return "a"
	}
	return " "
}

// token is one word of a name. Sep is what stood before it: ' ' for a blank,
// '-' or '/' where it was glued to its neighbour, ',' for a break.
type token struct {
	text   string
	sep    byte
	number string // the plain number behind letters, where it says enough: 3650 of "PCS 3650"
	parts  string // the pieces of a word glued by "-": "hd oct" of HD-OCT
}

// tokens splits folded text into words of letters, digits and inner dots.
// "+" becomes the word "plus", because "Plum A+" is not "Plum A".
func tokens(s string) []token {
	s = strings.ReplaceAll(s, "'s ", " ")
	s = strings.ReplaceAll(s, "'", "")
	var out []token
	sep := byte(' ')
	for i := 0; i < len(s); {
		if c := s[i]; !isAlnum(c) {
			if c == '+' && i > 0 && isAlnum(s[i-1]) {
				out = append(out, token{text: "plus", sep: ' '})
			}
			sep = widest(sep, c)
			i++
			continue
		}
		j := i
		for j < len(s) && (isAlnum(s[j]) || s[j] == '.' && j+1 < len(s) && isAlnum(s[j+1]) && keepDot(s, i, j)) {
			j++
		}
		out = append(out, token{text: s[i:j], sep: sep})
		sep, i = 0, j
	}
	return out
}

// keepDot tells whether the dot at j of the word that began at i belongs to it:
// "8.0.x" yes, "syngo.plaza" and "B.Braun" no.
func keepDot(s string, i, j int) bool {
	return hasDigit(s[i:j]) || isDigit(s[j+1]) && j-i <= 2
}

// widest keeps the strongest separator seen between two words.
func widest(old, c byte) byte {
	switch {
	case c == ' ' || c == '\t' || old == ' ':
		if old == ',' || old == '(' {
			return old
		}
		if c == ',' || c == ';' || c == '|' {
			return ','
		}
		return ' '
	case c == '-' || c == '/':
		if old == 0 {
			return c
		}
		return ' '
	case c == ',' || c == ';' || c == '|':
		return ','
	}
	return ' '
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// leadLetters gives the letters before the first digit of a word.
func leadLetters(s string) string {
	i := 0
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	return s[:i]
}
