package session

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode"

	"ward/wire/proto"
)

// MarshalJSON writes a fact so that it says what it is: the protocol, the kind
// of fact ("lookup", "client_hello") and the side that showed it.
func (s Seen) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Service string     `json:"service"`
		Type    string     `json:"type"`
		Dir     string     `json:"dir"`
		Fact    proto.Fact `json:"fact"`
		Frame   uint64     `json:"frame,omitempty"`
		Input   int        `json:"input,omitempty"`
		Time    time.Time  `json:"time"`
	}{s.Fact.Service(), typeName(s.Fact), s.Dir.String(), s.Fact, s.Frame, s.Input, s.Time})
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// typeName gives the name of a fact's Go type in snake case. A capital starts a
// word only behind a small letter: StartTLS is start_tls, DICOMweb dicomweb.
func typeName(f proto.Fact) string {
	var out strings.Builder
	small := false
	for _, r := range reflect.TypeOf(f).Name() {
		if small && unicode.IsUpper(r) {
			out.WriteByte('_')
		}
		small = unicode.IsLower(r)
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
