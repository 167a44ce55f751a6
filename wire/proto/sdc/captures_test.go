package sdc

import (
	"testing"

	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

// TestCaptures replays real captures; the counts are tshark's.
func TestCaptures(t *testing.T) {
	tests := []struct {
		file            string
		sessions, facts int
	}{
		{"recorded-third-party/sdc11073-provider-consumer.pcap", 3, 3},
		{"ndpi/upnp.pcap", 2, 2},
	}
	for _, tt := range tests {
		sessions, facts := 0, 0
		for _, s := range prototest.Capture(t, tt.file) {
			if s.Match(Codec) != proto.Yes {
				continue
			}
			sessions++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				if _, ok := f.(Discovery); ok {
					facts++
				}
			}
		}
		if sessions != tt.sessions || facts != tt.facts {
			t.Errorf("%s: %d sessions, %d facts, want %d and %d", tt.file, sessions, facts, tt.sessions, tt.facts)
		}
	}
}
