package fingerprint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/arp"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/dicom"
	"ward/wire/proto/dns"
	"ward/wire/proto/ftp"
	"ward/wire/proto/hl7"
	"ward/wire/proto/http"
	"ward/wire/proto/icmp"
	"ward/wire/proto/lis2a2"
	"ward/wire/proto/lldp"
	"ward/wire/proto/modbus"
	"ward/wire/proto/mysql"
	"ward/wire/proto/nbns"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/ntp"
	"ward/wire/proto/poct1a"
	"ward/wire/proto/rdp"
	"ward/wire/proto/sdc"
	"ward/wire/proto/smb"
	"ward/wire/proto/snmp"
	"ward/wire/proto/ssdp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/telnet"
	"ward/wire/proto/tls"
	"ward/wire/proto/vnc"
	"ward/wire/session"
)

var (
	t0     = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	macA   = packet.MAC{0x02, 0, 0, 0, 0, 0xa}
	macB   = packet.MAC{0x02, 0, 0, 0, 0, 0xb}
	addrA  = netip.MustParseAddr("10.0.0.1")
	addrB  = netip.MustParseAddr("10.0.0.2")
	addrC  = netip.MustParseAddr("10.0.0.3")
	kindOf = map[string]dicom.SOPClass{
		"ct": {UID: "1.2.840.10008.5.1.4.1.1.2", Kind: "CT"}, "mr": {UID: "1.2.840.10008.5.1.4.1.1.4", Kind: "MR"},
		"us": {UID: "1.2.840.10008.5.1.4.1.1.6.1", Kind: "US"}, "worklist": {UID: "1.2.840.10008.5.1.4.31", Kind: "worklist"},
		"query": {UID: "1.2.840.10008.5.1.4.1.2.2.1", Kind: "query"},
	}
)

func classes(names ...string) []dicom.SOPClass {
	var out []dicom.SOPClass
	for _, n := range names {
		out = append(out, kindOf[n])
	}
	return out
}

// sample is a session between A (orig) and B (resp) with facts of one side.
func sample(service string, dir proto.Dir, facts ...proto.Fact) *session.Session {
	s := &session.Session{ID: 7, Transport: session.TCP, Service: service, Certainty: session.Content, Start: t0, Last: t0, Frame: 3,
		Orig: session.Endpoint{MAC: macA, Addr: addrA, Port: 40000, Packets: 2}, Resp: session.Endpoint{MAC: macB, Addr: addrB, Port: 1000, Packets: 2}}
	for _, f := range facts {
		s.Facts = append(s.Facts, session.Seen{Fact: f, Dir: dir, Frame: 5, Time: t0})
	}
	return s
}

// said writes an observation as "A kind=ct dicom.storage 0.5" lines.
func said(o *device.Observation) []string {
	who := func(s device.Subject) string {
		switch {
		case s.MAC == macA:
			return "A"
		case s.MAC == macB:
			return "B"
		}
		return "? " + s.Addr.String()
	}
	out := []string{}
	for _, c := range o.Claims {
		name := string(c.Claim.Field)
		if c.Claim.Name != "" {
			name = c.Claim.Name
		}
		out = append(out, fmt.Sprintf("%s %s=%s %s %v", who(c.Subject), name, c.Claim.Value, c.Claim.Source.Rule, c.Claim.Confidence))
	}
	for _, b := range o.Bindings {
		out = append(out, fmt.Sprintf("bind %s %s %d", who(device.Subject{MAC: b.MAC}), b.Addr, b.Kind))
	}
	for _, l := range o.Logins {
		out = append(out, fmt.Sprintf("%s login %s cleartext=%v default=%v", who(l.Subject), l.Login.Service, l.Login.Cleartext, l.Login.Default))
	}
	return out
}

const (
	orig = proto.Orig
	resp = proto.Resp
)

