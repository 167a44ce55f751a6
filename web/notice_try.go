package web

import (
	"net/http"
	"slices"

	"ward/notify"
	"ward/people"
	"ward/web/ui"
)

// sendTestNotice sends a test message by a channel, as it is stored: to the
// person's own address, or to the server of the channel.
func (s *Server) sendTestNotice(w http.ResponseWriter, r *http.Request) error {
	channel := r.FormValue("channel")
	if !slices.Contains(notify.Channels, channel) {
		return refuse(http.StatusUnprocessableEntity, "There is no such channel.", "Choose e-mail, webhook or syslog.")
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	n := notify.New(notify.Deps{Store: s.Store, Base: scheme + r.Host, Zone: s.UI.Zone, Say: s.UI.TextIn, Version: s.Version, Log: s.Log})
	err := n.Test(r.Context(), channel, people.FromContext(r.Context()).Person)
	outcome := "sent"
	if err != nil {
		outcome = "failed: " + err.Error()
	}
	if err := s.Store.Audit(r.Context(), actor(r), "notice.test", "channel:"+channel, outcome); err != nil {
		return err
	}
	if err != nil {
		return &Refusal{http.StatusBadGateway, ui.Problem{Message: "The test message did not go out.", Hint: "Save the settings first, then look at what the other side said:", Cause: ui.Neutral(err.Error())}}
	}
	http.Redirect(w, r, "/settings/notifications?tested=1", http.StatusSeeOther)
	return nil
}

// retryNotices sends once more what was given up.
func (s *Server) retryNotices(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.Store.RetryDeliveries(r.Context(), actor(r)); err != nil {
		return err
	}
	s.done(w, r, "/settings/notifications#outbox")
	return nil
}
