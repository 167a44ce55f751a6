package sim

import (
	"encoding/binary"
	"time"

	"ward/internal/canary"
)

// Ports of the monitors' own protocols.
const (
	connectPort = 24005 // IntelliVue connect indication
	exportPort  = 24105 // IntelliVue data export
	gePresence  = 7000  // CARESCAPE presence, broadcast
	geAlarm     = 7001
	geRequest   = 2000
)

// intellivue plays a Philips monitor: connect indications until a central
// station associates, then data every second.
func (h *Hospital) intellivue(d *Host) {
	h.boot(d, func(at time.Duration) {
		central := h.one(d.ward, "philips_central")
		indication := connectIndication(d)
		h.every(at, h.around(10*time.Second), func(at time.Duration) { h.subnetCast(at, "intellivue", d, connectPort, connectPort, indication) })
		at += h.between(time.Second, 8*time.Second)
		h.plan(at, func(at time.Duration) {
			h.session("intellivue", central, d, "udp", exportPort)
			tap := h.tap(central, d)
			h.udp(at, central, d, tap, exportPort, exportPort, associationRequest())
			h.udp(at+3*time.Millisecond, d, central, tap, exportPort, exportPort, associationAnswer())
			h.udp(at+20*time.Millisecond, d, central, tap, exportPort, exportPort, createEvent(d))
			h.udp(at+24*time.Millisecond, central, d, tap, exportPort, exportPort, createResult())
			h.udp(at+60*time.Millisecond, d, central, tap, exportPort, exportPort, demographics())
			data := pollResult()
			poll := pollRequest()
			gap := h.pace(time.Second)
			h.every(at+time.Second, gap, func(at time.Duration) {
				h.udp(at, central, d, tap, exportPort, exportPort, poll)
				h.udp(at+4*time.Millisecond, d, central, tap, exportPort, exportPort, data)
			})
		})
		h.every(at+30*time.Second, h.around(5*time.Minute), func(at time.Duration) { h.ntp(at, d) })
	})
}

// pace gives the gap of a constant stream: slower in a long capture of a large
// hospital where the mix of sessions makes the load.
func (h *Hospital) pace(d time.Duration) func() time.Duration {
	if h.cfg.Packets > 0 {
		d *= 20
	}
	return h.around(d)
}

// attributes is an IntelliVue attribute list: count, length, then id, length, value.
func attributes(pairs ...any) []byte {
	var body []byte
	for i := 0; i < len(pairs); i += 2 {
		v := pairs[i+1].([]byte)
		body = binary.BigEndian.AppendUint16(body, uint16(pairs[i].(int)))
		body = binary.BigEndian.AppendUint16(body, uint16(len(v)))
		body = append(body, v...)
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(len(pairs)/2))
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// variable is a length and so many bytes, made even as the interface does.
func variable(s string) []byte {
	if len(s)%2 == 1 {
		s += "\x00"
	}
	return append([]byte{byte(len(s) >> 8), byte(len(s))}, s...)
}

// remote wraps a command in a remote operation: kind, length, invoke id,
// command type, length, managed object, then the command's data.
func remote(head []byte, operation, commandType uint16, data []byte) []byte {
	body := binary.BigEndian.AppendUint16(nil, 1)
	body = binary.BigEndian.AppendUint16(body, commandType)
	body = binary.BigEndian.AppendUint16(body, uint16(len(data)))
	body = append(body, data...)
	b := binary.BigEndian.AppendUint16(append([]byte{}, head...), operation)
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

var (
	headConnect = []byte{0, 0, 1, 0}    // nomenclature
	headExport  = []byte{0xe1, 0, 0, 2} // session id, presentation context
	managedMDS  = []byte{0, 33, 0, 0, 0, 0}
)

// event is an event report: object, time, type, length, information.
func event(kind uint16, info []byte) []byte {
	b := append(append([]byte{}, managedMDS...), 0x00, 0x01, 0x51, 0x80)
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(info)))
	return append(b, info...)
}

