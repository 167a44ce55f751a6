package evelog

import (
	"strings"

	"ward/wire/logfile"
)

type snmpEvent struct {
	head
	SNMP struct {
		Version   int    `json:"version"`
		PDU       string `json:"pdu_type"`
		Community string `json:"community"`
	} `json:"snmp"`
}

// snmpVersions are Suricata's numbers, snmpPDUs its words.
var (
	snmpVersions = map[int]string{1: "1", 2: "2c", 3: "3"}
	snmpPDUs     = map[string]string{"get_request": "get", "get_next_request": "get_next", "response": "response", "set_request": "set",
		"get_bulk_request": "get_bulk", "inform_request": "inform", "trap_v1": "trap", "trap_v2": "trap", "report": "report"}
)

func (r *reader) snmp(line []byte) bool {
	var e snmpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "snmp", e.from(161)) {
		return false
	}
	r.facts.SNMP(logfile.SNMP{Version: snmpVersions[e.SNMP.Version], PDU: snmpPDUs[e.SNMP.PDU], Community: e.SNMP.Community})
	if e.from(161) { // what the agent sent is told of the agent
		for i := range r.facts.Seen {
			r.facts.Seen[i].Dir = 1
		}
	}
	return r.tell()
}

type krb5Event struct {
	head
	KRB5 struct {
		Type       string `json:"msg_type"`
		Failed     string `json:"failed_request"`
		Client     string `json:"cname"`
		Realm      string `json:"realm"`
		Service    string `json:"sname"`
		Encryption string `json:"encryption"`
		Weak       bool   `json:"weak_encryption"`
	} `json:"krb5"`
}

func (r *reader) krb5(line []byte) bool {
	var e krb5Event
	if decode(line, &e) != nil || !r.begin(&e.head, "krb5", e.from(88)) {
		return false
	}
	k := &e.KRB5
	typ := strings.ReplaceAll(strings.TrimPrefix(k.Type, "KRB_"), "_", "-")
	if typ == "ERROR" {
		typ = "KRB-ERROR"
	}
	switch typ {
	case "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "KRB-ERROR":
		r.facts.Kerberos(logfile.Kerberos{Type: typ, Client: k.Client, Realm: k.Realm, Service: k.Service, Cipher: k.Encryption, Weak: k.Weak})
	}
	return r.tell()
}

type mqttEvent struct {
	head
	MQTT struct {
		Connect struct {
			Level  int    `json:"protocol_version"`
			Client string `json:"client_id"`
			Flags  struct {
				User     bool `json:"username"`
				Password bool `json:"password"`
			} `json:"flags"`
		} `json:"connect"`
		Connack *struct {
			Code int `json:"return_code"`
		} `json:"connack"`
	} `json:"mqtt"`
}

func (r *reader) mqtt(line []byte) bool {
	var e mqttEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "mqtt", false) {
		return false
	}
	c := &e.MQTT.Connect
	m := logfile.MQTT{Level: c.Level, ClientID: c.Client, User: c.Flags.User, Password: c.Flags.Password, Code: -1}
	if e.MQTT.Connack != nil {
		m.Code = e.MQTT.Connack.Code
	}
	if m.Level >= 3 && m.Level <= 5 {
		r.facts.MQTT(m)
	}
	return r.tell()
}

type modbusEvent struct {
	head
	Modbus struct {
		Request struct {
			Unit     int `json:"unit_id"`
			Function int `json:"function_raw"`
		} `json:"request"`
		Response struct {
			Exception string `json:"exception_code"`
			Function  int    `json:"function_raw"`
		} `json:"response"`
	} `json:"modbus"`
}

func (r *reader) modbus(line []byte) bool {
	var e modbusEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "modbus", e.from(502)) {
		return false
	}
	m := &e.Modbus
	r.facts.Modbus(m.Request.Unit, m.Request.Function, m.Response.Function > 127)
	return r.tell()
}

// ldapEvent of version 8; names and passwords are not read.
type ldapEvent struct {
	head
	LDAP struct {
		Request struct {
			Operation string `json:"operation"`
			Bind      struct {
				Version int    `json:"version"`
				Name    string `json:"name"`
				SASL    *struct {
					Mechanism string `json:"mechanism"`
				} `json:"sasl"`
			} `json:"bind_request"`
		} `json:"request"`
	} `json:"ldap"`
}

func (r *reader) ldap(line []byte) bool {
	var e ldapEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "ldap", e.from(389)) {
		return false
	}
	if b := &e.LDAP.Request.Bind; e.LDAP.Request.Operation == "bind_request" {
		switch {
		case b.SASL != nil:
			r.facts.LDAP(b.Version, "sasl", b.SASL.Mechanism, -1)
		case b.Name == "":
			r.facts.LDAP(b.Version, "anonymous", "", -1)
		default:
			r.facts.LDAP(b.Version, "simple", "", -1)
		}
	}
	return r.tell()
}
