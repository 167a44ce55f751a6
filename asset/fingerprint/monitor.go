package fingerprint

import (
	"fmt"

	"ward/asset/device"
	"ward/wire/proto/carescape"
	"ward/wire/proto/intellivue"
)

// monitorFact reads the broadcasts of patient monitors.
func (r *Reader) monitorFact() {
	switch f := r.seen.Fact.(type) {
	case intellivue.ConnectIndication:
		r.intellivue(f.System, "intellivue.connect", "IntelliVue connect indication")
	case intellivue.Create:
		r.intellivue(f.System, "intellivue.create", "IntelliVue MDS create event")
	case intellivue.Association:
		r.intellivueAssociation(f)
	case carescape.Traffic:
		if f.Data > 0 || f.Discoveries > 0 || f.Alarms > 0 {
			r.claim(r.from(), device.FieldManufacturer, "GE Healthcare", "carescape.traffic", device.Medium, "speaks the Unity network's protocol")
		}
	case carescape.Discovery:
		r.carescape("discovery broadcast")
	case carescape.Alarm:
		r.carescape("alarm broadcast")
	default:
		r.databaseFact()
	}
}

// intellivue: only the monitor itself sends these messages.
func (r *Reader) intellivue(f intellivue.System, rule, saw string) {
	at := r.from()
	r.claim(at, device.FieldKind, "patient_monitor", rule, device.Strong, saw)
	maker := f.Manufacturer
	if maker == "" {
		maker = "Philips"
	}
	r.claim(at, device.FieldManufacturer, maker, rule, device.Strong, saw)
	r.claim(at, device.FieldModel, f.Model, rule, device.Strong, saw+", model")
	r.text(at, modelText, f.Model)
	if f.Addr.IsValid() && f.Addr == at.Addr {
		r.bind(f.MAC, at, device.BindARP)
	}
	for _, s := range f.Specs {
		what := fmt.Sprintf("%s, %s of component %d", saw, s.Kind, s.Component)
		switch s.Kind {
		case "serial":
			if s.Component <= 1 {
				r.claim(at, device.FieldSerial, s.Value, rule, device.Strong, what)
			}
		case "part_number":
			r.claim(at, device.FieldModelNumber, s.Value, rule, device.Medium, what)
		case "software", "firmware":
			r.claim(at, device.FieldVersion, s.Value, rule, device.Strong, what)
		}
	}
}

// intellivueAssociation: who accepts or refuses an association is the monitor,
// who asks for it collects data.
func (r *Reader) intellivueAssociation(f intellivue.Association) {
	if f.Event != "accept" && f.Event != "refuse" {
		return
	}
	saw := "IntelliVue association, " + f.Event
	r.claim(r.from(), device.FieldKind, "patient_monitor", "intellivue.association", device.Medium, saw)
	r.claim(r.from(), device.FieldManufacturer, "Philips", "intellivue.association", device.Medium, saw)
	if f.Event == "accept" {
		r.claim(r.to(), device.FieldRole, "monitor_data_collector", "intellivue.association", device.Medium, saw+" by a monitor")
	}
}

func (r *Reader) carescape(what string) {
	at := r.from()
	r.claim(at, device.FieldKind, "patient_monitor", "carescape.broadcast", device.Strong, "Unity network "+what)
	r.claim(at, device.FieldManufacturer, "GE Healthcare", "carescape.broadcast", device.Strong, "Unity network "+what)
}
