package lis2a2

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
		{"recorded-third-party/astm-lis2-analyzers.pcap", 11, 11}, // two more speak other protocols
	}
	for _, tt := range tests {
		sessions, facts := prototest.Count[Sender](t, Codec, tt.file)
		if sessions != tt.sessions || facts != tt.facts {
			t.Errorf("%s: %d sessions, %d facts, want %d and %d", tt.file, sessions, facts, tt.sessions, tt.facts)
		}
	}
}
