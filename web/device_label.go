package web

import (
	"net/http"
	"slices"

	"ward/asset/device"
	"ward/store"
	"ward/web/ui"
)

// labelFields are what a person may say about a device.
var labelFields = []device.Field{device.FieldKind, device.FieldManufacturer, device.FieldModel, device.FieldVersion, device.FieldTier,
	device.FieldLocation, device.FieldDepartment, device.FieldOwner, device.FieldAssetID, device.FieldSerial, device.FieldOS}

// maxBulk is how many devices one label may be put on at once.
const maxBulk = 500

// labelDevice says what a device is: a human claim, which wins over others.
func (s *Server) labelDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := s.mine(r, device.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := s.label(r, d.ID); err != nil {
		return err
	}
	s.done(w, r, ui.DeviceLink(d.ID))
	return nil
}

// labelDevices puts one label on many devices.
func (s *Server) labelDevices(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	ids := r.PostForm["device"]
	if len(ids) == 0 || len(ids) > maxBulk {
		return refuse(http.StatusUnprocessableEntity, "Choose between 1 and 500 devices.", "Tick the devices in the table first.")
	}
	for _, id := range ids { // all of them, before anything is changed
		if _, err := s.mine(r, device.ID(id)); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := s.label(r, device.ID(id)); err != nil {
			return err
		}
	}
	s.done(w, r, r.PostForm.Get("back"))
	return nil
}

func (s *Server) label(r *http.Request, id device.ID) error {
	field := device.Field(r.FormValue("field"))
	if !slices.Contains(labelFields, field) {
		return refuse(http.StatusUnprocessableEntity, "This field cannot be set.", "Choose a field of the list.")
	}
	x, err := s.Store.Decide(r.Context(), store.Decision{Kind: store.Label, Device: id, Field: field,
		Value: r.FormValue("value"), Reason: r.FormValue("reason")}, false, actor(r))
	if err == nil {
		s.decided(x)
	}
	return err
}