// connectIndication names the system type, the protocols and the address.
func connectIndication(d *Host) []byte {
	ip := d.IP.As4()
	address := append(append(append([]byte{}, d.MAC[:]...), ip[:]...), 255, 255, 255, 0)
	protocols := []byte{0, 2, 0, 16, 0, 1, 0, 1, 0x5e, 0x29, 0, 0, 0, 5, 0, 1, 0x5e, 0x29, 0, 0}
	list := attributes(0x0986, []byte{0, 1, 0x09, 0x12}, 0xf101, protocols, 0xf100, address, 0x091e, variable("BED "+d.Location))
	return remote(headConnect, 1, 0, event(0x0d17, list))
}

// associationRequest and -Answer carry the ASN.1 object identifiers of the
// protocol family under 1.2.840.10004.2.1 in a session of ISO 8327.
func associationRequest() []byte { return sessionMessage(0x0d) }
func associationAnswer() []byte  { return sessionMessage(0x0e) }

func sessionMessage(kind byte) []byte {
	body := []byte("\x05\x08\x13\x01\x00\x16\x01\x02\x80\x00\x14\x02\x00\x02\xc1\x6b\x31\x69\xa0\x03\x80\x01\x01\xa2\x62\x80\x01\x02\xa4\x1a\x30\x0c\x02\x01\x01\x06\x07" +
		"\x2a\x86\x48\xce\x14\x02\x01\x30\x02\x06\x00\x61\x44\x30\x42\x02\x01\x01\xa0\x3d\x60\x3b\xa1\x09\x06\x07\x2a\x86\x48\xce\x14\x02\x01\x01")
	body = append(body, make([]byte, 40)...)
	return append([]byte{kind, byte(len(body))}, body...)
}

// createEvent describes the monitor: maker, model, serial and software.
func createEvent(d *Host) []byte {
	model := append(variable("Philips"), variable(d.Model[len("IntelliVue "):])...)
	var specs []byte
	spec := func(kind, component byte, text string) {
		specs = append(append(specs, 0, kind, 0, component), variable(text)...)
	}
	spec(1, 0, d.Serial)
	spec(2, 0, "M8105A")
	spec(4, 0, d.Version)
	value := append([]byte{0, 3, byte(len(specs) >> 8), byte(len(specs))}, specs...)
	list := attributes(0x0986, []byte{0, 1, 0x09, 0x12}, 0x0928, model, 0x092d, value, 0x091e, variable("BED "+d.Location))
	return remote(headExport, 1, 1, event(0x0d06, append(append([]byte{}, managedMDS...), list...)))
}

func createResult() []byte { return remote(headExport, 2, 1, event(0x0d06, nil)) }

// demographics carries the patient, as a monitor sends it after admission.
func demographics() []byte {
	list := attributes(0x095a, variable(canary.MRN), 0x095c, variable(canary.Family), 0x095d, variable(canary.Given), 0x0958, []byte(canary.Birth))
	return remote(headExport, 2, 7, append(append([]byte{}, managedMDS...), list...))
}

func pollRequest() []byte {
	return remote(headExport, 1, 7, append(append([]byte{}, managedMDS...), 0x0c, 0x16, 0, 8, 0, 1, 0, 1, 0, 6, 0, 0))
}

// pollResult is numerics and some waves.
func pollResult() []byte {
	data := append(append([]byte{}, managedMDS...), 0x0c, 0x16, 3, 0x84)
	for i := range 900 {
		data = append(data, byte(i*37>>3))
	}
	return remote(headExport, 2, 7, data)
}

