package hl7

import (
	"testing"

	"ward/internal/prototest"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

// TestCaptures replays real captures; the counts are tshark's.
func TestCaptures(t *testing.T) {
	tests := []struct {
		file            string
		sessions, facts int
	}{
		{"recorded-third-party/hl7v2-mllp.pcap", 145, 290}, // two more messages are answered by nothing
		{"ndpi/hl7.pcap", 1, 2},
	}
	for _, tt := range tests {
		sessions, facts := prototest.Count[Traffic](t, Codec, tt.file)
		if sessions != tt.sessions || facts != tt.facts {
			t.Errorf("%s: %d sessions, %d facts, want %d and %d", tt.file, sessions, facts, tt.sessions, tt.facts)
		}
	}
}
