package web

import (
	"net/http"
	"time"

	"ward/asset/device"
	"ward/store"
)

// viewOnce is how long a page that reads itself anew counts as one view [E].
const viewOnce = 12 * time.Hour

// noteView writes into the audit trail that a person looks at a device. A page
// that stays open and reads itself anew (live.js) is one view: the trail must
// have the view by the same person already.
func (s *Server) noteView(r *http.Request, id device.ID) error {
	by, object := actor(r), "device:"+string(id)
	if r.Header.Get("Ward-Live") != "" {
		seen, err := s.Store.AuditTrail(r.Context(), store.AuditFilter{Actor: by.ID, Verb: "device.view", Object: object, Since: s.Store.Now().Add(-viewOnce), Limit: 1})
		if err != nil || len(seen) > 0 {
			return err
		}
	}
	return s.Store.Audit(r.Context(), by, "device.view", object, "")
}
