package sim

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"ward/internal/canary"
	"ward/internal/tshark"
)

// small is the default ward; every activity happens at least once in it.
func small() Config { return Config{Seed: 7, Duration: 5 * time.Minute} }

// eachFrame reads the pcap file back.
func eachFrame(data []byte, visit func(at time.Time, b []byte)) {
	for data = data[24:]; len(data) >= 16; {
		u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(data[at:]) }
		n := int(u32(8))
		visit(time.Unix(int64(u32(0)), int64(u32(4))), data[16:16+n])
		data = data[16+n:]
	}
}

func TestChecksums(t *testing.T) {
	data, truth := capture(t, small(), PCAP)
	var frames uint64
	var last time.Time
	eachFrame(data, func(at time.Time, b []byte) {
		frames++
		if at.Before(last) {
			t.Fatalf("frame %d is before its predecessor", frames)
		}
		last = at
		p := gopacket.NewPacket(b, layers.LayerTypeEthernet, gopacket.Default)
		if e := p.ErrorLayer(); e != nil && !strings.Contains(e.Error().Error(), "No decoder") && !strings.Contains(e.Error().Error(), "not currently supported") && p.TransportLayer() == nil {
			t.Errorf("frame %d: %v", frames, e.Error())
		}
		mismatch(t, p, frames)
		if t.Failed() {
			t.FailNow()
		}
	})
	if frames != truth.Frames {
		t.Errorf("read %d frames, the truth says %d", frames, truth.Frames)
	}
}

// mismatch reports a wrong IP, TCP, UDP or ICMP checksum.
func mismatch(t *testing.T, p gopacket.Packet, frame uint64) {
	if ip, ok := p.NetworkLayer().(*layers.IPv4); ok {
		if fold(sum(0, ip.Contents)) != 0xffff {
			t.Errorf("frame %d: IP header checksum", frame)
		}
		if ip.FragOffset > 0 || ip.Flags&layers.IPv4MoreFragments != 0 {
			return
		}
	}
	err, mismatches := p.VerifyChecksums()
	if err != nil || len(mismatches) == 0 {
		return
	}
	t.Errorf("frame %d: %+v", frame, mismatches)
}

// dissect runs tshark over a hospital's capture.
func dissect(t *testing.T, h *Hospital, args ...string) string {
	t.Helper()
	tshark.Need(t, "tshark")
	file, err := os.Create(filepath.Join(t.TempDir(), "ward.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := NewRecorder(file, PCAPNG)
	if _, err := h.Write(r.Frame); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-n", "-r", file.Name(), "-d", "tcp.port==2575,hl7", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"}, args...)
	out, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func planned(t *testing.T, cfg Config) *Hospital {
	t.Helper()
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestNothingMalformed lets an independent dissector read every frame. The tap
// loses nothing here: a hole in a session makes what follows malformed.
func TestNothingMalformed(t *testing.T) {
	for _, cfg := range []Config{small(), {Seed: 9, Devices: 150, Packets: 40_000, Duration: 10 * time.Second}} {
		h := planned(t, cfg)
		h.loss = 0
		out := dissect(t, h, "-Y", "_ws.malformed || _ws.expert.severity == error", "-T", "fields", "-e", "frame.number", "-e", "_ws.col.Protocol", "-e", "_ws.expert.message")
		if lines := strings.Split(out, "\n"); lines[0] != "" {
			t.Errorf("%+v: %d frames that tshark calls malformed, the first: %q", cfg, len(lines), lines[:min(len(lines), 10)])
		}
	}
}

// TestDissectors counts with an independent dissector what must be there.
func TestDissectors(t *testing.T) {
	names := slices.Sorted(maps.Keys(dissected))
	stat := "io,stat,0"
	for _, name := range names {
		stat += "," + dissected[name]
	}
	out := dissect(t, planned(t, small()), "-q", "-z", stat)
	for line := range strings.SplitSeq(out, "\n") {
		if !strings.Contains(line, "<>") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), "|")[1:] // interval, then frames and bytes of each filter
		for i, name := range names {
			if 2*i >= len(cells) || strings.TrimSpace(cells[2*i]) == "0" {
				t.Errorf("%s: tshark finds no frame by %q", name, dissected[name])
			}
		}
		return
	}
	t.Fatalf("no statistics in %s", out)
}

