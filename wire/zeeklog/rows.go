package zeeklog

import (
	"strings"

	"ward/wire/logfile"
	"ward/wire/proto"
	"ward/wire/session"
)

func (r *reader) dns() bool {
	if !r.base("dns") {
		return false
	}
	code, answered := logfile.Rcode(r.text("rcode"))
	d := logfile.DNS{Port: r.s.Resp.Port, Name: r.text("query"), Answered: answered, Rcode: code, Answers: r.list("answers")}
	if d.Type = uint16(max(r.number("qtype"), 0)); d.Type == 0 {
		d.Type = logfile.RecordType(r.text("qtype_name"))
	}
	if d.Name != "" {
		r.facts.DNS(d)
	}
	return r.tell()
}

func (r *reader) http() bool {
	if !r.base("http") {
		return false
	}
	h := logfile.HTTP{Method: r.text("method"), Host: r.text("host"), URI: r.text("uri"), UserAgent: r.text("user_agent"),
		Status: r.number("status_code"), User: r.text("username"), Password: r.text("password"), HasLogin: r.has("username"),
		ContentType: first(r.list("resp_mime_types")), RequestType: first(r.list("orig_mime_types"))}
	r.facts.HTTP(h)
	return r.tell()
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// x509 keeps a certificate for ssl.log, by file id (older) or fingerprint.
func (r *reader) x509() bool {
	c := logfile.Certificate{Subject: r.text("certificate.subject"), Issuer: r.text("certificate.issuer"),
		Names: append(r.list("san.dns"), r.list("san.ip")...), KeyBits: max(r.number("certificate.key_length"), 0),
		Key: keyName(r.text("certificate.key_type")), Signature: r.text("certificate.sig_alg")}
	c.NotBefore, _ = stamp(r.text("certificate.not_valid_before"))
	c.NotAfter, _ = stamp(r.text("certificate.not_valid_after"))
	for _, key := range []string{r.text("id"), r.text("fingerprint")} {
		switch {
		case key == "":
		case len(r.certs) >= maxCerts:
			r.lostCerts++
		default:
			r.certs[key] = c
		}
	}
	return true
}

func keyName(s string) string {
	switch s {
	case "rsa":
		return "RSA"
	case "ecdsa":
		return "ECDSA"
	case "dsa":
		return "DSA"
	}
	return ""
}

func (r *reader) ssl() bool {
	if !r.base("ssl") {
		return false
	}
	t := logfile.TLS{Version: r.text("version"), Cipher: r.text("cipher"), SNI: r.text("server_name"), ALPN: r.text("next_protocol"),
		JA3: r.text("ja3"), JA4: r.text("ja4"), Established: r.has("version")}
	t.Server = r.certificate("", "subject", "issuer")
	t.Client = r.certificate("client_", "client_subject", "client_issuer")
	r.facts.TLS(t)
	return r.tell()
}

// certificate takes the first of a chain out of x509.log, else what ssl.log
// itself tells.
func (r *reader) certificate(side, subject, issuer string) logfile.Certificate {
	chain := r.list(side + "cert_chain_fuids")
	if len(chain) == 0 {
		chain = r.list(side + "cert_chain_fps")
	}
	c, ok := logfile.Certificate{}, false
	if len(chain) > 0 {
		c, ok = r.certs[chain[0]]
	}
	if !ok {
		c = logfile.Certificate{Subject: r.text(subject), Issuer: r.text(issuer)}
	}
	c.Chain = len(chain)
	return c
}

func (r *reader) quic() bool {
	if !r.base("quic") {
		return false
	}
	r.facts.QUIC(r.text("version"), r.text("server_name"), r.text("client_protocol"), r.text("ja4"))
	return r.tell()
}

// dhcp reads a row that sums up one exchange. It has no session of its own, but
// the uids of those it was made of.
func (r *reader) dhcp() bool {
	uid := first(r.list("uids"))
	if uid == "" {
		uid = r.text("uid")
	}
	if uid == "" {
		return false
	}
	client, _ := address(r.text("client_addr"))
	server, _ := address(r.text("server_addr"))
	r.s = session.Session{ID: logfile.ID(uid), Transport: session.UDP, Start: r.at, Last: r.at, Frame: r.facts.Line, Service: "dhcp", Certainty: session.Reported,
		Orig: session.Endpoint{Addr: client, Port: 68}, Resp: session.Endpoint{Addr: server, Port: 67}}
	kinds := r.list("msg_types")
	ask, answer := "", ""
	for _, k := range kinds {
		switch k = strings.ToLower(k); k {
		case "request", "inform":
			ask = k
		case "discover":
			if ask == "" {
				ask = k
			}
		case "offer", "ack", "nak":
			answer = k
		}
	}
	if len(kinds) == 0 { // logs before version 2.6 have one row for each ACK
		ask, answer = "request", "ack"
	}
	r.facts.DHCP(logfile.DHCP{Kind: ask, MAC: r.text("mac"), Addr: r.text("client_addr"), Requested: r.text("requested_addr"),
		Hostname: r.text("host_name"), FQDN: r.text("client_fqdn"), VendorClass: r.text("client_software")})
	lease, _ := logfile.Duration(r.text("lease_time"))
	assigned := r.text("assigned_addr")
	if assigned == "" {
		assigned = r.text("assigned_ip")
	}
	r.facts.DHCP(logfile.DHCP{Kind: answer, MAC: r.text("mac"), Assigned: assigned, Server: r.text("server_addr"),
		Domain: r.text("domain"), Lease: uint32(lease.Seconds())})
	return r.tell()
}

// software reads what Zeek gathered of one host, without a session. Only
// greetings that a codec would have read count.
func (r *reader) software() bool {
	host, ok := address(r.text("host"))
	if !ok {
		return false
	}
	kind, raw := r.text("software_type"), r.text("unparsed_version")
	s := session.Session{ID: logfile.ID("software " + host.String() + kind + raw), Transport: session.TCP, Start: r.at, Last: r.at, Frame: r.facts.Line}
	here := session.Endpoint{Addr: host, Port: r.port("host_p")}
	if strings.HasSuffix(kind, "SERVER") || kind == "HTTP::APPSERVER" {
		s.Resp = here
	} else {
		s.Orig = here
	}
	switch kind {
	case "HTTP::SERVER":
		s.Service = "http"
		r.facts.HTTP(logfile.HTTP{Status: 200, Server: raw})
	case "HTTP::APPSERVER":
		s.Service = "http"
		r.facts.HTTP(logfile.HTTP{Status: 200, PoweredBy: raw})
	case "HTTP::BROWSER":
		s.Service = "http"
		r.facts.HTTP(logfile.HTTP{UserAgent: raw})
	case "SSH::SERVER":
		s.Service = "ssh"
		r.facts.SSH("", raw)
	case "SSH::CLIENT":
		s.Service = "ssh"
		r.facts.SSH(raw, "")
	default:
		return true
	}
	if len(r.facts.Seen) > 0 {
		s.Certainty, s.Part, s.Facts = session.Reported, 1, r.facts.Seen
		r.parts.Emit(&s)
	}
	return true
}

func (r *reader) ssh() bool {
	if !r.base("ssh") {
		return false
	}
	r.facts.SSH(r.text("client"), r.text("server"))
	return r.tell()
}

// ntlm reads the names of both machines; the user's name is not read.
func (r *reader) ntlm() bool {
	if !r.base("smb") {
		return false
	}
	if r.s.Resp.Port != 445 && r.s.Resp.Port != 139 {
		r.s.Service, r.s.Certainty = "", session.Unnamed // NTLM rides on many protocols
	}
	r.facts.Machine(proto.Orig, "ntlm", r.text("hostname"), r.text("domainname"), "")
	r.facts.Machine(proto.Resp, "ntlm", r.text("server_nb_computer_name"), "", r.text("server_dns_computer_name"))
	return r.tell()
}

func (r *reader) snmp() bool {
	if !r.base("snmp") {
		return false
	}
	pdu := "response"
	for _, p := range []struct{ column, name string }{{"get_requests", "get"}, {"get_bulk_requests", "get_bulk"}, {"set_requests", "set"}} {
		if r.count(p.column) > 0 {
			pdu = p.name
		}
	}
	r.facts.SNMP(logfile.SNMP{Version: r.text("version"), PDU: pdu, Community: r.text("community"), Description: r.text("display_string")})
	return r.tell()
}

func (r *reader) kerberos() bool {
	if !r.base("kerberos") {
		return false
	}
	k := logfile.Kerberos{Type: r.text("request_type") + "-REQ", Service: r.text("service"), Cipher: r.text("cipher")}
	k.Client, k.Realm, _ = strings.Cut(r.text("client"), "/")
	r.facts.Kerberos(k)
	return r.tell()
}

func (r *reader) rdp() bool {
	if !r.base("rdp") {
		return false
	}
	r.facts.RDP(r.text("client_name"), digits(r.text("client_build")), r.text("security_protocol"))
	return r.tell()
}

// digits gives the number in "RDP 8.1" style builds, if it is only one.
func digits(s string) string { return strings.TrimPrefix(s, "RDP ") }

func (r *reader) rfb() bool {
	if !r.base("rfb") {
		return false
	}
	r.facts.VNC(r.rfbVersion("client"), r.rfbVersion("server"), r.text("authentication_method"))
	return r.tell()
}

func (r *reader) rfbVersion(side string) string {
	major, minor := r.text(side+"_major_version"), r.text(side+"_minor_version")
	if major == "" {
		return ""
	}
	return strings.TrimLeft(major, "0") + "." + strings.TrimLeft(minor, "0")
}

func (r *reader) ftp() bool {
	if !r.base("ftp") {
		return false
	}
	user := r.text("user")
	if user == "<unknown>" {
		user = ""
	}
	r.facts.FTP(user, r.text("password"), r.text("command"), r.text("arg"), r.number("reply_code"), r.text("reply_msg"))
	return r.tell()
}

// functions are Zeek's names of Modbus functions (base/protocols/modbus/consts).
var functions = map[string]int{"READ_COILS": 1, "READ_DISCRETE_INPUTS": 2, "READ_HOLDING_REGISTERS": 3, "READ_INPUT_REGISTERS": 4,
	"WRITE_SINGLE_COIL": 5, "WRITE_SINGLE_REGISTER": 6, "READ_EXCEPTION_STATUS": 7, "DIAGNOSTICS": 8, "GET_COMM_EVENT_COUNTER": 11,
	"GET_COMM_EVENT_LOG": 12, "WRITE_MULTIPLE_COILS": 15, "WRITE_MULTIPLE_REGISTERS": 16, "REPORT_SLAVE_ID": 17, "READ_FILE_RECORD": 20,
	"WRITE_FILE_RECORD": 21, "MASK_WRITE_REGISTER": 22, "READ_WRITE_MULTIPLE_REGISTERS": 23, "READ_FIFO_QUEUE": 24, "ENCAP_INTERFACE_TRANSPORT": 43}

func (r *reader) modbus() bool {
	if !r.base("modbus") {
		return false
	}
	name, failed := strings.CutSuffix(r.text("func"), "_EXCEPTION")
	if r.text("pdu_type") != "RESP" || failed {
		r.facts.Modbus(max(r.number("unit"), 0), functions[name], failed || r.has("exception"))
	}
	return r.tell()
}

func (r *reader) ntp() bool {
	if !r.base("ntp") {
		return false
	}
	r.facts.NTP(r.number("version"), r.number("mode"), r.number("stratum"), r.text("ref_id"))
	return r.tell()
}

func (r *reader) sip() bool {
	if !r.base("sip") {
		return false
	}
	r.facts.SIP(logfile.SIP{Method: r.text("method"), URI: r.text("uri"), UserAgent: r.text("user_agent"), Status: r.number("status_code")})
	return r.tell()
}

func (r *reader) smtp() bool {
	if !r.base("smtp") {
		return false
	}
	r.facts.SMTP(r.text("helo"), r.text("tls") == "T")
	return r.tell()
}

func (r *reader) syslog() bool {
	if !r.base("syslog") {
		return false
	}
	r.facts.Syslog(r.text("facility"), r.text("severity"), r.text("message"))
	return r.tell()
}

func (r *reader) radius() bool {
	if !r.base("radius") {
		return false
	}
	r.facts.RADIUS("access_request", r.text("mac"), r.text("framed_addr"))
	return r.tell()
}

func (r *reader) mqtt() bool {
	if !r.base("mqtt") {
		return false
	}
	m := logfile.MQTT{Level: 4, ClientID: r.text("client_id"), Code: -1}
	switch v := r.text("proto_version"); {
	case strings.HasPrefix(v, "5"):
		m.Level = 5
	case strings.HasPrefix(v, "3.1") && !strings.HasPrefix(v, "3.1.1"):
		m.Level = 3
	}
	if r.text("connect_status") == "Accepted" {
		m.Code = 0
	}
	r.facts.MQTT(m)
	return r.tell()
}

func (r *reader) ldap() bool {
	if !r.base("ldap") {
		return false
	}
	for _, op := range append(r.list("opcodes"), r.text("opcode")) {
		if kind, ok := strings.CutPrefix(strings.ToLower(op), "bind "); ok {
			kind, mechanism, _ := strings.Cut(kind, " ")
			r.facts.LDAP(max(r.number("version"), 0), kind, strings.ToUpper(mechanism), -1)
		}
	}
	return r.tell()
}
