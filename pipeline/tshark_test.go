package pipeline_test

import (
	"context"
	"io/fs"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"ward/internal/shareddata"
	"ward/internal/tshark"
	"ward/wire/capture"
	"ward/wire/session"
)

// sameName maps tshark's protocol to Ward's service. The first layer above the
// transport that stands here names the stream.
var sameName = map[string]string{
	"dicom": "dicom", "hl7": "hl7", "http": "http", "tls": "tls", "dns": "dns", "mdns": "mdns", "llmnr": "llmnr", "nbns": "nbns", "nbdgm": "nbdgm",
	"dhcp": "dhcp", "dhcpv6": "dhcp6", "kerberos": "kerberos", "ldap": "ldap", "cldap": "ldap", "ntp": "ntp", "snmp": "snmp", "ftp": "ftp",
	"ssh": "ssh", "mqtt": "mqtt", "radius": "radius", "tftp": "tftp", "syslog": "syslog", "modbus": "modbus", "bacnet": "bacnet",
	"nbss": "smb", "smb": "smb", "smb2": "smb", "mysql": "mysql", "vnc": "vnc", "tds": "mssql", "ssdp": "ssdp", "smtp": "smtp", "telnet": "telnet",
	"pgsql": "postgres", "rtsp": "rtsp", "sip": "sip", "rdp": "rdp", "quic": "quic", "tns": "oracle",
}

// notRead are protocols of tshark that Ward has no codec for: it may name them
// by their port at most.
var notRead = []string{"dcerpc", "opcua", "dnp3", "ftp-data", "dtls", "stun", "classicstun", "rpc", "tplink-smarthome", "teredo", "collectd", "coap",
	"db-lsp-disc", "rdpudp", "isakmp", "hart_ip", "pop", "imap", "iscsi", "rip", "wg", "rpcap", "gtp", "gtpprime", "gprs-ns", "lisp", "lisp-tcp", "ldp",
	"enip", "cipio", "udpencap", "rtp", "rtcp", "portcontrol", "openvpn", "manolito", "kip", "xmpp", "tpkt", "cotp", "tacplus", "socks", "rsh", "resp",
	"irc", "iec60870_104", "ams", "geneve", "ayiya"}

