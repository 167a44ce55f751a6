package hl7

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ward/internal/shareddata"
)

// TestRealMessages reads public sample messages and looks for what their PID
// segments hold in what comes out.
func TestRealMessages(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shareddata.Dir(t), "messages", "hl7v2", "*.hl7"))
	if len(files) == 0 {
		t.Fatal("no messages")
	}
	named, words := 0, 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		facts := run(100, mllp(string(b)), "")
		if m, ok := facts[0].Fact.(Message); ok && m.Type != otherName && m.Version != "" {
			named++
		}
		out, _ := json.Marshal(facts)
		for _, word := range personal(string(b)) {
			words++
			if strings.Contains(string(out), `"`+word+`"`) || strings.Contains(string(out), `^`+word) {
				t.Errorf("%s: %q of PID came out", filepath.Base(file), word)
			}
		}
	}
	if words < len(files) {
		t.Errorf("only %d words looked for", words)
	}
	if named < len(files)*9/10 {
		t.Errorf("only %d of %d messages have type and version", named, len(files))
	}
}

// personal gives the words of PID-3, 5, 11, 13 and 19 that do not stand in MSH too.
func personal(message string) []string {
	var words []string
	lines := strings.FieldsFunc(message, func(r rune) bool { return r == '\r' || r == '\n' })
	for _, line := range lines {
		fields := strings.Split(line, "|")
		for _, n := range []int{3, 5, 11, 13, 19} {
			if fields[0] != "PID" || n >= len(fields) {
				continue
			}
			for _, word := range strings.FieldsFunc(fields[n], func(r rune) bool { return strings.ContainsRune("^~&", r) }) {
				if len(word) >= 4 && !strings.Contains(lines[0], word) {
					words = append(words, word)
				}
			}
		}
	}
	return words
}
