package dicom

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
		{"recorded-third-party/dicom-modality-worklist-store.pcap", 8, 16},
		{"recorded-third-party/dicom-query-retrieve-viewer.pcap", 4, 8},
		{"recorded-third-party/dicom-abuse-scan-aet-guess-bulk-pull.pcap", 14, 29}, // 3 accepted, 11 rejected, 1 abort
		{"recorded-third-party/dicom-tls.pcap", 0, 0},
	}
	for _, tt := range tests {
		sessions, facts := prototest.Count[Association](t, Codec, tt.file)
		if sessions != tt.sessions || facts != tt.facts {
			t.Errorf("%s: %d sessions, %d facts, want %d and %d", tt.file, sessions, facts, tt.sessions, tt.facts)
		}
	}
}