// differences are the captures where the two name a stream differently or one
// of them names it and the other does not, each looked at by hand.
var differences = map[string]string{
	"malcolm/protocols/Syslog.pcap":                   "tshark says VNC because of port 5900; the bytes are a TLS handshake",
	"malcolm/protocols/NTP.pcap":                      "an HTTP answer of which only the middle was captured",
	"malcolm/protocols/STUN.pcap":                     "SSH by port 22 only: no banner was captured",
	"malcolm/protocols/RADIUS.pcap":                   "requests that nobody answered, and lengths that do not fit: Ward says port only; the rest are cut copies on other ports",
	"malcolm/protocols/MySQL.pcap":                    "joined in the middle: no greeting was captured",
	"malcolm/protocols/TFTP.pcap":                     "transfers whose request was not captured: tshark joins by the request, or calls any port 69 so",
	"ndpi/tftp.pcap":                                  "data blocks without their request",
	"ndpi/kerberos.pcap":                              "joined in the middle of messages",
	"ndpi/coap_mqtt.pcap":                             "MQTT on port 17501, which tshark does not try",
	"ndpi/anydesk.pcapng":                             "TLS records on port 80, which tshark tries as HTTP and gives up",
	"ndpi/upnp.pcap":                                  "WS-Discovery over UDP: this tshark has no dissector for it on that port",
	"ndpi/ssh.pcap":                                   "SSH on port 8000, which tshark does not try",
	"ndpi/syslog.pcap":                                "syslog over TCP on a port that tshark does not try",
	"ndpi/log4j-webapp-exploit.pcap":                  "LDAP on port 1389, which tshark does not try",
	"malcolm/plugins/cve-2021-44228/":                 "LDAP on port 1389, which tshark does not try",
	"otrf/compound__Log4Shell":                        "LDAP on port 1389, which tshark does not try",
	"malcolm/plugins/ripple20/":                       "DNS over TCP made by hand with broken messages",
	"malcolm/plugins/SIGred/":                         "DNS over TCP with answers that break the standard on purpose (CVE-2020-1350)",
	"otrf/atomic__windows__credential_access":         "SMB joined in the middle of a message",
	"recorded-third-party/astm-lis2-analyzers.pcap":   "LIS2-A2: tshark has no dissector",
	"recorded-third-party/sdc11073":                   "WS-Discovery of SDC: tshark has no dissector on that port",
	"recorded-third-party/dicom-abuse":                "a port scanner's TLS hello and HTTP request to services that speak neither",
	"suricata-verify/llmnr/":                          "LLMNR over TCP (RFC 4795, section 2.4), which tshark does not try",
	"suricata-verify/output-eve-ftp-data/":            "SSDP answers from another port",
	"suricata-verify/output-eve-tftp-01/":             "TFTP data from the second port",
	"suricata-verify/tftp-tx-handling":                "TFTP data from the second port",
	"suricata-verify/mqtt-midstream-split/":           "MQTT joined in the middle of a message",
	"suricata-verify/mqtt-ping/":                      "two bytes each way are too little to be sure of MQTT",
	"suricata-verify/mqtt-events":                     "MQTT that breaks the standard on purpose",
	"suricata-verify/output-eve-anomaly-02/":          "SSH by port only: made to break decoders",
	"zeek/http/methods.pcap":                          "methods that are in no registry, answered with errors",
	"zeek/http/query-method":                          "a method that is not registered",
	"zeek/http/no-uri.pcap":                           "a request line without its target",
	"zeek/http/http-single-conn-22.pcap":              "HTTP on port 22: tshark goes by the port",
	"zeek/http/http-to-ssh.pcap":                      "an HTTP request to an SSH server: both have a claim",
	"zeek/http/get-to-ssh-server.pcap":                "an HTTP request to an SSH server: both have a claim",
	"zeek/ssh/ssh-on-port-80.pcap":                    "SSH on port 80: tshark goes by the port",
	"zeek/ssh/ssh1-ssh2-fingerprints.pcap":            "SSH on port 2222, which tshark does not try",
	"zeek/ssh/ssh_kex_mlkem.pcap":                     "SSH on port 2299, which tshark does not try",
	"zeek/ssh/server-pre-banner-data.pcap":            "text before the banner (RFC 4253, section 4.2) and no banner after it",
	"zeek/ldap/simpleauth-diff-port.pcap":             "LDAP on another port, which tshark does not try",
	"zeek/dns/dns-invalid-names.pcap":                 "DNS names that break the standard on purpose",
	"zeek/krb/error-preauth-padata.pcap":              "Kerberos with one message that breaks its own length",
	"zeek/smb/smb1-OSS-fuzz-54883.pcap":               "a fuzzer's SMB",
	"zeek/modbus/modbus-and-non-modbus-p502.pcap":     "other protocols on port 502",
	"zeek/modbus/fuzz-1011.pcap":                      "a fuzzer's Modbus",
	"zeek/modbus/fuzz-72.pcap":                        "a fuzzer's Modbus",
	"zeek/tls/xmpp-dialback-starttls.pcap":            "TLS that begins inside XMPP, for which Ward has no codec",
	"suricata-verify/modbus/modbus.pcap":              "one side only of a session with port 502",
	"suricata-verify/rdp-protocol/":                   "RDP negotiation that the server refuses",
	"zeek/http/basic-auth-with-extra-space.pcap":      "joined in the middle of another protocol",
	"malcolm/plugins/zeek-httpattacks/http.trace":     "requests that break HTTP on purpose",
	"iot-sentinel/TP-LinkPlugHS100/":                  "TLS on port 50443, which tshark does not try",
	"iot-sentinel/WeMoLink/":                          "TLS from port 4730: tshark goes by the port",
	"malcolm/protocols/DHCP.pcap":                     "UDP lengths that contradict the packet: Ward counts it as malformed",
	"zeek/http/http-lower-case-nonstandard-port.pcap": "the version written http/1.1, which RFC 9112 section 2.3 does not allow",
	"zeek/http/zeek-image-post-1080-8000-x.pcap":      "HTTP from port 1080: tshark goes by the port",
	"ndpi/dhcp-fuzz.pcapng":                           "a fuzzer's DHCP",
	"suricata-verify/dcerpc/":                         "SMB joined in the middle",
}

