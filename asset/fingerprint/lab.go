package fingerprint

import (
	"strings"

	"ward/asset/device"
	"ward/wire/proto/lis2a2"
	"ward/wire/proto/poct1a"
)

// labSender reads H-5 of LIS2-A2 (ASTM E1394 section 7.1.5): model, version and
// serial of an analyser. A host system sends a header too, with its name alone.
func (r *Reader) labSender(f lis2a2.Sender) {
	at := r.from()
	weight := device.Strong
	if f.Guessed {
		weight = device.Medium
	}
	r.text(at, modelText, f.Model)
	if f.Version == "" && f.Serial == "" {
		return
	}
	r.claim(at, device.FieldBehind, r.labName(f), "lis2a2.sender", weight, "H-5 sender")
	r.claim(at, device.FieldModel, f.Model, "lis2a2.sender", weight, "H-5 sender, model")
	r.claim(at, device.FieldVersion, f.Version, "lis2a2.sender", weight, "H-5 sender, version")
	r.claim(at, device.FieldSerial, f.Serial, "lis2a2.sender", weight, "H-5 sender, serial")
	r.claim(at, device.FieldKind, "lab_analyser", "lis2a2.sender", device.Weak, "H-5 sender with version or serial")
}

// labName joins maker, model and serial of one analyser.
func (r *Reader) labName(f lis2a2.Sender) string {
	parts := []string{f.Model, f.Serial}
	for _, c := range r.rules.Model(f.Model) {
		if c.Field == device.FieldManufacturer {
			parts = append([]string{c.Value}, parts...)
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func (r *Reader) labTraffic(f lis2a2.Traffic) {
	for _, n := range f.Records {
		if n.Type == "R" && n.Count > 0 {
			r.claim(r.from(), device.FieldKind, "lab_analyser", "lis2a2.results", device.Weak, "sends result records")
			r.claim(r.from(), device.FieldRole, "lab_results", "lis2a2.results", device.Strong, "sends result records")
			r.claim(r.to(), device.FieldRole, "lab_host", "lis2a2.results", device.Medium, "receives result records")
			r.claim(r.to(), device.FieldKind, "lab_middleware", "lis2a2.host", device.Medium, "receives result records")
			return
		}
	}
}

// pointOfCareTraffic: results and device status come from devices, directives
// from the manager.
func (r *Reader) pointOfCareTraffic(f poct1a.Traffic) {
	for _, m := range f.Messages {
		root, _, _ := strings.Cut(m.Name, ".")
		switch root {
		case "HEL", "DST", "OBS":
			r.claim(r.from(), device.FieldKind, "poc_device", "poct1a.traffic", device.Weak, "sends POCT1-A "+m.Name)
		case "DTV", "REQ", "OPL":
			r.claim(r.from(), device.FieldKind, "poc_manager", "poct1a.traffic", device.Medium, "sends POCT1-A "+m.Name)
		}
	}
}

// pointOfCare reads the device part of POCT1-A messages.
func (r *Reader) pointOfCare(f poct1a.Device) {
	at := r.from()
	maker, model := f.Manufacturer, f.ModelID
	if maker == "" {
		maker = f.VendorID
	}
	r.claim(at, device.FieldManufacturer, maker, "poct1a.device", device.Strong, "DEV vendor")
	r.claim(at, device.FieldModel, model, "poct1a.device", device.Strong, "DEV model_id")
	r.claim(at, device.FieldSerial, f.Serial, "poct1a.device", device.Strong, "DEV serial_id")
	r.claim(at, device.FieldVersion, f.Software, "poct1a.device", device.Strong, "DEV sw_version")
	if !r.text(at, modelText, model) {
		r.claim(at, device.FieldKind, "poc_device", "poct1a.device", device.Strong, "POCT1-A device description")
	}
	r.claim(r.to(), device.FieldKind, "poc_manager", "poct1a.peer", device.Medium, "a point-of-care device reports to it")
}
