package evelog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/internal/shareddata"
	"ward/wire/logfile"
	"ward/wire/session"
)

// event writes one line: common fields, then body.
func event(typ, src string, sp int, dst string, dp int, transport, body string) string {
	return fmt.Sprintf(`{"timestamp":"2026-01-02T02:04:05.000006+0000","flow_id":77,"in_iface":"eth0","event_type":"%s","vlan":[12],"src_ip":"%s","src_port":%d,"dest_ip":"%s","dest_port":%d,"proto":"%s","ether":{"src_mac":"00:09:fb:01:02:03","dest_mac":"00:0c:29:01:02:03"}%s}`+"\n",
		typ, src, sp, dst, dp, transport, body)
}

const flowBody = `,"app_proto":"http","flow":{"pkts_toserver":5,"pkts_toclient":4,"bytes_toserver":5270,"bytes_toclient":216,"start":"2026-01-02T02:04:05.000006+0000","end":"2026-01-02T02:04:07.000006+0000","age":2,"state":"closed","reason":"timeout","alerted":false},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b","syn":true,"state":"closed"}`

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "eve.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) ([]string, logfile.Summary) {
	t.Helper()
	var out []string
	sum, err := Read(context.Background(), path, func(s *session.Session) {
		out = append(out, fmt.Sprintf("%d %s %s:%d>%s:%d %s %s %s %d/%d %d/%d part %d", s.Frame, s.Transport, s.Orig.Addr, s.Orig.Port, s.Resp.Addr, s.Resp.Port,
			s.Service, s.Certainty, s.State, s.Orig.Packets, s.Resp.Packets, s.Orig.Bytes, s.Resp.Bytes, s.Part))
		for _, f := range s.Facts {
			out = append(out, fmt.Sprintf("  %d %s %T%+v", f.Frame, f.Dir, f.Fact, f.Fact))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	noCanary(t, strings.Join(append(out, sum.Warnings...), "\n"))
	return out, sum
}

func noCanary(t testing.TB, text string) {
	t.Helper()
	for _, m := range canary.Markers() {
		for _, enc := range canary.Encodings(m) {
			if bytes.Contains([]byte(text), enc) {
				t.Errorf("%q came out", enc)
			}
		}
	}
}

func TestFlow(t *testing.T) {
	text := event("http", "10.0.0.3", 5000, "10.0.0.9", 80, "TCP", `,"tx_id":0,"http":{"hostname":"pacs","url":"/fhir/Patient/`+canary.MRN+`","http_user_agent":"curl/8.0","http_content_type":"text/html","http_method":"GET","status":200,"response_headers":[{"name":"Server","value":"nginx/1.2"}]}`) +
		event("flow", "10.0.0.3", 5000, "10.0.0.9", 80, "TCP", flowBody)
	got, sum := read(t, write(t, text))
	want := []string{
		"1 tcp 10.0.0.3:5000>10.0.0.9:80 http reported  0/0 0/0 part 1",
		"  1 resp http.Exchange{Method:GET Host:pacs Path:fhir Status:200 Server:nginx/1.2 PoweredBy: UserAgent:curl/8.0 ContentType:text/html AuthScheme: Realm: TokenInURL:false Upgrade:}",
		"  1 resp http.FHIR{Method:GET Resource:Patient Status:200 Count:1 Everything:false}",
		"2 tcp 10.0.0.3:5000>10.0.0.9:80 http reported SF 5/4 5000/0 part 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if sum.Lines != 2 || sum.Broken != 0 || len(sum.SHA256) != 64 || sum.Last.Sub(sum.First).Seconds() != 2 {
		t.Errorf("summary %+v", sum)
	}
}

// TestEvents: one line of each type, with what may stay of it. The session of
// lines without a flow follows at the end.
func TestEvents(t *testing.T) {
	const a, b = "10.0.0.3", "10.0.0.9"
	for _, c := range []struct{ name, line, session, fact string }{
		{"dns v1 answer", event("dns", b, 53, a, 5000, "UDP", `,"dns":{"type":"answer","id":1,"rcode":"NOERROR","rrname":"ct1.example","rrtype":"A","ttl":9,"rdata":"10.0.0.77"}`),
			"udp 10.0.0.3:5000>10.0.0.9:53 dns", "resp dns.Lookup{Protocol:dns Name:ct1.example Type:A Answered:true Rcode:0 Addrs:[10.0.0.77] Target:}"},
		{"dns v2 answer", event("dns", a, 5000, b, 53, "UDP", `,"dns":{"version":2,"type":"answer","rrname":"ct1.example","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"ct1.example","rrtype":"CNAME","rdata":"x"},{"rrname":"x","rrtype":"A","rdata":"10.0.0.77"}],"grouped":{"A":["10.0.0.77"]}}`),
			"udp 10.0.0.3:5000>10.0.0.9:53 dns", "resp dns.Lookup{Protocol:dns Name:ct1.example Type:A Answered:true Rcode:0 Addrs:[10.0.0.77] Target:}"},
		{"dns v3 answer", event("dns", a, 5000, b, 53, "UDP", `,"dns":{"version":3,"type":"response","tx_id":0,"queries":[{"rrname":"ct1.example","rrtype":"AAAA"}],"rcode":"NXDOMAIN"}`),
			"udp 10.0.0.3:5000>10.0.0.9:53 dns", "resp dns.Lookup{Protocol:dns Name:ct1.example Type:AAAA Answered:true Rcode:3 Addrs:[] Target:}"},
		{"tls", event("tls", a, 5000, b, 443, "TCP", `,"tls":{"subject":"CN=pump, O=Maker, Inc.","issuerdn":"CN=ca","version":"TLS 1.2","sni":"pump.example","notbefore":"2023-01-04T16:14:07","notafter":"2023-04-04T16:14:06","ja3":{"hash":"579ccef312d18482fc42e2b822ca2430"},"ja4":"t13d1715h2_5b57614c22b0_3d5424432f57","client":{"subject":"CN=`+canary.Family+`","issuerdn":"CN=ca2"}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:443 tls", "resp tls.Certificate{Subject:pump Organization:Maker, Inc. Serial: Issuer:ca "},
		{"ssh", event("ssh", a, 5000, b, 22, "TCP", `,"ssh":{"client":{"proto_version":"2.0","software_version":"dropbear_2018.76"},"server":{"proto_version":"1.99","software_version":"OpenSSH_3.9"}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:22 ssh", "resp ssh.Banner{Protocol:1.99 Software:OpenSSH_3.9 Comment: Old:true}"},
		{"smb", event("smb", a, 5000, b, 445, "TCP", `,"smb":{"dialect":"NT LM 0.12","request":{"native_os":"`+canary.User+`"},"response":{"native_os":"Windows 5.1","native_lm":"Samba 4.7.4"},"ntlmssp":{"domain":"D","user":"`+canary.User+`","host":"CT1"},"filename":"`+canary.Family+`"}`),
			"tcp 10.0.0.3:5000>10.0.0.9:445 smb", "orig ntlm.Host{Via:smb Computer:CT1 Domain:D "},
		{"snmp", event("snmp", a, 5000, b, 161, "UDP", `,"snmp":{"version":2,"pdu_type":"get_next_request","community":"public","vars":["1.3"]}`),
			"udp 10.0.0.3:5000>10.0.0.9:161 snmp", "orig snmp.Message{Version:2c PDU:get_next Default:true CommunityLength:6 "},
		{"rdp", event("rdp", b, 3389, a, 5000, "TCP", `,"rdp":{"tx_id":3,"event_type":"connect_request","cookie":"`+canary.User+`","client":{"version":"v5","client_name":"CT1","build":"Windows 8.1"}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:3389 rdp", "orig rdp.Client{Name:CT1 "},
		{"krb5", event("krb5", a, 5000, b, 88, "UDP", `,"krb5":{"msg_type":"KRB_AS_REQ","cname":"`+canary.User+`","realm":"CLINIC","sname":"krbtgt/CLINIC","encryption":"<none>","weak_encryption":true}`),
			"udp 10.0.0.3:5000>10.0.0.9:88 kerberos", "orig kerberos.Message{Type:AS-REQ Realm:CLINIC ETypes:[] Weak:true Host: Class:krbtgt "},
		{"mqtt", event("mqtt", a, 5000, b, 1883, "TCP", `,"mqtt":{"connect":{"protocol_version":4,"client_id":"`+canary.User+`","flags":{"username":true,"password":true},"username":"`+canary.User+`","password":"`+canary.Secret+`"},"connack":{"return_code":5}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:1883 mqtt", "orig mqtt.Connect{Version:3.1.1 ClientID: Username:true Password:true Will:false KeepAlive:0}"},
		{"sip", event("sip", b, 5060, a, 5060, "UDP", `,"sip":{"version":"SIP/2.0","code":"401","reason":"`+canary.Family+`"}`),
			"udp 10.0.0.3:5060>10.0.0.9:5060 sip", "resp sip.Message{Method: Status:401 "},
		{"smtp", event("smtp", a, 5000, b, 25, "TCP", `,"smtp":{"helo":"ct1.example","mail_from":"<`+canary.User+`@x>"},"email":{"from":"`+canary.Family+`","subject":"`+canary.MRN+`"}`),
			"tcp 10.0.0.3:5000>10.0.0.9:25 smtp", "orig smtp.Hello{Host:ct1.example}"},
		{"tftp", event("tftp", a, 5000, b, 69, "UDP", `,"tftp":{"packet":"write","file":"`+canary.Family+`.txt","mode":"octet"}`), "udp 10.0.0.3:5000>10.0.0.9:69 tftp", "orig tftp.Request{Write:true "},
		{"modbus", event("modbus", a, 5000, b, 502, "TCP", `,"modbus":{"id":1,"request":{"unit_id":1,"function_raw":15,"write":{"data":"\u0002"}},"response":{"unit_id":1,"function_raw":15}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:502 modbus", "resp modbus.Use{Unit:1 Function:15 Requests:1 Exceptions:0 Write:true}"},
		{"rfb", event("rfb", a, 5000, b, 5900, "TCP", `,"rfb":{"server_protocol_version":{"major":"003","minor":"008"},"client_protocol_version":{"major":"003","minor":"008"},"authentication":{"security_type":1},"framebuffer":{"name":"`+canary.Family+`"}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:5900 vnc", "resp vnc.Security{Types:[none] Chosen:none Open:true}"},
		{"dhcp", event("dhcp", "0.0.0.0", 68, "255.255.255.255", 67, "UDP", `,"dhcp":{"type":"request","client_mac":"00:09:fb:01:02:03","assigned_ip":"0.0.0.0","dhcp_type":"request","hostname":"pump-1","params":["router"]}`),
			"udp 0.0.0.0:68>255.255.255.255:67 dhcp", "orig dhcp.Message{Kind:request BOOTP:false MAC:00:09:fb:01:02:03 "},
		{"ldap", event("ldap", a, 5000, b, 389, "TCP", `,"ldap":{"request":{"operation":"bind_request","bind_request":{"version":3,"name":"cn=`+canary.User+`"}}}`),
			"tcp 10.0.0.3:5000>10.0.0.9:389 ldap", "orig ldap.Bind{Version:3 Kind:simple Mechanism: Cleartext:true "},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, sum := read(t, write(t, c.line))
			text := strings.Join(got, "\n")
			if !strings.HasPrefix(text, "1 "+c.session) || !strings.Contains(text, c.fact) || !strings.HasSuffix(text, "part 0") || sum.Broken != 0 {
				t.Errorf("got\n%s\n%q", text, sum.Warnings)
			}
		})
	}
}

// TestFTPLogin: user and password come on two lines.
func TestFTPLogin(t *testing.T) {
	line := func(command, data, code string) string {
		return event("ftp", "10.0.0.3", 5000, "10.0.0.9", 21, "TCP", fmt.Sprintf(`,"ftp":{"command":"%s","command_data":"%s","completion_code":["%s"],"reply":["x"]}`, command, data, code))
	}
	for _, c := range []struct{ user, password, want string }{
		{"anonymous", "a@b", "Anonymous:true Default:false Accepted:true"}, {"admin", "admin", "Anonymous:false Default:true Accepted:true"},
		{canary.User, canary.Secret, "Anonymous:false Default:false Accepted:true"},
	} {
		got, _ := read(t, write(t, line("USER", c.user, "331")+line("PASS", c.password, "230")))
		if !strings.Contains(strings.Join(got, "\n"), "2 resp ftp.Login{"+c.want+"}") {
			t.Errorf("%s: %q", c.user, got)
		}
	}
}

func TestBroken(t *testing.T) {
	good := event("flow", "10.0.0.3", 5000, "10.0.0.9", 80, "TCP", flowBody)
	text := good + "\r\n" + strings.Replace(good, "10.0.0.3", "10.0.0.333", 1) + strings.Replace(good, "2026-01-02T02:04:05.000006+0000", "yesterday", 1) +
		"garbage\n" + event("alert", "", 0, "", 0, "", "") + event("stats", "", 0, "", 0, "", "") + strings.Repeat("x", logfile.MaxLine+1) + "\n" + good[:200]
	got, sum := read(t, write(t, text))
	if len(got) != 1 || sum.Broken != 5 {
		t.Errorf("%d sessions, %d broken: %q", len(got), sum.Broken, sum.Warnings)
	}
	all := strings.Join(sum.Warnings, "\n")
	for _, want := range []string{"eve.json:3: ", "eve.json:4: ", "eve.json:5: ", "eve.json:9: line passed over: the last line is cut off", "eve.json:8: 1 lines are longer"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
}

func TestState(t *testing.T) {
	for _, c := range []struct {
		to, from, answers uint64
		want              session.State
	}{
		{0x02, 0, 0, "S0"}, {0x03, 0, 0, "SH"}, {0x02, 0x14, 1, "REJ"}, {0x1b, 0x1b, 5, "SF"}, {0x1e, 0x1a, 5, "RSTO"}, {0x1a, 0x1e, 5, "RSTR"},
		{0x1a, 0x1a, 5, "S1"}, {0x18, 0x18, 5, "OTH"}, {0, 0, 0, ""},
	} {
		if got := state(c.to, c.from, c.answers); got != c.want {
			t.Errorf("%x %x %d: %s, want %s", c.to, c.from, c.answers, got, c.want)
		}
	}
}

func TestStamp(t *testing.T) {
	for s, want := range map[string]string{
		"2024-11-26T18:48:20.604738+0000": "2024-11-26T18:48:20.604738Z", "2024-11-26T18:48:20.604738+0130": "2024-11-26T17:18:20.604738Z",
		"2024-11-26T18:48:20Z": "2024-11-26T18:48:20Z", "2024-11-26T18:48:2x.604738+0000": "", "2024-13-26T18:48:20.604738+0000": "", "": "",
	} {
		got, ok := stamp(s)
		if ok != (want != "") || ok && got.Format("2006-01-02T15:04:05.999999Z07:00") != want {
			t.Errorf("%s: %v %v", s, got, ok)
		}
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		event("stats", "1.1.1.1", 1, "1.1.1.2", 2, "TCP", ""): true, "\n" + event("flow", "1.1.1.1", 1, "1.1.1.2", 2, "TCP", flowBody): true,
		`{"ts":1,"uid":"C"}` + "\n": false, `{"event_type":"x"}` + "\n": false, "": false, "cve,epss\n": false, "\xd4\xc3\xb2\xa1": false,
		"{\n \"document\": {\"event_type\": \"x\"}\n}": false, `[{"timestamp":"2026-01-02T03:04:05.000006+0100","event_type":"flow"}]`: false,
	} {
		if got := Is(write(t, text)); got != want {
			t.Errorf("%.60q: %v", text, got)
		}
	}
}

func TestNoEvents(t *testing.T) {
	for _, text := range []string{"", "a\nb\n", "\xd4\xc3\xb2\xa1\x02\x00"} {
		if _, err := Read(context.Background(), write(t, text), func(*session.Session) { t.Error("a session") }); !errors.Is(err, ErrNoEvents) || !strings.Contains(err.Error(), "eve.json") {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// TestReal reads a log that Suricata's own tests expect.
func TestReal(t *testing.T) {
	path := filepath.Join(shareddata.Dir(t), "pcap", "suricata-verify", "output-eve-fileinfo", "expected", "eve.json")
	if !Is(path) {
		t.Fatal("not taken for EVE")
	}
	_, sum := read(t, path)
	if sum.Lines == 0 || sum.Broken != 0 {
		t.Errorf("%+v", sum)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(event("flow", "10.0.0.3", 5000, "10.0.0.9", 80, "TCP", flowBody)))
	for _, typ := range []string{"dns", "http", "tls", "dhcp", "ssh", "smb", "snmp", "rdp", "rfb", "ftp", "tftp", "krb5", "mqtt", "modbus", "sip", "smtp", "ldap", "arp", "quic"} {
		f.Add([]byte(event(typ, "10.0.0.3", 5000, "::1", 80, "UDP", `,"`+typ+`":{"version":2,"type":"answer","rrname":"a.b","rrtype":"A","answers":{},"hostname":"x","client":{},"server":{}}`)))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		n := 0
		r := &reader{parts: logfile.Parts{Emit: func(*session.Session) { n++ }}, ftpUsers: map[session.ID]string{}}
		if len(line) > 0 && !r.line(line, 1) && n > 0 {
			t.Error("a broken line gave a session")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	const lines = 20000
	tls := event("tls", "10.0.0.3", 5000, "10.0.0.9", 443, "TCP", `,"tls":{"subject":"CN=pump","issuerdn":"CN=ca","version":"TLS 1.2","sni":"pump.example","ja3":{"hash":"579ccef312d18482fc42e2b822ca2430","string":"771,4865-4867-4866-49195-49199-52393-52392,0-23-65281-10-11,29-23-24-25-256-257,0"}}`)
	dns := event("dns", "10.0.0.3", 5000, "10.0.0.9", 53, "UDP", `,"dns":{"version":2,"type":"answer","rrname":"ct1.example","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"ct1.example","rrtype":"A","rdata":"10.0.0.77"}]}`)
	flow := event("flow", "10.0.0.3", 5000, "10.0.0.9", 80, "TCP", flowBody)
	for name, text := range map[string]string{"flow": flow, "mixed": flow + flow + tls + dns} {
		b.Run(name, func(b *testing.B) {
			n := strings.Count(text, "\n")
			path := write(b, strings.Repeat(text, lines/n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(context.Background(), path, func(*session.Session) {}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