// dissected are display filters by which an independent dissector must
// recognise what was written.
var dissected = map[string]string{
	"BOOTP": "dhcp && !dhcp.option.dhcp", "DHCP": `dhcp.option.vendor_class_id == "MSFT 5.0"`, "gratuitous ARP": "arp.isgratuitous",
	"DNS": "dns.flags.response == 1", "mDNS over IPv6": "mdns && ipv6", "LLMNR": "llmnr", "NBNS": "nbns", "NTP": "ntp",
	"MLD": "icmpv6.type == 143", "RA": "icmpv6.type == 134", "ND": "icmpv6.type == 136",
	"associate": "dicom.pdu.type == 1", "release": "dicom.pdu.type == 6", "store": "dicom.pdu.type == 4", "HL7": "hl7",
	"bacnet": "bacapp.confirmed_service == 12 || bacapp.unconfirmed_service == 0", "modbus": "modbus.func_code == 43", "RTSP": "rtsp.request",
	"IPP": "ipp", "IPP over IPv6": "ipp && ipv6", "SNMP": "snmp.community == \"public\"", "syslog": "syslog", "LLDP": "lldp", "CDP": "cdp", "VRRP": "vrrp",
	"negotiate": "smb2.cmd == 0 && smb2.flags.response == 1", "SMB 1": `smb.native_os == "Windows 2002 Service Pack 3 2600"`, "NTLM": `ntlmssp.challenge.target_info.nb_computer_name`, "user": `ntlmssp.auth.username`,
	"kerberos": "kerberos.as_req_element", "LDAP": "ldap.bindRequest_element", "RDP": "rdp.rt_cookie", "TLS 1.3": `tls.handshake.extensions_alpn_str == "h2"`,
	"certificate": "x509sat.uTF8String || x509sat.printableString", "QUIC": `quic && tls.handshake.extensions_server_name == "updates.example.com"`, "secure RDP": "rdp.negReq.requestedProtocols.hybrid == 1", "SSH": "ssh.kex_algorithms", "telnet": "telnet", "FTP": `ftp.request.command == "PASS"`,
	"fragment": "ip.flags.mf == 1", "VLAN": "vlan.id == 110", "QinQ": "ieee8021ad.id == 1000", "retransmission": "tcp.analysis.retransmission || tcp.analysis.fast_retransmission",
	"out of order": "tcp.analysis.out_of_order", "lost": "tcp.analysis.ack_lost_segment", "refused": "tcp.flags.reset == 1", "interface": "frame.interface_id == 1",
}

// TestPatient looks for the patient or the staff member in each protocol.
func TestPatient(t *testing.T) {
	data, _ := capture(t, small(), PCAP)
	found := map[uint16]bool{}
	eachFrame(data, func(_ time.Time, b []byte) {
		p := gopacket.NewPacket(b, layers.LayerTypeEthernet, gopacket.Default)
		if port := serverPort(p); port != 0 && !found[port] && identifies(p.TransportLayer().LayerPayload()) {
			found[port] = true
		}
	})
	for port, name := range personal {
		if !found[port] {
			t.Errorf("%s (port %d): no patient and no staff member in it", name, port)
		}
	}
}

var personal = map[uint16]string{
	dicomPort: "DICOM", mllpPort: "HL7", 8080: "HTTP, FHIR, DICOMweb", exportPort: "IntelliVue", gePresence: "CARESCAPE", lisPort: "LIS2-A2", pocPort: "POCT1-A",
	alarisPort: "Alaris", 514: "syslog", 161: "SNMP", 445: "SMB", 88: "Kerberos", 389: "LDAP", 3389: "RDP", 23: "Telnet", 21: "FTP", 554: "RTSP", 9100: "printing", 631: "IPP", 80: "camera page",
}

// serverPort is the smaller port; a fragment has none.
func serverPort(p gopacket.Packet) uint16 {
	switch l := p.TransportLayer().(type) {
	case *layers.TCP:
		return min(uint16(l.SrcPort), uint16(l.DstPort))
	case *layers.UDP:
		return min(uint16(l.SrcPort), uint16(l.DstPort))
	}
	return 0
}

func identifies(b []byte) bool {
	for _, marker := range canary.Markers() {
		for _, form := range canary.Encodings(marker) {
			if bytes.Contains(b, form) {
				return true
			}
		}
	}
	return false
}
