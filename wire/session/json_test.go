package session

import (
	"encoding/json"
	"testing"

	"ward/wire/proto"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/dns"
	"ward/wire/proto/http"
	"ward/wire/proto/smtp"
)

func TestSeenSaysWhatItIs(t *testing.T) {
	at := stamp(epoch.UnixNano())
	for _, tt := range []struct {
		seen Seen
		want string
	}{
		{Seen{Fact: said{"alpha", "<b>"}, Dir: proto.Resp, Frame: 7, Input: 1, Time: at},
			`{"service":"alpha","type":"said","dir":"resp","fact":{"codec":"alpha","text":"<b>"},"frame":7,"input":1,"time":"` + at.Format("2006-01-02T15:04:05Z") + `"}`},
	} {
		got, err := tt.seen.MarshalJSON()
		if err != nil || string(got) != tt.want {
			t.Errorf("%s %v, want %s", got, err, tt.want)
		}
		if !json.Valid(got) {
			t.Errorf("no JSON: %s", got)
		}
	}
	for want, fact := range map[string]proto.Fact{"lookup": dns.Lookup{}, "dicomweb": http.DICOMweb{}, "start_tls": smtp.StartTLS{}, "iam": bacnet.IAm{}} {
		if got := typeName(fact); got != want {
			t.Errorf("%T is %q, want %q", fact, got, want)
		}
	}
}
