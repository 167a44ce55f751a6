package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"ward/store"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// plainly says why a piece of work matters without the arithmetic: what could
// happen, whether it happens in the world, what lets an attacker in here, and
// what the device means. It speaks of the worst finding that the work changes.
func (s *Server) plainly(r *http.Request, e remedy.Effect) ([]string, error) {
	f, err := s.Store.Finding(r.Context(), e.Device, e.Vulnerability)
	if errors.Is(err, store.ErrNotFound) { // closed since the plan was made
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return reasonsOf(&f.Assessment), nil
}

// told are the factors that a person needs first, in the order she asks.
var told = []string{"R.effect", "R.threat", "override", "L.reach", "L.service", "K.acuity"}

// reasonsOf picks the reasons of an assessment, each as a sentence.
func reasonsOf(a *risk.Assessment) []string {
	var out []string
	for _, factor := range told {
		i := slices.IndexFunc(a.Why, func(r risk.Reason) bool { return r.Factor == factor })
		if i < 0 || a.Why[i].Text == "" {
			continue
		}
		text := a.Why[i].Text
		if text[0] < 0x80 {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
		out = append(out, text)
	}
	return out
}
