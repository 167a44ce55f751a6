package people

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Length of a password in characters (NIST SP 800-63B section 5.1.1: length
// matters, composition rules do not). The upper limit only bounds the work.
const (
	MinPassword = 12
	MaxPassword = 256
)

//go:embed worst.txt
var worst string

// NormalPassword gives the form that is hashed: two keyboards may write the
// same letter in two ways (NIST SP 800-63B: NFKC).
func NormalPassword(password string) string { return norm.NFKC.String(password) }

// PasswordProblem says why a password is not taken, empty when it is good. own
// are words about the person: name, address.
func PasswordProblem(password string, own ...string) string {
	if !utf8.ValidString(password) {
		return "The password is not valid text."
	}
	password = NormalPassword(password)
	n := utf8.RuneCountInString(password)
	low := strings.ToLower(password)
	switch {
	case n < MinPassword:
		return "Use at least 12 characters. A few words in a row are easy to remember."
	case n > MaxPassword:
		return "Use at most 256 characters."
	case slices.Contains(strings.Fields(worst), low) || distinct(low) < 4 || isRun(low):
		return "This password is among the first that attackers try. Use a few words that do not belong together."
	}
	rest := low
	for _, w := range append(ownWords(own), "password", "passwort", "ward") {
		rest = strings.ReplaceAll(rest, w, "")
	}
	if utf8.RuneCountInString(rest) < 6 {
		return "The password is mostly your name or a word everybody tries. Use a few words that do not belong together."
	}
	return ""
}

// ownWords splits names and addresses into words of three letters or more.
func ownWords(own []string) []string {
	var words []string
	for _, o := range own {
		for _, w := range strings.FieldsFunc(strings.ToLower(o), func(r rune) bool { return strings.ContainsRune(" .@-_+", r) }) {
			if utf8.RuneCountInString(w) >= 3 {
				words = append(words, w)
			}
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// distinct counts the different characters.
func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// isRun tells whether every character follows the one before by the same step:
// "abcdefghijkl", "210987654321".
func isRun(s string) bool {
	r := []rune(s)
	steps := map[rune]int{}
	for i := 1; i < len(r); i++ {
		steps[r[i]-r[i-1]]++
	}
	most := 0
	for _, n := range steps {
		most = max(most, n)
	}
	return most >= len(r)-2
}