func TestFacts(t *testing.T) {
	tests := []struct {
		name    string
		service string
		dir     proto.Dir
		fact    proto.Fact
		want    []string
	}{
		{"modality", "dicom", orig, dicom.Association{Side: dicom.Requestor, Outcome: dicom.Requested, CallingAE: "CT01", CalledAE: "PACS", SOPClasses: classes("ct"),
			ImplementationUID: "1.3.12.2.1107.5.1.4", ImplementationVersion: "SIEMENS_CT"},
			[]string{"A manufacturer=Siemens Healthineers dicom_implementation 0.8", "A kind=ct dicom_implementation 0.8",
				"A DICOM implementation SIEMENS_CT=- dicom.version 0.5", "A ae_title=CT01 dicom.calling_ae 0.8", "A kind=ct ae_title 0.2", "A kind=ct dicom.storage 0.5"}},
		{"worklist client", "dicom", orig, dicom.Association{Side: dicom.Requestor, Outcome: dicom.Requested, CallingAE: "CT01", SOPClasses: classes("worklist")},
			[]string{"A ae_title=CT01 dicom.calling_ae 0.8", "A kind=ct ae_title 0.2", "A role=modality dicom.worklist 0.5"}},
		{"archive", "dicom", resp, dicom.Association{Side: dicom.Acceptor, Outcome: dicom.Accepted, CalledAE: "PACS", Accepted: classes("ct", "query"), ImplementationVersion: "ORTHANC_1.10.1"},
			[]string{"B Orthanc=1.10.1 dicom_version 0.8", "B kind=pacs dicom_version 0.8", "B ae_title=PACS dicom.called_ae 0.5", "B role=dicom_storage dicom.accepts 0.8",
				"B kind=pacs dicom.accepts_storage 0.5", "B role=dicom_query dicom.accepts 0.8", "B kind=pacs dicom.accepts_query 0.5"}},
		{"archive that forwards is no modality", "dicom", orig, dicom.Association{Side: dicom.Requestor, Outcome: dicom.Requested, CallingAE: "X", SOPClasses: classes("ct", "mr", "us")},
			[]string{"A ae_title=X dicom.calling_ae 0.8", "A kind=pacs dicom.storage 0.2"}},
		{"rejected: the called title is not its own", "dicom", resp, dicom.Association{Side: dicom.Acceptor, Outcome: dicom.Rejected, CalledAE: "GUESS"}, []string{}},
		{"HL7 gateway with EUI-64", "hl7", orig, hl7.Message{Type: "ORU^R01^ORU_R01", Sender: hl7.Party{Name: "MINDRAY_EGATEWAY", EUI64: "00A0370027000143"}},
			[]string{"A manufacturer=Mindray hl7_sender 0.5", "A model=eGateway hl7_sender 0.5", "A kind=device_gateway hl7_sender 0.5",
				"A manufacturer=Mindray model 0.8", "A kind=device_gateway model 0.8", "A manufacturer=Mindray hl7.eui64 0.8"}},
		{"laboratory", "lis2a2", orig, lis2a2.Sender{Model: "XN-550", Version: "00-24", Serial: "22723"},
			[]string{"A manufacturer=Sysmex model 0.8", "A kind=lab_analyser model 0.8", "A behind=Sysmex XN-550 22723 lis2a2.sender 0.8", "A model=XN-550 lis2a2.sender 0.8", "A version=00-24 lis2a2.sender 0.8",
				"A serial=22723 lis2a2.sender 0.8", "A kind=lab_analyser lis2a2.sender 0.2"}},
		{"point of care", "poct1a", orig, poct1a.Device{VendorID: "Acme", ModelID: "Q7", Serial: "77", Software: "1.2"},
			[]string{"A manufacturer=Acme poct1a.device 0.8", "A model=Q7 poct1a.device 0.8", "A serial=77 poct1a.device 0.8", "A version=1.2 poct1a.device 0.8",
				"A kind=poc_device poct1a.device 0.8", "B kind=poc_manager poct1a.peer 0.5"}},
		{"ARP", "arp", orig, arp.Binding{Addr: addrA, MAC: macA, Kind: arp.Reply}, []string{"bind A 10.0.0.1 1"}},
		{"ARP probe claims nothing", "arp", orig, arp.Binding{Addr: addrA, MAC: macA, Kind: arp.Probe}, []string{}},
		{"router advertisement", "icmp6", orig, icmp.RouterAdvertisement{MAC: macA, Lifetime: 1800}, []string{"A role=router icmp6.router 0.8"}},
		{"redirect", "icmp", orig, icmp.Messages{Type: 5}, []string{"A role=router icmp.redirect 0.2"}},
		{"echo says nothing", "icmp", orig, icmp.Messages{Type: 8}, []string{}},
		{"switch", "lldp", orig, lldp.Neighbor{SystemName: "sw1", Capabilities: []string{"bridge"}},
			[]string{"A hostname=sw1 lldp.name 0.8", "A kind=network_gear lldp.capabilities 0.8"}},
		{"phone by LLDP-MED", "lldp", orig, lldp.Neighbor{Capabilities: []string{"bridge", "phone"}, MED: lldp.Inventory{Manufacturer: "Acme", Serial: "S1"}},
			[]string{"A kind=phone lldp.capabilities 0.8", "A manufacturer=Acme lldp.med 0.8", "A serial=S1 lldp.med 0.8"}},
		{"DHCP client", "dhcp", orig, dhcp.Message{Kind: "discover", MAC: macA, Hostname: "ct01", VendorClass: "MSFT 5.0"},
			[]string{"A hostname=ct01 dhcp.host 0.8", "A os=Windows dhcp_class 0.5"}},
		{"DHCP server", "dhcp", resp, dhcp.Message{Kind: "ack", MAC: macA, Assigned: addrA, Server: addrB, Routers: []netip.Addr{addrC}},
			[]string{"B role=dhcp_server dhcp.server 0.8", "B kind=infrastructure dhcp.server 0.5", "? 10.0.0.3 role=router dhcp.router 0.8", "bind A 10.0.0.1 2"}},
		{"DNS answer", "", resp, dns.Lookup{Protocol: "dns", Name: "pacs.example.org", Answered: true, Addrs: []netip.Addr{addrC}},
			[]string{"? 10.0.0.3 hostname=pacs.example.org dns.answer 0.2"}},
		{"mDNS camera", "mdns", orig, dns.Instance{Type: "_axis-video._tcp", Host: "axis-accc8e01.local"},
			[]string{"A manufacturer=Axis service_type 0.8", "A kind=camera service_type 0.8", "A hostname=axis-accc8e01 mdns.host 0.8", "A manufacturer=Axis host 0.5", "A kind=camera host 0.5"}},
		{"NetBIOS", "nbns", orig, nbns.Name{Name: "WS7", Suffix: 0, Op: "registration"}, []string{"A hostname=WS7 nbns.name 0.8"}},
		{"NetBIOS query is for another", "nbns", orig, nbns.Name{Name: "WS7", Op: "query"}, []string{}},
		{"UPnP", "ssdp", orig, ssdp.Message{Kind: "notify", Server: "Linux/3.0 UPnP/1.0 IpBridge/1.10.0", Target: "urn:schemas-upnp-org:device:Basic:1"},
			[]string{"A os=Linux 3.0 system 0.5", "A os=Linux product 0.5", "A role=upnp product 0.2", "A manufacturer=Signify product 0.8", "A kind=iot product 0.8", "A model=Hue Bridge product 0.8", "A version=1.10.0 product 0.5"}},
		{"camera", "wsdiscovery", orig, sdc.Discovery{Message: sdc.ProbeMatch, Types: []string{"onvif:NetworkVideoTransmitter"}}, []string{"A kind=camera sdc.onvif 0.8"}},
		{"who looks for medical devices is none", "wsdiscovery", orig, sdc.Discovery{Message: sdc.Probe, Types: []string{"MedicalDevice"}}, []string{}},
		{"SDC provider", "wsdiscovery", orig, sdc.Discovery{Message: sdc.Hello, Types: []string{"MedicalDevice"}, Provider: true},
			[]string{"A role=sdc_provider sdc.provider 0.8", "A role=sdc_provider sdc.type 0.5"}},
		{"web server", "http", resp, http.Exchange{Server: "Apache/2.4.6 (CentOS) OpenSSL/1.0.2k Foo/1.2", UserAgent: "Mozilla/5.0 (Windows NT 6.1)"},
			[]string{"B os=CentOS Linux system 0.8", "B Apache HTTP Server=2.4.6 product 0.8", "B OpenSSL=1.0.2k product 0.8", "B Foo=1.2 http.server 0.4", "A os=Windows 7 http.agent 0.5"}},
		{"default login", "http", resp, http.Login{Scheme: "basic", Default: true}, []string{"B login http cleartext=true default=true"}},
		{"certificate", "tls", resp, tls.Certificate{Subject: "pump1", Organization: "ICU Medical Inc", Serial: "SN9"},
			[]string{"B manufacturer=ICU Medical certificate 0.5", "B serial=SN9 tls.serial 0.8", "B hostname=pump1 tls.subject 0.2"}},
		{"NTLM", "", resp, ntlm.Host{Computer: "WS-7", Windows: "Windows 7 SP1", OSVersion: "6.1.7601"},
			[]string{"B hostname=WS-7 ntlm.computer 0.8", "B os=Windows 7 SP1 ntlm.build 0.8"}},
		{"SMB 1", "", resp, smb.Negotiate{Dialect: "SMB 1 (NT LM 0.12)", SigningRequired: true}, []string{"B smb=SMB 1 smb.dialect 0.8"}},
		{"Samba is no Windows", "", resp, smb.Native{OS: "Windows 6.1", LANMan: "Samba 4.3.11-Ubuntu"},
			[]string{"B Samba=4.3.11-Ubuntu smb.native 0.8", "B os=Linux smb.samba 0.2"}},
		{"MariaDB", "", resp, mysql.Server{Version: "5.5.5-10.1.26-MariaDB-0+deb9u1"}, []string{"B MariaDB=10.1.26-MariaDB-0+deb9u1 mysql.version 0.8", "B os=Debian Linux system 0.5"}},
		{"WeMo", "ssdp", orig, ssdp.Message{Kind: "notify", Target: "urn:Belkin:device:insight:1"},
			[]string{"A kind=iot ssdp.type 0.5", "A manufacturer=Belkin ssdp.type 0.5", "A model=WeMo Insight ssdp.type 0.5"}},
		{"a program's name is no system", "http", resp, http.Exchange{UserAgent: "ksoap2-android/2.6.0+"}, []string{}},
		{"object name in words is no host", "", orig, bacnet.Properties{ObjectName: "Network Bridge", ModelName: "LMBC-300"},
			[]string{"A model=LMBC-300 bacnet.properties 0.8", "A kind=building_controller bacnet.properties 0.8"}},
		{"camera's host name", "dhcp", orig, dhcp.Message{Kind: "request", MAC: macA, Hostname: "DCS-935L"},
			[]string{"A hostname=DCS-935L dhcp.host 0.8", "A manufacturer=D-Link host 0.5", "A kind=camera host 0.5", "A model=DCS-935L host 0.5"}},
		{"native OS", "", resp, smb.Native{OS: "Windows 5.1", LANMan: "Windows 2000 LAN Manager"}, []string{"B os=Windows XP smb.native 0.8"}},
		{"SSH", "", resp, ssh.Banner{Software: "OpenSSH_7.6p1", Comment: "Ubuntu-4ubuntu0.3"}, []string{"B OpenSSH=7.6p1 ssh 0.8", "B os=Ubuntu Linux system 0.8"}},
		{"pump's telnet", "", resp, telnet.Banner{Product: "SIGMA Spectrum Diagnostic Terminal", Serial: "B1", Version: "16.03"},
			[]string{"B manufacturer=Baxter model 0.8", "B kind=infusion_pump model 0.8", "B version=16.03 telnet.banner 0.8", "B serial=B1 telnet.banner 0.8"}},
		{"FTP", "", resp, ftp.Banner{Text: "220 (vsFTPd 2.3.4)"}, []string{"B vsftpd=2.3.4 ftp.banner 0.8"}},
		{"FTP login", "", resp, ftp.Login{Default: true}, []string{"B login ftp cleartext=true default=true"}},
		{"RDP", "", resp, rdp.Negotiation{Selected: "tls"}, []string{"B rdp=no network level authentication rdp.negotiation 0.8"}},
		{"VNC", "", resp, vnc.Security{Open: true}, []string{"B vnc=no password vnc.security 0.8", "B login vnc cleartext=true default=true"}},
		{"SNMP", "", resp, snmp.System{Description: "Cisco IOS Software, C2960", Name: "sw2"},
			[]string{"B os=Cisco IOS system 0.8", "B manufacturer=Cisco system 0.8", "B kind=network_gear system 0.5", "B hostname=sw2 snmp.name 0.8", "B model=Cisco IOS Software, C2960 snmp.description 0.2"}},
		{"SNMP default community", "", resp, snmp.Message{PDU: "response", Default: true}, []string{"B login snmp cleartext=true default=true"}},
		{"NTP", "ntp", resp, ntp.Message{Mode: "server"}, []string{"B role=ntp_server ntp.server 0.8", "B role=ntp_server service.ntp 0.5", "B kind=infrastructure service.ntp 0.2"}},
		{"BACnet", "", orig, bacnet.IAm{Vendor: "Tridium"}, []string{"A kind=building_controller bacnet.iam 0.8", "A manufacturer=Tridium bacnet.iam 0.8"}},
		{"Modbus", "", resp, modbus.Identification{Vendor: "Acme", ProductCode: "P1", Revision: "2.1"},
			[]string{"B manufacturer=Acme modbus.identification 0.8", "B model_number=P1 modbus.identification 0.8", "B version=2.1 modbus.identification 0.8"}},
		{"syslog", "", orig, syslog.Header{Hostname: "gw1"}, []string{"A hostname=gw1 syslog.host 0.5"}},
		{"MySQL", "", resp, mysql.Server{Version: "5.5.62"}, []string{"B MySQL=5.5.62 mysql.version 0.8"}},
	}
	rules, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rules.NewReader()
			var first []string
			for range 2 { // the second time from memory
				var o device.Observation
				r.Read(sample(tt.service, tt.dir, tt.fact), &o)
				if diff := cmp.Diff(tt.want, said(&o)); diff != "" {
					t.Error(diff)
				}
				for _, c := range o.Claims {
					if c.Claim.Source.Saw == "" || c.Claim.Source.Frame == 0 || c.Claim.Seen.IsZero() {
						t.Errorf("claim without evidence: %+v", c.Claim)
					}
				}
				if got := said(&o); first != nil && !slices.Equal(first, got) {
					t.Errorf("second time %v, first %v", got, first)
				} else {
					first = got
				}
			}
		})
	}
}

