package logfile

import "ward/wire/session"

// names maps what Zeek and Suricata call a protocol to what Ward calls it,
// where the two differ.
var names = map[string]string{
	"ssl": "tls", "krb": "kerberos", "krb5": "kerberos", "krb_tcp": "kerberos", "krb_udp": "kerberos", "rfb": "vnc", "dce_rpc": "msrpc",
	"dcerpc": "msrpc", "postgresql": "postgres", "pgsql": "postgres", "tds": "mssql", "ldap_tcp": "ldap", "ldap_udp": "ldap",
	"ike": "ikev2", "ikev1": "ikev2", "dhcpv6": "dhcp6", "doh2": "http2",
}

// silent are words that name no service of their own.
var silent = map[string]bool{"": true, "-": true, "failed": true, "unknown": true, "gssapi": true, "ntlm": true, "spnego": true, "ftp-data": true}

// Service gives Ward's name of a protocol as a log names it, empty for none.
func Service(word string, resp uint16) string {
	if silent[word] || len(word) > maxWord || !plainWord(word) {
		return ""
	}
	if word == "dns" {
		switch resp {
		case 5353:
			return "mdns"
		case 5355:
			return "llmnr"
		case 137:
			return "nbns"
		}
	}
	if name, ok := names[word]; ok {
		return name
	}
	return word
}

const maxWord = 24

func plainWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// Transport reads "tcp", "UDP", "icmp", "IPv6-ICMP"; others are IP.
func Transport(word string) session.Transport {
	switch word {
	case "tcp", "TCP":
		return session.TCP
	case "udp", "UDP":
		return session.UDP
	case "icmp", "ICMP", "IPv6-ICMP", "ICMPv6":
		return session.ICMP
	}
	return session.IP
}

// Name gives the session the service that a log reports, else the one that its
// port suggests, with the certainty of each.
func Name(s *session.Session, word string) {
	if s.Service = Service(word, s.Resp.Port); s.Service != "" {
		s.Certainty = session.Reported
	} else if s.Service = session.PortName(s.Transport, s.Orig.Port, s.Resp.Port); s.Service != "" {
		s.Certainty = session.PortOnly
	}
}
