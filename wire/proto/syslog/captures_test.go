package syslog

import (
	"testing"

	"ward/internal/prototest"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

// TestCaptures replays real captures; the counts are tshark's, with the session
// that two 6in4 tunnels carry counted once.
func TestCaptures(t *testing.T) {
	tests := []struct {
		file            string
		sessions, facts int
	}{
		{"ndpi/syslog.pcap", 21, 22},
	}
	for _, tt := range tests {
		sessions, facts := prototest.Count[Header](t, Codec, tt.file)
		if sessions != tt.sessions || facts != tt.facts {
			t.Errorf("%s: %d sessions, %d facts, want %d and %d", tt.file, sessions, facts, tt.sessions, tt.facts)
		}
	}
}
