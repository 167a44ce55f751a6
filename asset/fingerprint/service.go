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
	rule string  // "service.dns", filled in by New
	saw  string
}

// answers is read for sessions whose content was recognised and that were
// answered. A port number alone means nothing here.
var answers = map[string]meaning{
	"dns":      {role: "dns_server", kind: "infrastructure", at: device.Medium},
	"ntp":      {role: "ntp_server", kind: "infrastructure", at: device.Weak},
	"kerberos": {role: "kerberos", kind: "domain_controller", at: device.Medium},
	"ldap":     {role: "ldap", kind: "domain_controller", at: device.Weak},
	"radius":   {role: "radius", kind: "infrastructure", at: device.Medium},
	"bacnet":   {role: "", kind: "building_controller", at: device.Medium},
	"modbus":   {role: "", kind: "building_controller", at: device.Medium},
	"rtsp":     {role: "video_source", kind: "camera", at: device.Weak},
	"pjl":      {role: "", kind: "printer", at: device.Medium},
	"lpd":      {role: "", kind: "printer", at: device.Medium},
	"mssql":    {role: "database", kind: "database", at: device.Medium},
	"mysql":    {role: "database", kind: "database", at: device.Medium},
	"postgres": {role: "database", kind: "database", at: device.Medium},
	"oracle":   {role: "database", kind: "database", at: device.Medium},
	"mqtt":     {role: "mqtt_broker", kind: "", at: 0},
	"smtp":     {role: "mail_server", kind: "server", at: device.Weak},
	"tftp":     {role: "tftp_server", kind: "", at: 0},
}

// service states what the answered service says.
func (r *Reader) service() {
	s := r.s
	if s.Resp.Packets == 0 || s.Certainty == session.PortOnly || s.Certainty == session.Unnamed {
		return
	}
	m, ok := r.rules.answers[s.Service]
	if !ok {
		return
	}
	r.seen = nil
	if m.role != "" {
		r.claim(r.resp(), device.FieldRole, m.role, m.rule, device.Medium, m.saw)
	}
	if m.kind != "" {
		r.claim(r.resp(), device.FieldKind, m.kind, m.rule, m.at, m.saw)
	}
}

// meanings gives the table with the evidence texts made once.
func meanings() map[string]meaning {
	out := make(map[string]meaning, len(answers))
	for service, m := range answers {
		m.rule, m.saw = "service."+service, "answers "+service
		out[service] = m
	}
	return out
}