// counts are the captures where the number of TCP sessions between the same two
// ports differs, each looked at by hand.
var counts = map[string]string{
	"malcolm/plugins/bro-simple-scan/backscatter.trace": "days of answers to forged addresses: Ward ends an idle session, tshark never does",
	"malcolm/plugins/zeek-httpattacks/http.trace":       "each refused attempt is a session of its own, as in Zeek",
	"malcolm/protocols/OPCUA-Binary.pcap":               "idle for longer than the time-out",
	"iot-sentinel/HueBridge/Setup-A-4-STA.pcap":         "a refused attempt and one with the same port half a minute later",
	"malcolm/protocols/DHCP.pcap":                       "UDP lengths that contradict the packet: Ward counts it as malformed",
	"malcolm/protocols/RADIUS.pcap":                     "UDP lengths that contradict the packet: Ward counts it as malformed",
	"ndpi/rtsp.pcap":                                    "packets after the reset open a session that was joined in the middle",
	"ndpi/vnc.pcap":                                     "a server whose sequence numbers jump: tshark takes it for a new stream, there is one handshake",
	"suricata-verify/mac-eve-packet/test.pcap":          "TCP headers that are longer than their packets: Ward counts them as malformed",
	"suricata-verify/rdp-protocol/RDP-003.pcap":         "each refused attempt is a session of its own, as in Zeek",
	"zeek/modbus/fuzz-1011.pcap":                        "idle for longer than the time-out",
	"zeek/modbus/modbus-and-non-modbus-p502.pcap":       "each reset attempt is a session of its own",
	"zeek/pop3/pop3.pcap":                               "each refused attempt is a session of its own, as in Zeek",
}

// unopened are captures of tunnels that Ward does not open (it opens GRE,
// ERSPAN and VXLAN), or that are made with addresses tshark reads elsewhere.
var unopened = []string{"zeek/tunnels/geneve", "zeek/tunnels/gtp/", "zeek/tunnels/ayiya", "zeek/tunnels/gre-aruba", "zeek/tunnels/gre-pptp",
	"zeek/tunnels/gre-over-udp", "zeek/tunnels/Teredo", "zeek/tunnels/teredo", "ndpi/dtls.pcap", "suricata-verify/output-eve-ftp-data/"}

// The bars: of the streams that tshark names and Ward reads, Ward names this
// share alike by content, hand-made and cut captures included (97.3 % over all captures);
// of the port pairs this share has the same number of sessions (all of them, without
// the captures listed above).
const (
	barNames    = 0.95
	barSessions = 0.999
)

// tally counts agreement over all captures.
type tally struct {
	captures, named, alike, weaker int
	pairs, same                    int
	streams, sessions              int
}

// TestTsharkAgrees compares the sessions of each capture and their names with
// tshark's: every fourth capture, a few in short tests.
func TestTsharkAgrees(t *testing.T) {
	tshark.Need(t, "tshark")
	files := broad(t)
	var mu sync.Mutex
	var sum tally
	var wait sync.WaitGroup
	turn := make(chan bool, runtime.NumCPU())
	for _, name := range files {
		turn <- true
		wait.Go(func() {
			defer func() { <-turn }()
			one := compare(t, name)
			mu.Lock()
			defer mu.Unlock()
			sum.add(one)
		})
	}
	wait.Wait()
	names, sessions := share(sum.alike, sum.named), share(sum.same, sum.pairs)
	t.Logf("%d captures: %d of %d streams named alike (%.1f %%, %d by the port alone); %d of %d port pairs with as many sessions (%.2f %%); %d streams, %d sessions",
		sum.captures, sum.alike, sum.named, 100*names, sum.weaker, sum.same, sum.pairs, 100*sessions, sum.streams, sum.sessions)
	if names < barNames || sessions < barSessions {
		t.Errorf("agreement with tshark: names %.3f (bar %.3f), sessions %.4f (bar %.4f)", names, barNames, sessions, barSessions)
	}
}

// broad gives the captures to compare, relative to the folder of captures.
func broad(t *testing.T) (files []string) {
	root := filepath.Join(shareddata.Dir(t), "pcap")
	every := 4
	if testing.Short() {
		every = 40
	}
	n := 0
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		if err != nil || d.IsDir() || !slices.Contains([]string{".pcap", ".pcapng", ".cap", ".trace"}, filepath.Ext(path)) || explained(name, unopened) {
			return nil
		}
		if n++; n%every == 0 || strings.HasPrefix(name, "recorded-third-party/") {
			files = append(files, name)
		}
		return nil
	})
	if len(files) == 0 {
		t.Fatal("no captures")
	}
	return files
}

// between is what one tool saw between two ports.
type between struct {
	count int
	names []string // what content says
	ports []string // what only the port says
}

