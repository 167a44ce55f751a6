package zeeklog

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
	"github.com/klauspost/compress/gzip"

	"ward/internal/canary"
	"ward/wire/logfile"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/http"
	"ward/wire/proto/tls"
	"ward/wire/session"
)

// tsv writes a log with its header; columns of fields and rows stand apart by blanks.
func tsv(path, fields string, rows ...string) string {
	var b strings.Builder
	b.WriteString("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t" + path + "\n#open\t2026-01-01-00-00-00\n")
	b.WriteString("#fields\t" + strings.Join(strings.Fields(fields), "\t") + "\n")
	for _, r := range rows {
		b.WriteString(strings.Join(strings.Fields(r), "\t") + "\n")
	}
	b.WriteString("#close\t2026-01-01-01-00-00\n")
	return b.String()
}

const base = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p "

var connLog = tsv("conn", base+"proto service duration orig_bytes resp_bytes conn_state orig_pkts resp_pkts tunnel_parents vlan orig_l2_addr resp_l2_addr",
	"1700000000.5 CA 10.0.0.3 50000 10.0.0.9 80 tcp http 2.25 100 2000 SF 5 6 - 12 00:09:fb:01:02:03 00:0c:29:01:02:03",
	"1700000001.0 CB 10.0.0.3 50001 10.0.0.9 443 tcp ssl,-smtp - - - S1 3 2 (empty) - - -",
	"1700000002.0 CC 10.0.0.3 8 10.0.0.9 0 icmp - 0.1 56 56 OTH 1 1 - - - -",
	"1700000003.0 CD fe80::1 546 ff02::1:2 547 udp - - - - S0 1 0 - - - -")

