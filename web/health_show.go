package web

import "net/http"

// showHealth tells a supervisor that the process answers and the store reads.
func (s *Server) showHealth(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := s.Store.Feeds(r.Context()); err != nil {
		s.Log.Error("health: the store does not answer", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte("the store does not answer\n"))
		return nil
	}
	w.Write([]byte("ok\n"))
	return nil
}
