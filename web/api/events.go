package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ward/people"
	"ward/store"
)

// Limits of the event stream.
const (
	maxStreams = 100              // programs at once
	heartbeat  = 20 * time.Second // so that proxies keep the stream open
	gather     = time.Second      // events of one topic within it are told once
	streamFor  = 15 * time.Minute // then the program connects anew, and its token is checked again
)

// events tells a program which topics changed (HTML Standard, server-sent
// events). It carries no data: programs read what they may see.
func events(s *service) {
	o := get("stream-events", "/events", people.See, "Which kinds of data changed, as server-sent events")
	o.Type = "text/event-stream"
	o.Text = "The stream ends after 15 minutes: connect again."
	add(s, o, func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
		select {
		case s.streams <- struct{}{}:
		default:
			return nil, refuse(http.StatusServiceUnavailable, "Too many programs listen.", "Close some, or read list-changes now and then.")
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			defer func() { <-s.streams }()
			s.stream(ctx)
		}}, nil
	})
}

func (s *service) stream(ctx huma.Context) {
	r, w := humago.Unwrap(ctx)
	news, stop := s.Store.Subscribe()
	defer stop()
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		s.Log.Debug("no write deadline to lift", "err", err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	fmt.Fprint(w, ": live\n\n")
	beat, tell, end := time.NewTicker(heartbeat), time.NewTicker(gather), time.NewTimer(streamFor)
	defer beat.Stop()
	defer tell.Stop()
	defer end.Stop()
	changed := map[store.Topic]bool{}
	for control.Flush() == nil { // else the program went away
		select {
		case e, open := <-news:
			if !open {
				return
			}
			if e.Topic != store.TopicPeople || people.FromContext(r.Context()).May(people.ManagePeople) {
				changed[e.Topic] = true
			}
		case <-tell.C:
			for topic := range changed {
				fmt.Fprintf(w, "event: %s\ndata: 1\n\n", topic)
			}
			clear(changed)
		case <-beat.C:
			fmt.Fprint(w, ": beat\n\n")
		case <-end.C:
			return
		case <-r.Context().Done():
			return
		}
	}
}
