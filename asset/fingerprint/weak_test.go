package fingerprint

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/wire/proto"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/carescape"
	"ward/wire/proto/dns"
	"ward/wire/proto/ftp"
	"ward/wire/proto/intellivue"
	"ward/wire/proto/modbus"
	"ward/wire/proto/mqtt"
	"ward/wire/proto/mssql"
	"ward/wire/proto/poct1a"
	"ward/wire/proto/rdp"
	"ward/wire/proto/smb"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/tftp"
	"ward/wire/proto/tls"
)

func TestWeaknesses(t *testing.T) {
	long := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name    string
		service string
		dir     proto.Dir
		facts   []proto.Fact
		want    []string
	}{
		{"TLS 1.2 is fine", "", resp, []proto.Fact{tls.ServerHello{Version: "TLS 1.2", Cipher: "TLS_RSA_WITH_AES_128_CBC_SHA"}}, []string{}},
		{"TLS 1.0 with RC4", "", resp, []proto.Fact{tls.ServerHello{Version: "TLS 1.0", Cipher: "TLS_RSA_WITH_RC4_128_SHA"}},
			[]string{"B tls=TLS 1.0 tls.version 0.8", "B tls=RC4 tls.cipher 0.8"}},
		{"old certificate", "", resp, []proto.Fact{tls.Certificate{NotAfter: t0.AddDate(-1, 0, 0), Key: "RSA", KeyBits: 1024, Signature: "MD5-RSA"}},
			[]string{"B tls=certificate expired 2025-03-01 tls.expired 0.8", "B tls=1024-bit RSA key tls.key 0.8", "B tls=certificate signed with MD5-RSA tls.signature 0.8"}},
		{"good certificate", "", resp, []proto.Fact{tls.Certificate{NotAfter: long, Key: "ECDSA", KeyBits: 256, Signature: "SHA256-RSA"}}, []string{}},
		{"SMB 2 unsigned", "", resp, []proto.Fact{smb.Negotiate{Dialect: "SMB 2.1"}}, []string{"B smb=signing not required smb.signing 0.8"}},
		{"SMB guest", "", resp, []proto.Fact{smb.Session{Guest: true}}, []string{"B smb=guest login smb.guest 0.8"}},
		{"administrative share", "", resp, []proto.Fact{smb.Tree{Kind: "ADMIN$", Accepted: true}}, []string{"B smb=administrative share in use smb.tree 0.8"}},
		{"administrative share refused", "", resp, []proto.Fact{smb.Tree{Kind: "ADMIN$"}}, []string{}},
		{"NLA", "", resp, []proto.Fact{rdp.Negotiation{Selected: "credssp", NLA: true}}, []string{}},
		{"RDP alone", "", resp, []proto.Fact{rdp.Negotiation{Selected: "rdp"}, rdp.Server{Encryption: "low"}},
			[]string{"B rdp=no network level authentication rdp.negotiation 0.8", "B rdp=encryption of RDP itself rdp.security 0.8", "B rdp=encryption low rdp.encryption 0.8"}},
		{"anonymous FTP", "", resp, []proto.Fact{ftp.Login{Anonymous: true, Accepted: true}}, []string{"B ftp=anonymous login ftp.login 0.8"}},
		{"SSH 1", "", resp, []proto.Fact{ssh.Banner{Protocol: "1.5", Old: true}}, []string{"B ssh=SSH 1 ssh.protocol 0.8"}},
		{"MQTT with user", "", resp, []proto.Fact{mqtt.Connect{Username: true}, mqtt.Connack{}}, []string{}},
		{"MQTT without user", "", resp, []proto.Fact{mqtt.Connect{}, mqtt.Connack{}}, []string{"B mqtt=no login mqtt.connect 0.8"}},
		{"MQTT refused", "", resp, []proto.Fact{mqtt.Connect{}, mqtt.Connack{Code: 5}}, []string{}},
		{"SQL Server", "", resp, []proto.Fact{mssql.Server{Encryption: "off"}},
			[]string{"B Microsoft SQL Server=- mssql.version 0.8", "B os=Windows mssql.version 0.2", "B mssql=encryption off mssql.encryption 0.8"}},
		{"Modbus write", "", orig, []proto.Fact{modbus.Use{Function: 6, Write: true, Requests: 2}}, []string{"B modbus=commands without login modbus.write 0.8"}},
		{"Modbus write refused", "", orig, []proto.Fact{modbus.Use{Function: 6, Write: true, Requests: 2, Exceptions: 2}}, []string{}},
		{"BACnet control", "", orig, []proto.Fact{bacnet.Call{Name: "writeProperty", Control: true}}, []string{"B bacnet=commands without login bacnet.control 0.8"}},
		{"monitor accepts", "", resp, []proto.Fact{intellivue.Association{Event: "accept"}},
			[]string{"B kind=patient_monitor intellivue.association 0.5", "B manufacturer=Philips intellivue.association 0.5", "A role=monitor_data_collector intellivue.association 0.5"}},
		{"Unity network", "", orig, []proto.Fact{carescape.Traffic{Data: 3}}, []string{"A manufacturer=GE Healthcare carescape.traffic 0.5"}},
		{"POCT1-A", "", orig, []proto.Fact{poct1a.Traffic{Messages: []poct1a.Count{{Name: "OBS.R01", Count: 1}}}}, []string{"A kind=poc_device poct1a.traffic 0.2"}},
		{"firmware by TFTP", "", orig, []proto.Fact{tftp.Request{Class: tftp.Firmware}}, []string{"A role=tftp_firmware_client tftp.firmware 0.8"}},
		{"audit", "", orig, []proto.Fact{syslog.Audit{EventID: "110103"}}, []string{"A role=audit_source syslog.audit 0.8"}},
		{"NetBIOS session", "", orig, []proto.Fact{smb.Called{Server: "*SMBSERVER", Client: "WS7"}}, []string{"A hostname=WS7 smb.calling 0.8"}},
		{"maker's cloud", "", orig, []proto.Fact{tls.ClientHello{SNI: "diag.meethue.com"}}, []string{"A manufacturer=Signify vendor_domain 0.2", "A kind=iot vendor_domain 0.2"}},
		{"no maker's cloud", "", orig, []proto.Fact{dns.Lookup{Protocol: "dns", Name: "notmeethue.com"}}, []string{}},
	}
	rules, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		var o device.Observation
		rules.NewReader().Read(sample(tt.service, tt.dir, tt.facts...), &o)
		if diff := cmp.Diff(tt.want, said(&o)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// TestWeakService: what was seen stands at the service that was offered.
func TestWeakService(t *testing.T) {
	rules, err := New()
	if err != nil {
		t.Fatal(err)
	}
	v, r := device.NewInventory(device.Options{}), rules.NewReader()
	s := sample("smb", resp, smb.Negotiate{Dialect: "SMB 1 (NT LM 0.12)", SigningRequired: true})
	s.State = "SF"
	var o device.Observation
	r.Read(s, &o)
	v.Session(s, &o)
	for _, d := range v.Devices() {
		for _, svc := range d.Services {
			want := []string(nil)
			if svc.Answers {
				want = []string{"SMB 1"}
			}
			if diff := cmp.Diff(want, svc.Weak); diff != "" {
				t.Errorf("%s: %s", d.ID, diff)
			}
		}
	}
}