func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		b := []byte(text)
		if strings.HasSuffix(name, ".gz") {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			z.Write(b)
			z.Close()
			b = packed.Bytes()
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read gives one text line for each session and for each fact.
func read(t testing.TB, path string) ([]string, logfile.Summary) {
	t.Helper()
	var out []string
	sum, err := Read(context.Background(), path, func(s *session.Session) {
		line := fmt.Sprintf("%d %s %s>%s %s %s %s %d/%d %d/%d part %d", s.Frame, s.Transport, at(s.Orig), at(s.Resp), s.Service, s.Certainty, s.State,
			s.Orig.Packets, s.Resp.Packets, s.Orig.Bytes, s.Resp.Bytes, s.Part)
		out = append(out, line)
		for _, f := range s.Facts {
			out = append(out, fmt.Sprintf("  %d %s %T%+v", f.Frame, f.Dir, f.Fact, f.Fact))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, sum
}

func at(e session.Endpoint) string { return fmt.Sprintf("%s:%d", e.Addr, e.Port) }

func TestConn(t *testing.T) {
	got, sum := read(t, folder(t, map[string]string{"conn.log": connLog}))
	want := []string{
		"8 tcp 10.0.0.3:50000>10.0.0.9:80 http reported SF 5/6 100/2000 part 0",
		"9 tcp 10.0.0.3:50001>10.0.0.9:443 tls reported S1 3/2 0/0 part 0",
		"10 icmp 10.0.0.3:0>10.0.0.9:0    1/1 56/56 part 0",
		"11 udp fe80::1:546>ff02::1:2:547 dhcp6 port  1/0 0/0 part 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if sum.Lines != 12 || sum.Broken != 0 || sum.Last.UnixNano() != 1700000003e9 || sum.First.UnixNano() != 1700000000.5e9 {
		t.Errorf("summary %+v", sum)
	}
}

func TestMAC(t *testing.T) {
	_, err := Read(context.Background(), folder(t, map[string]string{"conn.log": connLog}), func(s *session.Session) {
		if s.Frame == 8 && (s.Orig.MAC.String() != "00:09:fb:01:02:03" || s.VLAN != 12 || s.Last.Sub(s.Start).Seconds() != 2.25) {
			t.Errorf("%+v", s)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestJSON(t *testing.T) {
	one := `{"ts":1700000000.5,"uid":"CA","id.orig_h":"10.0.0.3","id.orig_p":50000,"id.resp_h":"10.0.0.9","id.resp_p":80,"proto":"tcp","service":"http","duration":2.25,"orig_bytes":100,"resp_bytes":2000,"conn_state":"SF","orig_pkts":5,"resp_pkts":6,"tunnel_parents":[],"local_orig":true}` + "\n"
	iso := strings.Replace(one, "1700000000.5", `"2023-11-14T22:13:20.500000Z"`, 1)
	stream := strings.Replace(one, `{"ts"`, `{"_path":"conn","_write_ts":"2023-11-14T22:13:22Z","ts"`, 1)
	want := []string{"1 tcp 10.0.0.3:50000>10.0.0.9:80 http reported SF 5/6 100/2000 part 0"}
	for name, text := range map[string]string{"epoch": one, "ISO 8601": iso, "streaming": stream, "CRLF": strings.ReplaceAll(one, "\n", "\r\n")} {
		got, _ := read(t, folder(t, map[string]string{"conn.log": text}))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestJoin: facts join their sessions by uid; certificates come out of x509.log;
// what only dns.log knows follows at the end.
func TestJoin(t *testing.T) {
	dir := folder(t, map[string]string{
		"current/conn.log": connLog,
		"2026-01-01/http.00:00:00-01:00:00.log.gz": tsv("http", base+"trans_depth method host uri user_agent request_body_len status_code username password resp_mime_types",
			"1700000000.6 CA 10.0.0.3 50000 10.0.0.9 80 1 GET pacs /dicom-web/studies/"+canary.MRN+"?n="+canary.Family+" curl/8.0 0 200 "+canary.User+" "+canary.Secret+" text/html"),
		"2026-01-01/ssl.log":  tsv("ssl", base+"version cipher server_name resumed established cert_chain_fps", "1700000001.1 CB 10.0.0.3 50001 10.0.0.9 443 TLSv12 TLS_RSA_WITH_AES_128_CBC_SHA pump.example F T aa,bb"),
		"2026-01-01/x509.log": tsv("x509", "ts fingerprint certificate.subject certificate.issuer certificate.not_valid_before certificate.not_valid_after certificate.key_length san.dns", "1700000001.1 aa CN=pump,O=Maker CN=ca 1600000000 1900000000 2048 pump.example,pump"),
		"2026-01-01/dns.log":  tsv("dns", base+"proto query qtype qtype_name rcode rcode_name answers", "1700000004 CX 10.0.0.3 5000 10.0.0.1 53 udp ct1.example 1 A 0 NOERROR 10.0.0.77"),
		"dhcp.log":            tsv("dhcp", "ts uids client_addr server_addr mac host_name assigned_addr lease_time msg_types", "1700000004 CY,CZ 10.0.0.3 10.0.0.1 00:09:fb:01:02:03 pump-1 10.0.0.3 3600 DISCOVER,OFFER,REQUEST,ACK"),
		"software.log":        tsv("software", "ts host host_p software_type name version.major unparsed_version", "1700000004 10.0.0.9 22 SSH::SERVER OpenSSH 7 OpenSSH_7.4"),
		"weird.log":           tsv("weird", base+"name addl", "1700000004 CQ 10.0.0.3 1 10.0.0.9 2 bad_thing "+canary.Family),
		"notes.log":           "no log of Zeek\n",
	})
	got, sum := read(t, dir)
	want := []string{
		"8 udp 10.0.0.3:5000>10.0.0.1:53 dns reported  0/0 0/0 part 1", "  8 resp dns.Lookup{Protocol:dns Name:ct1.example Type:A Answered:true Rcode:0 Addrs:[10.0.0.77] Target:}",
		"8 tcp 10.0.0.3:50000>10.0.0.9:80 http reported  0/0 0/0 part 1",
		"  8 resp http.Login{Scheme:basic Default:false Accepted:true}",
		"  8 resp http.Exchange{Method:GET Host:pacs Path:dicomweb Status:200 Server: PoweredBy: UserAgent:curl/8.0 ContentType:text/html AuthScheme:basic Realm: TokenInURL:false Upgrade:}",
		"  8 resp http.DICOMweb{Verb:WADO Level:study Status:200 Count:1 Bytes:0}",
	}
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Error(d)
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{"tls.Certificate{Subject:pump Organization:Maker Serial: Issuer:ca IssuerOrg: Names:[pump.example pump]", "dhcp.Message{Kind:ack", "ssh.Banner{Protocol:2.0 Software:OpenSSH_7.4",
		"8 udp 10.0.0.3:5000>10.0.0.1:53 dns reported  1/1 0/0 part 0", "8 tcp 10.0.0.3:50000>10.0.0.9:80 http reported SF 5/6 100/2000 part 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	noCanary(t, text+strings.Join(sum.Warnings, ""))
	again, sum2 := read(t, dir)
	if d := cmp.Diff(got, again); d != "" || sum.SHA256 != sum2.SHA256 || len(sum.SHA256) != 64 {
		t.Errorf("a second run differs: %s", d)
	}
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

// TestIDs: the parts of a session have its id.
func TestIDs(t *testing.T) {
	ids := map[session.ID]map[string]bool{}
	dir := folder(t, map[string]string{"conn.log": connLog, "ssl.log": tsv("ssl", base+"version cipher resumed established", "1700000001.1 CB 10.0.0.3 50001 10.0.0.9 443 TLSv12 X F T")})
	_, err := Read(context.Background(), dir, func(s *session.Session) {
		if ids[s.ID] == nil {
			ids[s.ID] = map[string]bool{}
		}
		ids[s.ID][fmt.Sprint(s.Part)] = true
		for _, f := range s.Facts {
			switch f.Fact.(type) {
			case tls.ServerHello:
			case http.Exchange, dhcp.Message:
				t.Errorf("%T in %v", f.Fact, s)
			}
		}
	})
	if err != nil || len(ids) != 4 || len(ids[logfile.ID("CB")]) != 2 {
		t.Errorf("%v, ids %v", err, ids)
	}
}

func TestBroken(t *testing.T) {
	text := tsv("conn", base+"proto service conn_state", "1700000000.5 CA 10.0.0.3 50000 10.0.0.9 80 tcp http SF", "1700000000.5 CA 10.0.0.3", "x CA 10.0.0.3 1 10.0.0.9 80 tcp http SF",
		"1700000000.5 CA 10.0.0.300 50000 10.0.0.9 80 tcp http SF", "1700000000.5 CA 10.0.0.3 50000 10.0.0.9 80 tcp http SF extra")
	text += "\xff\xfe\x00\n{\"ts\":1,\"uid\":\n" + strings.Repeat("z", logfile.MaxLine+2) + "\n1700000009.0\tCB\t10.0.0.3\t5"
	dir := folder(t, map[string]string{"conn.log": text})
	got, sum := read(t, dir)
	if len(got) != 1 || sum.Broken != 8 {
		t.Errorf("%d sessions, %d broken lines: %q", len(got), sum.Broken, sum.Warnings)
	}
	all := strings.Join(sum.Warnings, "\n")
	for _, want := range []string{"conn.log:9: ", "conn.log:12: line passed over: it has not", "conn.log:17: line passed over: the last line is cut off", "conn.log:16: 1 lines are longer"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
}

// TestHeaderAgain: a header in the middle changes the order of the columns.
func TestHeaderAgain(t *testing.T) {
	second := "#separator \\x09\n#fields\t" + strings.Join(strings.Fields("uid ts proto id.resp_p id.resp_h id.orig_p id.orig_h service"), "\t") + "\n" + "CB\t1700000001.0\tudp\t53\t10.0.0.1\t5000\t10.0.0.3\td\\x6es\n"
	got, sum := read(t, folder(t, map[string]string{"conn.log": tsv("conn", base+"proto service conn_state", "1700000000.5 CA 10.0.0.3 50000 10.0.0.9 80 tcp http SF") + second}))
	want := []string{"8 tcp 10.0.0.3:50000>10.0.0.9:80 http reported SF 0/0 0/0 part 0", "12 udp 10.0.0.3:5000>10.0.0.1:53 dns reported  0/0 0/0 part 0"}
	if d := cmp.Diff(want, got); d != "" || sum.Broken != 0 {
		t.Error(d, sum.Warnings)
	}
}

func TestIs(t *testing.T) {
	conn := `{"ts":1700000000.5,"uid":"CA","id.orig_h":"10.0.0.3","id.orig_p":1,"id.resp_h":"10.0.0.9","id.resp_p":80,"proto":"tcp","conn_state":"SF"}` + "\n"
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"TSV": {connLog, true}, "JSON": {conn, true}, "packed": {connLog, true},
		"eve":  {`{"timestamp":"2024-11-26T18:48:20.604738+0000","event_type":"flow"}` + "\n", false},
		"feed": {`{"CVE_data_type":"CVE","vulnerabilities":[]}` + "\n", false}, "pretty feed": {"{\n  \"document\": {}\n}\n", false},
		"CSV": {"cve,epss\nCVE-1,0.5\n", false}, "empty": {"", false}, "capture": {"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", false},
		"list": {"[1,2]\n", false}, "separator only": {"#separator \\x09\n", false}, "comments": {"# a list\n#another\n", false},
	} {
		file := "x.log"
		if name == "packed" {
			file = "x.log.gz"
		}
		if got := Is(filepath.Join(folder(t, map[string]string{file: c.text}), file)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if Is(t.TempDir()) || Is("no such file") {
		t.Error("a folder or nothing is no log")
	}
}

func TestNoLogs(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"empty folder": {}, "other files": {"a.txt": connLog, "b.log": "nothing\n"}, "a capture": {"x.log": "\xd4\xc3\xb2\xa1\x02\x00\x04\x00"},
	} {
		_, err := Read(context.Background(), folder(t, files), func(*session.Session) { t.Errorf("%s: a session", name) })
		if !errors.Is(err, ErrNoLogs) || !strings.Contains(err.Error(), "conn.log") {
			t.Errorf("%s: %v", name, err)
		}
	}
	capture := filepath.Join(folder(t, map[string]string{"x.pcap": "\xd4\xc3\xb2\xa1"}), "x.pcap")
	if _, err := Read(context.Background(), capture, nil); !errors.Is(err, ErrNoLogs) {
		t.Errorf("a capture: %v", err)
	}
}