// compare compares one capture.
func compare(t *testing.T, name string) (sum tally) {
	path := filepath.Join(shareddata.Dir(t), "pcap", name)
	theirs, ours := map[tshark.Ends]*between{}, wardSessions(path)
	for _, s := range tshark.Streams(t, path) {
		b := at(theirs, s.Ends)
		b.count++
		if n := firstKnown(s.Layers); n != "" && !slices.Contains(b.names, n) {
			b.names = append(b.names, n)
		}
		sum.streams++
	}
	_, namesExplained := prefixed(name, differences)
	_, countExplained := prefixed(name, counts)
	sum.captures = 1
	for ends, their := range theirs {
		our := ours[ends]
		if our == nil {
			our = &between{}
		}
		sum.sessions += our.count
		if !countExplained {
			sum.pair(t, name, ends, their, our)
		}
		sum.name(t, name, ends, their, our, namesExplained)
	}
	for ends := range ours {
		if theirs[ends] == nil {
			t.Errorf("%s %v: Ward saw a session that tshark did not", name, ends)
		}
	}
	return sum
}

// pair compares how often two ports spoke. UDP has no end of its own: there
// tshark counts port pairs and Ward ends the session after a silence.
func (s *tally) pair(t *testing.T, name string, ends tshark.Ends, their, our *between) {
	s.pairs++
	if their.count == our.count || ends.Transport == "udp" && our.count > 0 {
		s.same++
		return
	}
	t.Errorf("%s %v: tshark has %d streams, Ward %d sessions", name, ends, their.count, our.count)
}

// name compares what the sessions between two ports were called.
func (s *tally) name(t *testing.T, file string, ends tshark.Ends, their, our *between, explained bool) {
	if len(their.names) == 0 || slices.Contains(notRead, their.names[0]) {
		if len(our.names) > 0 && !explained {
			t.Errorf("%s %v: tshark says %v, Ward says %v", file, ends, their.names, our.names)
		}
		return
	}
	s.named++
	switch {
	case slices.Contains(our.names, their.names[0]):
		s.alike++
	case slices.Contains(our.ports, their.names[0]):
		s.weaker++
	case !explained:
		t.Errorf("%s %v: tshark says %v, Ward says %v (by port %v)", file, ends, their.names, our.names, our.ports)
	}
}

// wardSessions gives Ward's sessions by their ends.
func wardSessions(path string) map[tshark.Ends]*between {
	out := map[tshark.Ends]*between{}
	src, err := capture.Open(path)
	if err != nil {
		return out
	}
	defer src.Close()
	_, _ = session.Run(context.Background(), src, session.Options{}, func(s *session.Session) {
		if s.Part > 0 || s.Transport != session.TCP && s.Transport != session.UDP {
			return
		}
		b := at(out, tshark.EndsOf(string(s.Transport), port(s.Orig), port(s.Resp)))
		b.count++
		switch s.Certainty {
		case session.Content, session.OneSide:
			b.names = append(b.names, s.Service)
		case session.PortOnly:
			b.ports = append(b.ports, s.Service)
		}
	})
	return out
}

func port(e session.Endpoint) netip.AddrPort { return netip.AddrPortFrom(e.Addr.Unmap(), e.Port) }

func at(m map[tshark.Ends]*between, e tshark.Ends) *between {
	if m[e] == nil {
		m[e] = &between{}
	}
	return m[e]
}

// firstKnown gives Ward's name for tshark's layers, or the first layer that
// Ward does not read.
func firstKnown(layers []string) string {
	for _, l := range layers {
		if n, ok := sameName[l]; ok {
			return n
		}
		if slices.Contains(notRead, l) && l != "tpkt" && l != "cotp" {
			return l
		}
	}
	if len(layers) > 0 {
		return layers[0]
	}
	return ""
}

func (s *tally) add(o tally) {
	s.captures, s.named, s.alike, s.weaker = s.captures+o.captures, s.named+o.named, s.alike+o.alike, s.weaker+o.weaker
	s.pairs, s.same, s.streams, s.sessions = s.pairs+o.pairs, s.same+o.same, s.streams+o.streams, s.sessions+o.sessions
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

func explained(name string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func prefixed(name string, table map[string]string) (why string, ok bool) {
	for p, why := range table {
		if strings.HasPrefix(name, p) {
			return why, true
		}
	}
	return "", false
}