// carescape plays a GE monitor: presence broadcasts with the bed and, in clear,
// the patient; alarms; data on request of the central station.
func (h *Hospital) carescape(d *Host) {
	h.boot(d, func(at time.Duration) {
		central := h.one(d.ward, "ge_central")
		counter := uint32(0)
		h.every(at, h.pace(10*time.Second), func(at time.Duration) {
			counter++
			h.subnetCast(at, "carescape", d, gePresence, gePresence, presence(d, counter))
		})
		h.every(at+h.between(10*time.Second, time.Minute), h.around(90*time.Second), func(at time.Duration) {
			counter++
			h.subnetCast(at, "carescape", d, geAlarm, geAlarm, geAlarmMessage(d, counter))
		})
		sport := central.ephemeral()
		h.session("carescape", central, d, "udp", geRequest)
		tap := h.tap(central, d)
		request, waves := geRequestMessage(central), geWaves(d)
		h.every(at+2*time.Second, h.pace(2*time.Second), func(at time.Duration) {
			h.udp(at, central, d, tap, sport, geRequest, request)
			h.udp(at+6*time.Millisecond, d, central, tap, geRequest, sport, waves)
		})
	})
}

// bedName is "ward|bed" as GE monitors write it.
func bedName(d *Host) string {
	ip := d.IP.As4()
	return "WARD" + string('A'+rune(d.ward.number%26)) + "|BED" + string('0'+rune(ip[3]/10%10)) + string('0'+rune(ip[3]%10))
}

func presence(d *Host, counter uint32) []byte {
	b := make([]byte, 80)
	ip := d.IP.As4()
	copy(b, []byte{0, 0x0d, 0, 1})
	copy(b[4:], ip[:])
	binary.BigEndian.PutUint32(b[8:], counter)
	copy(b[12:28], bedName(d))
	copy(b[28:], canary.Family+","+canary.Given)
	copy(b[62:], canary.MRN)
	return b
}

func geAlarmMessage(d *Host, counter uint32) []byte {
	b := make([]byte, 96)
	ip := d.IP.As4()
	copy(b, []byte{0, 0x0e, 0, 1, 0, 2})
	copy(b[6:], ip[:])
	copy(b[24:40], bedName(d))
	b[63] = 1
	copy(b[66:80], "HR HIGH 131")
	binary.BigEndian.PutUint32(b[80:], counter)
	return b
}

func geRequestMessage(central *Host) []byte {
	b := make([]byte, 36)
	ip := central.IP.As4()
	copy(b, []byte{0, 0x01, 0, 4})
	copy(b[4:], ip[:])
	return b
}

func geWaves(d *Host) []byte {
	b := make([]byte, 640)
	ip := d.IP.As4()
	copy(b, []byte{0, 0x02, 0, 4})
	copy(b[4:], ip[:])
	for i := 16; i < len(b); i++ {
		b[i] = byte(i * 11)
	}
	return b
}

// gateway of the GE monitors: vital signs to the interface engine.
func (h *Hospital) geGateway(d *Host) {
	h.boot(d, func(at time.Duration) {
		engine := h.one(d.ward, "engine")
		h.find(at, d, engine)
		sender := "VSP^" + eui64(d.MAC) + "^EUI-64"
		h.plan(at+2*time.Second, func(at time.Duration) {
			h.vitalsLoop(h.dial(at, "hl7", d, engine, mllpPort), sender, "GE Healthcare", "MIRTH", d.ward, "b650", "dash")
		})
	})
}

// philipsCentral is the surveillance station: a Windows computer that sends the
// vital signs of its monitors on.
func (h *Hospital) philipsCentral(d *Host) {
	h.windowsServer(d)
	h.plan(bootWindow, func(at time.Duration) {
		sender := "Philips.CIS.CDS.MMS^" + d.Hostname + "^DNS"
		h.vitalsLoop(h.dial(at, "hl7", d, h.one(d.ward, "engine"), mllpPort), sender, "PHILIPS", "MIRTH", d.ward, "mx800", "mx450", "mp50")
	})
}

// vitalsLoop keeps one session open and sends each bed's vitals in turn.
func (h *Hospital) vitalsLoop(s *stream, sender, facility, receiver string, w *ward, kinds ...string) {
	for _, kind := range kinds {
		for _, device := range w.members[kind] {
			id, segments := h.vitals(s.at, sender, facility, device)
			h.message(s, receiver, id, segments...)
		}
	}
	s.later(h.between(20*time.Second, 30*time.Second), func(s *stream) { h.vitalsLoop(s, sender, facility, receiver, w, kinds...) })
}
