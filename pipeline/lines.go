package pipeline

import (
	"encoding/json"
	"io"
	"net/netip"

	"ward/wire/session"
)

// sessionLines writes sessions as lines of JSON.
type sessionLines struct {
	enc *json.Encoder
}

func newSessionLines(w io.Writer) *sessionLines {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &sessionLines{enc: enc}
}

func (l *sessionLines) write(s *session.Session) error { return l.enc.Encode(s) }

func prefixes(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func emptyResult(req Request) *Result {
	return &Result{Ward: Program{Version: req.Version}, Inputs: []Input{}, Feeds: []Feed{}, Warnings: []string{}, Hours: req.Hours,
		Sessions: SessionCount{ByService: map[string]uint64{}}}
}
