package zeeklog

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/wire/logfile"
	"ward/wire/session"
)

// FuzzLog reads any bytes as the lines of one log: no panic, and no session out
// of a broken line.
func FuzzLog(f *testing.F) {
	f.Add([]byte(connLog))
	f.Add([]byte(strings.ReplaceAll(connLog, "\n", "\r\n")))
	f.Add([]byte(tsv("http", base+"method host uri user_agent status_code username password", "1 CA 10.0.0.3 1 10.0.0.9 80 GET h /"+canary.MRN+" a/1 200 "+canary.User+" x")))
	f.Add([]byte(tsv("kerberos", base+"request_type client service cipher", "1 CA 10.0.0.3 1 10.0.0.9 88 AS "+canary.User+"/R krbtgt/R rc4-hmac")))
	f.Add([]byte(tsv("snmp", base+"version community get_requests display_string", "1 CA 10.0.0.3 1 10.0.0.9 161 2c public 1 Pump")))
	f.Add([]byte(tsv("dhcp", "ts uids mac assigned_addr lease_time msg_types", "1 CA 00:09:fb:01:02:03 10.0.0.3 3600 REQUEST,ACK")))
	f.Add([]byte(`{"_path":"dns","ts":1,"uid":"C","id.orig_h":"::1","id.resp_h":"::2","id.resp_p":53,"query":"a.b","qtype":1,"rcode":0,"answers":["1.2.3.4",[],{}]}`))
	f.Add([]byte(`{"_path":"mqtt_connect","ts":"2026-01-01T00:00:00Z","uid":"C","id.orig_h":"1.1.1.1","id.resp_h":"1.1.1.2","client_id":"a","proto_version":"5.0"}`))
	f.Add([]byte("#separator |\n#set_separator|;\n#path|ssl\n#fields|ts|uid|id.orig_h|id.resp_h|version|subject\n1|C|1.1.1.1|1.1.1.2|TLSv13|CN=a\\x2cb,O=\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		r := &reader{parts: logfile.Parts{Emit: func(*session.Session) { n++ }}, certs: map[string]logfile.Certificate{}}
		sniff(b)
		for line := range bytes.SplitSeq(b, []byte{'\n'}) {
			line = bytes.TrimSuffix(line, []byte{'\r'})
			before := n
			switch {
			case len(line) == 0:
			case line[0] == '#':
				r.header(line)
			case !r.line(line) && n > before:
				t.Errorf("a session out of the broken line %q", line)
			}
		}
	})
}

func BenchmarkConn(b *testing.B) {
	const lines = 20000
	row := strings.SplitAfter(connLog, "\n")[7]
	path := filepath.Join(folder(b, map[string]string{"conn.log": strings.Join(strings.SplitAfter(connLog, "\n")[:7], "") + strings.Repeat(row, lines)}), "conn.log")
	b.ResetTimer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), path, func(*session.Session) {}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
