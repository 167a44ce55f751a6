package device

import "fmt"

// shape is a pattern of peers that speaks for a kind (identification.md section
// 6): who is at the hub of a protocol.
type shape struct {
	rule, service string
	in, out       int // at least so many peers that open sessions to it, that it opens sessions to
	kind          string
	weight        float64
}

var shapes = [...]shape{
	{"shape.hl7_hub", "hl7", 2, 0, "interface_engine", Medium},
	{"shape.hl7_relay", "hl7", 1, 1, "interface_engine", Medium},
	{"shape.intellivue_hub", "intellivue", 2, 0, "central_station", Medium},
	{"shape.dicom_hub", "dicom", 3, 0, "pacs", Weak},
}

// shapes adds the claims that follow from the peers.
func (f *folding) shapes() {
	for _, s := range shapes {
		in, out := map[string]bool{}, map[string]bool{}
		for k := range f.peers {
			if k.service != s.service {
				continue
			}
			if who := string(k.device) + k.addr.String(); k.inbound {
				in[who] = true
			} else {
				out[who] = true
			}
		}
		if len(in) >= s.in && len(out) >= s.out && len(in)+len(out) > 0 {
			f.claims.add(Claim{Field: FieldKind, Value: s.kind, Confidence: s.weight, Seen: f.d.First, Count: 1,
				Source: Source{Rule: s.rule, Saw: fmt.Sprintf("%s: %d peers open sessions to it, it opens sessions to %d", s.service, len(in), len(out))}})
		}
	}
}
