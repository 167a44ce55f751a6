package proto_test

import (
	"testing"

	"ward/internal/prototest"
	"ward/wire/proto"
	"ward/wire/proto/ftp"
	"ward/wire/proto/http"
	"ward/wire/proto/kerberos"
	"ward/wire/proto/ldap"
	"ward/wire/proto/mssql"
	"ward/wire/proto/mysql"
	"ward/wire/proto/oracle"
	"ward/wire/proto/postgres"
	"ward/wire/proto/printing"
	"ward/wire/proto/quic"
	"ward/wire/proto/rdp"
	"ward/wire/proto/smb"
	"ward/wire/proto/smtp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/telnet"
	"ward/wire/proto/tls"
	"ward/wire/proto/vnc"
)

var codecs = []proto.Codec{
	http.Codec, http.Codec2, tls.Codec, quic.Codec, ssh.Codec, telnet.Codec, ftp.Codec, smtp.Codec, smb.Codec, rdp.Codec, vnc.Codec,
	ldap.Codec, kerberos.Codec, printing.Codec, printing.LPD, mssql.Codec, mysql.Codec, postgres.Codec, oracle.Codec,
}

// atLeast is how many sessions of the real captures each codec must be sure of.
var atLeast = map[string]int{
	"http": 280, "tls": 130, "quic": 2, "ssh": 30, "telnet": 5, "ftp": 65, "smtp": 12, "smb": 100, "rdp": 7, "vnc": 12,
	"ldap": 75, "kerberos": 250, "mssql": 3, "mysql": 14, "postgres": 4, "oracle": 1,
}

// TestOneNamePerSession runs every codec over every session of the real
// captures: no session may have two sure names, no parser may panic, and no
// direction may lose its service.
func TestOneNamePerSession(t *testing.T) {
	sure := map[string]int{}
	for _, folder := range []string{"zeek", "ndpi", "suricata-verify", "otrf", "malcolm", "recorded-third-party"} {
		for _, file := range prototest.Names(t, folder) {
			for _, s := range prototest.Capture(t, file) {
				if len(s.Msgs) == 0 {
					continue
				}
				var names []string
				for _, c := range codecs {
					if s.Match(c) == proto.Yes {
						names = append(names, c.Name)
						sure[c.Name]++
						prototest.Facts(c, 0, s.Msgs...)
					}
				}
				if len(names) > 1 {
					t.Errorf("%s %v: %v", file, s.Ports, names)
				}
			}
		}
	}
	for name, n := range atLeast {
		if sure[name] < n {
			t.Errorf("%s: sure of %d sessions, want %d", name, sure[name], n)
		}
	}
}

// TestCutsOfCaptures wants the same facts whatever the cut of the segments.
func TestCutsOfCaptures(t *testing.T) {
	for _, folder := range []string{"zeek/tls", "zeek/http", "zeek/smb", "zeek/ftp", "zeek/rdp", "zeek/ldap"} {
		for _, file := range prototest.Names(t, folder) {
			for _, s := range prototest.Capture(t, file) {
				for _, c := range codecs {
					if s.UDP || s.Match(c) != proto.Yes {
						continue
					}
					if whole, cut := prototest.Facts(c, 0, s.Msgs...), prototest.Facts(c, 3, s.Msgs...); len(whole) != len(cut) {
						t.Errorf("%s %s: %d facts whole, %d cut", file, c.Name, len(whole), len(cut))
					}
				}
			}
		}
	}
}
