package zeeklog

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"ward/wire/logfile"
	"ward/wire/packet"
	"ward/wire/session"
)

// maxCerts is how many certificates of x509.log are kept for ssl.log.
const maxCerts = 100_000

// reader reads the files of one input.
type reader struct {
	parts     logfile.Parts
	sum       logfile.Summary
	warn      logfile.Warnings
	certs     map[string]logfile.Certificate
	lostCerts int

	// of the current file and line
	table
	facts logfile.Facts
	at    time.Time
	s     session.Session
}

// rowReader reads one row of a log; false: a field that must be there is broken.
type rowReader func(*reader) bool

// readers lists the logs that are read.
var readers = map[string]rowReader{
	"conn": (*reader).conn, "dns": (*reader).dns, "http": (*reader).http, "ssl": (*reader).ssl, "x509": (*reader).x509, "quic": (*reader).quic,
	"dhcp": (*reader).dhcp, "software": (*reader).software, "ssh": (*reader).ssh, "ntlm": (*reader).ntlm, "snmp": (*reader).snmp,
	"kerberos": (*reader).kerberos, "rdp": (*reader).rdp, "rfb": (*reader).rfb, "ftp": (*reader).ftp, "modbus": (*reader).modbus,
	"ntp": (*reader).ntp, "sip": (*reader).sip, "smtp": (*reader).smtp, "syslog": (*reader).syslog, "radius": (*reader).radius,
	"mqtt_connect": (*reader).mqtt, "ldap": (*reader).ldap,
}

// file reads one log and gives its digest.
func (r *reader) file(ctx context.Context, path string) (digest string, err error) {
	l, err := logfile.Open(path)
	if err != nil {
		r.warn.Add("%v", err)
		return "", nil
	}
	r.table = table{}
	lost := r.lostCerts
	err = l.Each(ctx, func(line []byte, number uint64) {
		r.facts.Line = number
		switch {
		case len(line) == 0:
		case line[0] == '#':
			r.header(line)
		case !r.line(line):
			r.sum.Broken++
			why := "it has not the fields that its header names, or an address or time that is none"
			if l.Cut() {
				why = "the last line is cut off; was the log still being written?"
			}
			r.warn.Add("%s:%d: line passed over: %s", path, number, why)
		}
	})
	if r.lostCerts > lost {
		r.warn.Add("%s: only the first %d certificates were kept", path, maxCerts)
	}
	if err == nil {
		digest, err = l.Sum()
	}
	l.Close(&r.sum, &r.warn)
	return digest, err
}

// line reads one row.
func (r *reader) line(line []byte) bool {
	if line[0] == '{' {
		if !r.json(line) {
			return false
		}
	} else if !r.row(line) {
		return false
	}
	read := readers[r.table.kind()]
	if read == nil {
		return true // a log that says nothing of devices
	}
	at, ok := stamp(r.text("ts"))
	if !ok {
		return false
	}
	r.at = at
	r.facts.Reset(r.facts.Line, at)
	r.sum.Span(at)
	return read(r)
}

// stamp reads a time: seconds since 1970, or ISO 8601 as JSON may have it.
func stamp(s string) (time.Time, bool) {
	if t, ok := logfile.Seconds(s); ok {
		return t, true
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err == nil
}

// base reads the fields that name the session.
func (r *reader) base(service string) bool {
	orig, ok1 := address(r.text("id.orig_h"))
	resp, ok2 := address(r.text("id.resp_h"))
	uid := r.text("uid")
	if !ok1 || !ok2 || uid == "" {
		return false
	}
	r.s = session.Session{ID: logfile.ID(uid), Transport: r.transport(), Start: r.at, Last: r.at, Frame: r.facts.Line,
		Orig: session.Endpoint{Addr: orig, Port: r.port("id.orig_p")}, Resp: session.Endpoint{Addr: resp, Port: r.port("id.resp_p")}}
	logfile.Name(&r.s, service)
	return true
}

// transport is the one that the row names, else the one of the log.
func (r *reader) transport() session.Transport {
	if p := r.text("proto"); p != "" {
		return logfile.Transport(p)
	}
	switch r.table.kind() {
	case "dns", "snmp", "ntp", "sip", "syslog", "radius", "kerberos", "quic":
		return session.UDP
	}
	return session.TCP
}

func (r *reader) port(name string) uint16 {
	return uint16(min(max(r.number(name), 0), 65535))
}

func address(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

// tell hands on the facts of the row.
func (r *reader) tell() bool {
	r.s.Facts = r.facts.Seen
	r.parts.Facts(&r.s)
	return true
}

// conn reads a row of conn.log: one session.
func (r *reader) conn() bool {
	if !r.base(service(r.text("service"))) {
		return false
	}
	s := &r.s
	if d, ok := logfile.Duration(r.text("duration")); ok {
		s.Last = s.Start.Add(d)
	}
	r.sum.Span(s.Last)
	s.Orig.Bytes, s.Resp.Bytes = r.count("orig_bytes"), r.count("resp_bytes")
	s.Orig.Packets, s.Resp.Packets = r.count("orig_pkts"), r.count("resp_pkts")
	if !r.has("resp_pkts") && s.Resp.Bytes > 0 {
		s.Resp.Packets = 1 // older logs count bytes only
	}
	s.Orig.MAC, _ = packet.ParseMAC(r.text("orig_l2_addr"))
	s.Resp.MAC, _ = packet.ParseMAC(r.text("resp_l2_addr"))
	s.VLAN = uint16(max(r.number("vlan"), 0) & 0xfff)
	switch {
	case s.Transport == session.TCP:
		s.State = state(r.text("conn_state"))
	case s.Transport == session.ICMP:
		s.Proto = 1
		if s.Orig.Addr.Is6() {
			s.Proto = 58
		}
		s.Orig.Port, s.Resp.Port = 0, 0 // Zeek keeps type and code there
	}
	r.parts.Session(s)
	return true
}

// service picks one of the protocols that Zeek saw in a session ("gssapi,smb,
// ntlm", "smtp,ssl"); a leading hyphen marks one that did not hold.
func service(words string) string {
	best := ""
	for w := range strings.SplitSeq(words, ",") {
		switch {
		case w == "" || w[0] == '-' || logfile.Service(w, 0) == "":
		case w == "smb":
			return w
		case best == "" || best == "ssl":
			best = w
		}
	}
	return best
}

func state(s string) session.State {
	switch s {
	case "S0", "S1", "S2", "S3", "SF", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH":
		return session.State(s)
	}
	return ""
}
