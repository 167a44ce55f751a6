package web

import (
	"net/http"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/web/ui"
)

// makeDecision accepts a risk, sets a score, or says not affected. Where a
// second person must agree it is only proposed.
func (s *Server) makeDecision(w http.ResponseWriter, r *http.Request) error {
	d, err := s.mine(r, device.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	kind := store.DecisionKind(r.FormValue("kind"))
	if kind != store.AcceptRisk && kind != store.OverrideScore && kind != store.NotAffected {
		return refuse(http.StatusUnprocessableEntity, "Choose what you decide.", "Accept the risk, set the score, or say that it is not affected.")
	}
	f, err := s.Store.Finding(r.Context(), d.ID, r.FormValue("vulnerability"))
	if err != nil {
		return err
	}
	expires, err := s.parseDay(r.FormValue("expires"))
	if err != nil {
		return err
	}
	x := store.Decision{Kind: kind, Device: d.ID, Vulnerability: f.Vulnerability, Reason: r.FormValue("reason"), Expires: expires}
	switch kind {
	case store.OverrideScore:
		x.Value = r.FormValue("score")
	case store.NotAffected:
		x.Value = r.FormValue("justification")
	}
	second := people.NeedsSecond(d.Tier, f.Assessment.Band) != ""
	x, err = s.Store.Decide(r.Context(), x, second, actor(r))
	if err != nil {
		return err
	}
	s.decided(x)
	s.done(w, r, ui.DeviceLink(d.ID)+"#decisions")
	return nil
}

func (s *Server) decided(x store.Decision) {
	if s.Decided != nil {
		s.Decided(x)
	}
}

// secondDecision is the second person's word on a proposed decision.
func (s *Server) secondDecision(w http.ResponseWriter, r *http.Request) error {
	return s.onDecision(w, r, func(id string) (store.Decision, error) {
		return s.Store.Second(r.Context(), id, r.FormValue("approve") == "yes", r.FormValue("reason"), actor(r))
	})
}

// revokeDecision undoes a decision; the decision itself is kept.
func (s *Server) revokeDecision(w http.ResponseWriter, r *http.Request) error {
	return s.onDecision(w, r, func(id string) (store.Decision, error) {
		return s.Store.Revoke(r.Context(), id, r.FormValue("reason"), actor(r))
	})
}

func (s *Server) onDecision(w http.ResponseWriter, r *http.Request, do func(id string) (store.Decision, error)) error {
	x, err := s.Store.Decision(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	back := "/vulnerabilities"
	if x.Device != "" {
		if _, err := s.mine(r, x.Device); err != nil {
			return err
		}
		back = ui.DeviceLink(x.Device) + "#decisions"
	} else if len(scope(r)) > 0 { // it reaches devices of other departments
		return store.ErrNotFound
	}
	if x, err = do(x.ID); err != nil {
		return err
	}
	s.decided(x)
	s.done(w, r, back)
	return nil
}
