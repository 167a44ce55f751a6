package web

import (
	"net/http"

	"ward/asset/device"
	"ward/web/ui"
)

// addWorkComment adds a remark to a piece of work.
func (s *Server) addWorkComment(w http.ResponseWriter, r *http.Request) error {
	x, err := s.Store.WorkFor(r.Context(), r.PathValue("key"), scope(r))
	if err != nil {
		return err
	}
	if _, err := s.Store.AddComment(r.Context(), "work:"+x.Key, r.FormValue("text"), actor(r)); err != nil {
		return err
	}
	s.done(w, r, ui.WorkLink(x.Key))
	return nil
}

// addDeviceComment adds a remark to a device.
func (s *Server) addDeviceComment(w http.ResponseWriter, r *http.Request) error {
	d, err := s.mine(r, device.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if _, err := s.Store.AddComment(r.Context(), "device:"+string(d.ID), r.FormValue("text"), actor(r)); err != nil {
		return err
	}
	s.done(w, r, ui.DeviceLink(d.ID))
	return nil
}