// TestCanary: texts that are no identity, such as the patient's, make no claim
// by themselves.
func TestCanary(t *testing.T) {
	rules, _ := New()
	for _, m := range canary.Markers() {
		for _, tab := range rules.tables {
			if c := tab.claims(m); c != nil {
				t.Errorf("%s.tsv says %+v about %q", tab.name, c, m)
			}
		}
	}
}

func TestModality(t *testing.T) {
	rules, _ := New()
	r, v := rules.NewReader(), device.NewInventory(device.Options{MAC: rules.MAC})
	for _, names := range [][]string{{"ct"}, {"worklist"}} {
		s := sample("dicom", orig, dicom.Association{Side: dicom.Requestor, Outcome: dicom.Requested, CallingAE: "CT01", SOPClasses: classes(names...)})
		var o device.Observation
		r.Read(s, &o)
		v.Session(s, &o)
	}
	d := v.Devices()[0]
	if d.Kind != "ct" || d.KindSure < device.Sure || d.Tier != device.T3 {
		t.Errorf("%q %.2f %s", d.Kind, d.KindSure, d.Tier)
	}
}

func FuzzTables(f *testing.F) {
	rules, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Apache/2.4.6 (CentOS) OpenSSL/1.0.2k")
	f.Add("SSH-2.0-OpenSSH_7.4")
	f.Add("Ⱥ(((")
	f.Fuzz(func(t *testing.T, s string) {
		r := rules.NewReader()
		var o device.Observation
		r.Read(sample("http", resp, http.Exchange{Server: s, UserAgent: s, Realm: s}, ssh.Banner{Software: s}, hl7.Message{Sender: hl7.Party{Name: s, EUI64: s}}), &o)
		for _, c := range o.Claims {
			if len(c.Claim.Value) > maxValue || strings.TrimSpace(c.Claim.Value) == "" {
				t.Errorf("%+v", c)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	rules, _ := New()
	for name, s := range map[string]*session.Session{
		"dns":  sample("dns", resp, dns.Lookup{Protocol: "dns", Name: "a.example.org", Answered: true, Addrs: []netip.Addr{addrC}}),
		"hl7":  sample("hl7", orig, hl7.Message{Type: "ORU^R01", Sender: hl7.Party{Name: "MINDRAY_EGATEWAY", EUI64: "00A0370027000143"}}),
		"http": sample("http", resp, http.Exchange{Server: "Apache/2.4.6 (CentOS)", UserAgent: "curl/7.58.0"}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := rules.NewReader()
			v := device.NewInventory(device.Options{})
			var o device.Observation
			for range b.N {
				o.Reset()
				r.Read(s, &o)
				v.Session(s, &o)
			}
		})
	}
}
