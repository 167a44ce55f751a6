package fingerprint

import (
	"ward/asset/device"
	"ward/wire/session"
)

// meaning is what answering a protocol says about the device that answers.
type meaning struct {
	role string
	kind string
	at   float64 // weight of the kind
}

// answering is read for sessions whose content was recognised and that were
// answered. A port number alone means nothing here.
var answering = map[string]meaning{
	"dns":      {"dns_server", "infrastructure", device.Medium},
	"ntp":      {"ntp_server", "infrastructure", device.Weak},
	"kerberos": {"kerberos", "domain_controller", device.Medium},
	"ldap":     {"ldap", "domain_controller", device.Medium},
	"radius":   {"radius", "infrastructure", device.Medium},
	"bacnet":   {"", "building_controller", device.Medium},
	"modbus":   {"", "building_controller", device.Medium},
	"rtsp":     {"video_source", "camera", device.Medium},
	"printing": {"", "printer", device.Medium},
	"ipp":      {"", "printer", device.Medium},
	"lpd":      {"", "printer", device.Medium},
	"mssql":    {"database", "database", device.Medium},
	"mysql":    {"database", "database", device.Medium},
	"postgres": {"database", "database", device.Medium},
	"oracle":   {"database", "database", device.Medium},
	"mqtt":     {"mqtt_broker", "", 0},
	"smtp":     {"mail_server", "server", device.Weak},
	"tftp":     {"tftp_server", "", 0},
}

// service states what the answered service says.
func (r *Reader) service() {
	s := r.s
	if s.Resp.Packets == 0 || s.Certainty == session.PortOnly || s.Certainty == session.Unnamed {
		return
	}
	m, ok := answering[s.Service]
	if !ok {
		return
	}
	r.seen = nil
	if m.role != "" {
		r.claim(r.resp(), device.FieldRole, m.role, "service."+s.Service, device.Medium, "answers "+s.Service)
	}
	if m.kind != "" {
		r.claim(r.resp(), device.FieldKind, m.kind, "service."+s.Service, m.at, "answers "+s.Service)
	}
}
