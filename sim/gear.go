package sim

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// lldpGroup and cdpGroup are the link groups of IEEE 802.1AB and of Cisco.
var (
	lldpGroup = group{mac: mac{0x01, 0x80, 0xc2, 0, 0, 0x0e}}
	cdpGroup  = group{mac: mac{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc}}
)

const etherLLDP = 0x88cc

// routing plays the gateway's interface: VRRP and router advertisements.
func (h *Hospital) routing(d *Host) {
	if !h.tapped[d.VLAN] {
		return
	}
	vr := &Host{MAC: virtualMAC(d.VLAN), IP: d.IP, VLAN: d.VLAN, TTL: 255}
	h.groupSession("vrrp", d, 0)
	h.groupSession("icmpv6", d, 0)
	h.every(100*time.Millisecond, h.pace(3*time.Second), func(at time.Duration) {
		h.put(at, frame{from: vr, group: &vrrp4, tap: d.VLAN, proto: protoVRRP, ttl: 255, payload: vrrpAdvertisement(d)})
	})
	h.every(3*time.Second, h.around(2*time.Minute), func(at time.Duration) { h.routerAsks(at, d) })
	h.every(time.Second, h.around(60*time.Second), func(at time.Duration) {
		ra := append([]byte{134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, d.MAC[:]...)
		h.put(at, frame{from: d, group: &allNodes, tap: d.VLAN, proto: protoICMPv6, v6: true, ttl: 255, payload: ra})
	})
}

// routerAsks looks for a host that it has a packet for.
func (h *Hospital) routerAsks(at time.Duration, d *Host) {
	for range 8 {
		if other := h.hosts[h.rng.IntN(len(h.hosts))]; other.VLAN == d.VLAN && other != d {
			h.resolve(at, d, other)
			return
		}
	}
}

// protoVRRP is VRRP's IP protocol number.
const protoVRRP = 112

// vrrpAdvertisement is version 3, RFC 9568 section 5.1.
func vrrpAdvertisement(d *Host) []byte {
	ip := d.ward.at(1).As4()
	b := append([]byte{0x31, byte(d.VLAN), 100, 1, 0, 100, 0, 0}, ip[:]...)
	header := (&frame{from: &Host{}, proto: protoVRRP}).header4(nil, d.IP, vrrp4.addr, 255)
	binary.BigEndian.PutUint16(b[6:], ^fold(sum(pseudo(header, protoVRRP, len(b)), b)))
	return b
}

// switching plays the switch: LLDP and CDP on its link.
func (h *Hospital) switching(d *Host) {
	h.groupSession("lldp", d, 0)
	h.groupSession("cdp", d, 0)
	h.every(500*time.Millisecond, h.pace(30*time.Second), func(at time.Duration) {
		h.put(at, frame{from: d, group: &lldpGroup, etherType: etherLLDP, payload: lldp(d)})
		h.put(at+100*time.Millisecond, frame{from: d, group: &cdpGroup, etherType: 0, payload: cdp(d)})
	})
	h.boot(d, func(at time.Duration) {
		h.snmpPolls(at, d, iosText, "1.3.6.1.4.1.9.1.1208")
		h.every(at+10*time.Second, h.around(2*time.Minute), func(at time.Duration) {
			h.syslog(at, d, "1201: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/17, changed state to up")
		})
	})
}

const iosText = "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(2)E6, RELEASE SOFTWARE (fc1)"

// lldp is IEEE 802.1AB clause 8.
func lldp(d *Host) []byte {
	tlv := func(b []byte, kind byte, value []byte) []byte {
		b = binary.BigEndian.AppendUint16(b, uint16(kind)<<9|uint16(len(value)))
		return append(b, value...)
	}
	ip := d.IP.As4()
	b := tlv(nil, 1, append([]byte{4}, d.MAC[:]...))
	b = tlv(b, 2, []byte("\x05Gi1/0/48"))
	b = tlv(b, 3, []byte{0, 120})
	b = tlv(b, 4, []byte("GigabitEthernet1/0/48"))
	b = tlv(b, 5, []byte(d.Hostname+"."+domain))
	b = tlv(b, 6, []byte(iosText))
	b = tlv(b, 7, []byte{0, 4, 0, 4})
	b = tlv(b, 8, append(append([]byte{5, 1}, ip[:]...), 2, 0, 0, 0, 1, 0))
	return tlv(b, 0, nil)
}

// cdp is Cisco's discovery protocol in an IEEE 802.3 frame with SNAP.
func cdp(d *Host) []byte {
	b := []byte{2, 180, 0, 0}
	tlv := func(kind byte, value string) {
		b = append(append(b, 0, kind, byte((len(value)+4)>>8), byte(len(value)+4)), value...)
	}
	ip := d.IP.As4()
	tlv(1, d.Hostname+"."+domain)
	tlv(2, "\x00\x00\x00\x01\x01\x01\xcc\x00\x04"+string(ip[:]))
	tlv(3, "GigabitEthernet1/0/48")
	tlv(4, "\x00\x00\x00\x28")
	tlv(5, iosText)
	tlv(6, "cisco "+d.Model)
	if len(b)%2 == 1 {
		tlv(0x0b, "\x01")
	}
	binary.BigEndian.PutUint16(b[2:], ^fold(sum(0, b)))
	return append([]byte{0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0}, b...)
}

// internet is the remote address that workstations and one device talk to.
func (h *Hospital) internet() {
	d := &Host{IP: netip.MustParseAddr("93.184.215.14"), VLAN: farVLAN, TTL: 52, row: row("internet"), ward: &h.shared}
	d.Device = Device{Name: "internet-1", Hostname: "updates.example.com", Internet: true}
	h.names[d.Hostname] = d
	h.hosts = append(h.hosts, d)
}

// switchGear is the access switch; its management address is in the server room.
func (h *Hospital) switchGear(w *ward) {
	h.fill(w, []string{"switch"})
}

// start lets a device do what its kind does.
func (h *Hospital) start(d *Host) {
	switch d.row.key {
	case "alaris":
		h.alaris(d)
	case "spectrum":
		h.spectrum(d)
	case "pump_server":
		h.pumpServer(d)
	case "evita":
		h.sdc(d)
	case "mx800", "mx450", "mp50":
		h.intellivue(d)
	case "b650", "dash":
		h.carescape(d)
	case "ge_gateway":
		h.geGateway(d)
	case "xtr":
		h.telemetry(d)
	case "ct", "ultrasound", "far_ultrasound":
		h.imaging(d)
	case "viewer":
		h.reading(d)
	case "analyser":
		h.analyser(d)
	case "bga":
		h.bloodGas(d)
	case "engine":
		h.engine(d)
	case "ehr":
		h.records(d)
	case "bms":
		h.building(d)
	case "ups":
		h.power(d)
	case "camera":
		h.camera(d)
	case "printer":
		h.printer(d)
	case "win10", "win7":
		h.workstation(d)
	case "philips_central":
		h.philipsCentral(d)
	case "ge_central", "lis", "poc_manager", "pacs":
		h.windowsServer(d)
	case "nms":
		h.management(d)
	case "gateway":
		h.routing(d)
	case "switch":
		h.switching(d)
	case "internet":
	default:
		h.boot(d, func(at time.Duration) {})
	}
}

// windowsServer plays a Windows machine that mostly answers.
func (h *Hospital) windowsServer(d *Host) {
	h.boot(d, func(at time.Duration) {
		h.netbios(at, d)
		h.windowsClient(at, d)
		h.every(at+30*time.Second, h.around(3*time.Minute), func(at time.Duration) {
			if d.row.key == "pacs" {
				h.audit(at, d)
			}
		})
	})
}
