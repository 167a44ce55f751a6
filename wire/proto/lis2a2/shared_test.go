package lis2a2

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ward/internal/shareddata"
)

// TestRealMessages reads public analyser messages: the sender of each is found,
// and no word of a patient, result or comment record comes out.
func TestRealMessages(t *testing.T) {
	models := map[string]string{
		"cobas_c111.txt": "c111", "dca_vantage.txt": "DCA VANTAGE", "genexpert.txt": "GeneXpert",
		"pentra_xlr.txt": "ABX", "sysmex_xn550.txt": "XN-550",
	}
	dir := filepath.Join(shareddata.Dir(t), "messages", "astm")
	for file, model := range models {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		facts := run(50, string(b), "")
		if s, ok := facts[0].Fact.(Sender); !ok || s.Model != model {
			t.Errorf("%s: %+v", file, facts[0].Fact)
		}
		out, _ := json.Marshal(facts)
		for _, record := range strings.FieldsFunc(string(b), func(r rune) bool { return r < ' ' }) {
			record = strings.TrimLeft(record, "01234567")
			if record == "" || !strings.Contains("PORC", record[:1]) {
				continue
			}
			for _, word := range strings.FieldsFunc(record, func(r rune) bool { return strings.ContainsRune(`|\^& @`, r) }) {
				if len(word) >= 4 && strings.Contains(string(out), word) && !strings.Contains(string(b[:100]), word) {
					t.Errorf("%s: %q came out", file, word)
				}
			}
		}
	}
}
