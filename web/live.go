package web

import (
	"fmt"
	"net/http"
	"time"

	"ward/people"
)

// Limits of the live stream.
const (
	maxLive   = 500              // browsers at once
	heartbeat = 20 * time.Second // so that proxies keep the stream open
	gather    = time.Second      // events of one topic within it are told once
	liveFor   = 15 * time.Minute // then the browser connects anew, and its session is checked again
)

// live tells a browser which topics changed (HTML Standard, server-sent
// events). It carries no data: pages read what they may see.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	select {
	case s.clients <- struct{}{}:
		defer func() { <-s.clients }()
	default:
		return refuse(http.StatusServiceUnavailable, "Too many pages are open.", "Close some, or load the page again by hand.")
	}
	events, stop := s.Store.Subscribe()
	defer stop()
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		s.Log.Debug("no write deadline to lift", "err", err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	fmt.Fprint(w, ": live\n\n")
	beat, tell, end := time.NewTicker(heartbeat), time.NewTicker(gather), time.NewTimer(liveFor)
	defer beat.Stop()
	defer tell.Stop()
	defer end.Stop()
	changed := map[string]bool{}
	for {
		if err := control.Flush(); err != nil {
			return nil // the browser went away
		}
		select {
		case e, open := <-events:
			if !open {
				return nil
			}
			if e.Topic != "people" || people.FromContext(r.Context()).May(people.ManagePeople) {
				changed[string(e.Topic)] = true
			}
		case <-tell.C:
			for topic := range changed {
				fmt.Fprintf(w, "event: %s\ndata: 1\n\n", topic)
			}
			clear(changed)
		case <-beat.C:
			fmt.Fprint(w, ": beat\n\n")
		case <-end.C:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
