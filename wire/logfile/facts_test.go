package logfile

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/dns"
	"ward/wire/proto/ftp"
	"ward/wire/proto/http"
	"ward/wire/proto/kerberos"
	"ward/wire/proto/modbus"
	"ward/wire/proto/mqtt"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/rdp"
	"ward/wire/proto/sip"
	"ward/wire/proto/smb"
	"ward/wire/proto/snmp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/tftp"
	"ward/wire/proto/tls"
)

var mac = packet.MAC{0, 9, 0xfb, 1, 2, 3}

func host(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestFacts(t *testing.T) {
	for _, c := range []struct {
		name string
		add  func(*Facts)
		want []proto.Fact
	}{
		{"http", func(f *Facts) {
			f.HTTP(HTTP{Method: "GET", Host: "pacs:8080", URI: "/fhir/Patient/" + canary.MRN + "?name=" + canary.Family, UserAgent: "curl/8.1 (" + canary.User + ")",
				Status: 200, Server: "nginx/1.18.0", ContentType: "text/html", HasLogin: true, User: canary.User, Password: canary.Secret})
		}, []proto.Fact{http.Login{Scheme: "basic", Accepted: true}, http.Exchange{Method: "GET", Host: "pacs", Path: "fhir", Status: 200, Server: "nginx/1.18.0", UserAgent: "curl/8.1",
			ContentType: "text/html", AuthScheme: "basic"}, http.FHIR{Method: "GET", Resource: "Patient", Status: 200, Count: 1}}},
		{"http, a shipped pair", func(f *Facts) {
			f.HTTP(HTTP{Method: "GET", URI: "/", Status: 200, HasLogin: true, User: "admin", Password: "admin"})
		}, []proto.Fact{http.Login{Scheme: "basic", Default: true, Accepted: true}, http.Exchange{Method: "GET", Path: http.Root, Status: 200, AuthScheme: "basic"}}},
		{"http, a broken-in header", func(f *Facts) {
			f.HTTP(HTTP{Method: "GET", URI: "/x", Host: "a\r\nUser-Agent: evil/1.0", Status: 404})
		}, []proto.Fact{http.Exchange{Method: "GET", Path: "other", Status: 404}}},
		{"http, only a header", func(f *Facts) { f.HTTP(HTTP{Status: 200, Server: "Apache/2.4.1"}) }, []proto.Fact{http.Exchange{Server: "Apache/2.4.1"}}},
		{"dns", func(f *Facts) {
			f.DNS(DNS{Port: 53, Name: "CT1.example.org", Type: 1, Answered: true, Answers: []string{"alias.example.org", "10.0.0.9"}})
		}, []proto.Fact{dns.Lookup{Protocol: "dns", Name: "ct1.example.org", Type: "A", Answered: true, Addrs: []netip.Addr{host("10.0.0.9")}}}},
		{"dns, no answer", func(f *Facts) { f.DNS(DNS{Port: 53, Name: "a.b", Type: 28}) }, []proto.Fact{dns.Lookup{Protocol: "dns", Name: "a.b", Type: "AAAA"}}},
		{"dns, pointer", func(f *Facts) {
			f.DNS(DNS{Port: 53, Name: "9.0.0.10.in-addr.arpa", Type: 12, Answered: true, Answers: []string{"ct1.example.org"}})
		}, []proto.Fact{dns.Lookup{Protocol: "dns", Name: "9.0.0.10.in-addr.arpa", Type: "PTR", Answered: true, Target: "ct1.example.org"}}},
		{"mdns, a person's instance", func(f *Facts) {
			f.DNS(DNS{Port: 5353, Name: "_ipp._tcp.local", Type: 12, Answered: true, Answers: []string{canary.Given + "s printer._ipp._tcp.local"}})
		}, []proto.Fact{dns.Instance{Type: "_ipp._tcp"}}},
		{"tls", func(f *Facts) {
			f.TLS(TLS{Version: "TLSv12", Cipher: "TLS_RSA_WITH_AES_128_CBC_SHA", SNI: "Pump.Example.org", Established: true,
				Server: Certificate{Subject: "CN=pump-1,O=Maker\\, Inc.,C=US", Issuer: "C=US, O=Starfield, Inc., CN=CA", Names: []string{"pump-1", "10.0.0.3", "a b"}},
				Client: Certificate{Subject: "CN=" + canary.Family, Issuer: "CN=Clinic CA"}})
		}, []proto.Fact{tls.ClientHello{SNI: "pump.example.org"}, tls.ServerHello{Version: "TLS 1.2", Cipher: "TLS_RSA_WITH_AES_128_CBC_SHA", CipherID: 0x2f},
			tls.Certificate{Subject: "pump-1", Organization: "Maker, Inc.", Issuer: "CA", IssuerOrg: "Starfield, Inc.", Names: []string{"pump-1", "10.0.0.3"}},
			tls.Certificate{Issuer: "Clinic CA"}}},
		{"dhcp", func(f *Facts) {
			f.DHCP(DHCP{Kind: "request", MAC: mac.String(), Addr: "0.0.0.0", Hostname: "pump-1", VendorClass: "MSFT 5.0"})
			f.DHCP(DHCP{Kind: "ack", MAC: mac.String(), Assigned: "10.0.0.3", Server: "10.0.0.1", Lease: 60, Routers: []string{"10.0.0.254", "x"}})
			f.DHCP(DHCP{Kind: "", MAC: mac.String()})
		}, []proto.Fact{dhcp.Message{Kind: "request", MAC: mac, Hostname: "pump-1", VendorClass: "MSFT 5.0"},
			dhcp.Message{Kind: "ack", MAC: mac, Assigned: host("10.0.0.3"), Server: host("10.0.0.1"), Lease: 60, Routers: []netip.Addr{host("10.0.0.254")}}}},
		{"ssh", func(f *Facts) { f.SSH("SSH-1.99-OpenSSH_3.9p1", "OpenSSH_9.2p1 Debian-2") },
			[]proto.Fact{ssh.Banner{Protocol: "1.99", Software: "OpenSSH_3.9p1", Old: true}, ssh.Banner{Protocol: "2.0", Software: "OpenSSH_9.2p1", Comment: "Debian-2"}}},
		{"snmp", func(f *Facts) {
			f.SNMP(SNMP{Version: "2c", PDU: "get", Community: "public", Description: "Pump Rev 3"})
			f.SNMP(SNMP{Version: "1", PDU: "set", Community: canary.Secret})
			f.SNMP(SNMP{Version: "3", PDU: "get", Community: canary.User})
		}, []proto.Fact{snmp.Message{Version: "2c", PDU: "get", Default: true, CommunityLength: 6}, snmp.Message{Version: "2c", PDU: "response", Default: true, CommunityLength: 6},
			snmp.System{Description: "Pump Rev 3"}, snmp.Message{Version: "1", PDU: "set", CommunityLength: len(canary.Secret)}, snmp.Message{Version: "3", PDU: "get"}}},
		{"kerberos", func(f *Facts) {
			f.Kerberos(Kerberos{Type: "AS-REQ", Client: canary.User, Realm: "CLINIC.EXAMPLE", Service: "krbtgt/CLINIC.EXAMPLE", Cipher: "rc4-hmac"})
			f.Kerberos(Kerberos{Type: "TGS-REP", Client: "PUMP1$", Service: "cifs/server.example"})
		}, []proto.Fact{kerberos.Message{Type: "AS-REQ", Realm: "CLINIC.EXAMPLE", ETypes: []string{"rc4-hmac"}, Weak: true, Class: "krbtgt"},
			kerberos.Message{Type: "TGS-REP", Host: "PUMP1", Class: "cifs", Server: "server.example"}}},
		{"mqtt", func(f *Facts) { f.MQTT(MQTT{Level: 4, ClientID: "pump-00a1b2c3", User: true, Password: true}) },
			[]proto.Fact{mqtt.Connect{Version: "3.1.1", ClientID: "pump-00a1b2c3", Username: true, Password: true}, mqtt.Connack{}}},
		{"ftp", func(f *Facts) {
			f.FTP(canary.User, canary.Secret, "RETR", "/"+canary.Family+".cfg", 226, "done")
			f.FTP("", "", "", "", 220, "VxWorks FTP 5.4")
		}, []proto.Fact{ftp.Login{Accepted: true}, ftp.Transfer{Verb: "RETR", Class: "configuration", Count: 1}, ftp.Banner{Text: "VxWorks FTP 5.4"}}},
		{"tftp", func(f *Facts) { f.TFTP(true, canary.Family+".txt", "octet") }, []proto.Fact{tftp.Request{Write: true, Mode: "octet", Class: "other", Ext: "txt"}}},
		{"sip", func(f *Facts) {
			f.SIP(SIP{Method: "INVITE", URI: "sip:" + canary.Family + "@10.0.0.7", UserAgent: "Phone/2.1"})
			f.SIP(SIP{Status: 401})
		}, []proto.Fact{sip.Message{Method: "INVITE", Host: "10.0.0.7", UserAgent: "Phone/2.1"}, sip.Message{Method: "", Status: 401}}},
		{"smb", func(f *Facts) {
			f.Native(proto.Resp, "Windows 5.1", canary.User)
			f.Machine(proto.Orig, "smb", "CT-CONSOLE", "CLINIC", "")
		}, []proto.Fact{smb.Native{OS: "Windows 5.1"}, ntlm.Host{Via: "smb", Computer: "CT-CONSOLE", Domain: "CLINIC"}}},
		{"rdp", func(f *Facts) { f.RDP("CT-CONSOLE", "7601", "HYBRID") },
			[]proto.Fact{rdp.Client{Name: "CT-CONSOLE", Build: 7601}, rdp.Negotiation{Selected: "nla", NLA: true}}},
		{"modbus", func(f *Facts) { f.Modbus(1, 16, true); f.Modbus(300, 3, false); f.Modbus(1, -1, false) },
			[]proto.Fact{modbus.Use{Unit: 1, Function: 16, Requests: 1, Exceptions: 1, Write: true}}},
		{"syslog", func(f *Facts) { f.Syslog("LOCAL0", "ERR", "Oct 11 22:14:15 pump1 app: "+canary.Family) }, []proto.Fact{syslog.Header{Format: "rfc3164", Hostname: "pump1", AppName: "app", Facility: "local0", Messages: 1, Severities: []syslog.Count{{Name: "error", Count: 1}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Facts{Line: 7, Time: time.Unix(9, 0)}
			c.add(&f)
			var got []proto.Fact
			for _, s := range f.Seen {
				if s.Frame != 7 || !s.Time.Equal(time.Unix(9, 0)) {
					t.Errorf("evidence of %T: line %d at %v", s.Fact, s.Frame, s.Time)
				}
				got = append(got, s.Fact)
			}
			prototest.NoCanary(t, got)
			if d := cmp.Diff(c.want, got, cmpopts.EquateComparable(netip.Addr{})); d != "" {
				t.Error(d)
			}
		})
	}
}
