package sim

import (
	"fmt"
	"time"

	"ward/internal/canary"
)

// alarisPort is the registered port of Alaris device discovery (IANA).
const alarisPort = 3613

// alaris plays a BD pump: it finds its server, keeps one session, reports
// events; once it takes a drug library.
func (h *Hospital) alaris(d *Host) {
	server := h.one(d.ward, "pump_server")
	h.boot(d, func(at time.Duration) {
		h.find(at, d, server)
		h.ask(at+50*time.Millisecond, "alaris", d, server, alarisPort, alarisBeacon(d, 1), alarisBeacon(d, 2))
		h.every(at+5*time.Second, h.pace(20*time.Second), func(at time.Duration) {
			h.askFrom(at, "alaris", d, server, 3613, alarisPort, alarisBeacon(d, 3), nil)
		})
		h.plan(at+time.Second, func(at time.Duration) {
			s := h.dial(at, "alaris", d, server, alarisPort)
			s.send(alarisBeacon(d, 4)).reply(alarisBeacon(d, 5))
			h.alarisEvents(s, d)
		})
		h.every(at+time.Minute, h.around(5*time.Minute), func(at time.Duration) { h.ntp(at, d) })
	})
}

// alarisEvents reports what the pump does, and now and then takes a library.
func (h *Hospital) alarisEvents(s *stream, d *Host) {
	s.send(alarisEvent(d)).reply([]byte("ALRS\x00\x06\x00\x01\x00"))
	if h.turn("library", 40) {
		s.reply(drugLibrary()).send([]byte("ALRS\x00\x08\x00\x01\x00"))
	}
	s.later(h.between(15*time.Second, 40*time.Second), func(s *stream) { h.alarisEvents(s, d) })
}

// The pump's own protocol is not public: the simulator writes records of its
// own shape on the registered port.
func alarisBeacon(d *Host, kind byte) []byte {
	return append([]byte{'A', 'L', 'R', 'S', 0, kind, 0, byte(len(d.Serial))}, d.Serial...)
}

func alarisEvent(d *Host) []byte {
	return fmt.Appendf(nil, "ALRS\x00\x05%s|CH=A|RATE=12.5|VTBI=100|PT=%s|ID=%s|RN=%s", d.Serial, canary.HL7Name, canary.MRN, canary.User)
}

func drugLibrary() []byte {
	b := []byte("ALRS\x00\x07")
	for i := range 600 {
		b = fmt.Appendf(b, "DRUG%04d;LIMIT=%d;", i, i*3)
	}
	return b
}

// spectrum plays a Baxter pump: its battery module talks to the pump server
// and still answers Telnet, where a technician logs in.
func (h *Hospital) spectrum(d *Host) {
	server := h.one(d.ward, "pump_server")
	h.boot(d, func(at time.Duration) {
		h.find(at, d, server)
		h.every(at+h.between(2*time.Second, 10*time.Second), h.pace(30*time.Second), func(at time.Duration) {
			s := h.dial(at, "http", d, server, 8080)
			s.send(httpRequest("POST", "/gateway/wbm?sn="+d.Serial+"&pt="+canary.MRN, server.IP.String()+":8080", "SIGMA-WBM/"+d.Version,
				"Content-Type: application/octet-stream", fmt.Sprintf("<STATUS SN=%q PT=%q RATE=%q/>", d.Serial, canary.HL7Name, "25")))
			s.reply(httpResponse("200 OK", "Microsoft-HTTPAPI/2.0", "text/plain", "OK")).close()
		})
		h.plan(at+h.between(20*time.Second, 60*time.Second), func(at time.Duration) { h.spectrumTelnet(at, d) })
	})
}

// spectrumTelnet is the maintenance port with its banner.
func (h *Hospital) spectrumTelnet(at time.Duration, d *Host) {
	s := h.dial(at, "telnet", h.one(d.ward, "nms"), d, 23)
	banner := fmt.Sprintf("\r\nSIGMA Spectrum Diagnostic Terminal\r\nMAC: %02X:%02X:%02X:%02X:%02X:%02X\r\nSerial: %s\r\nSW: %s\r\n", d.MAC[0], d.MAC[1], d.MAC[2], d.MAC[3], d.MAC[4], d.MAC[5], d.Serial, d.Version)
	s.reply([]byte("\xff\xfb\x01\xff\xfb\x03")).send([]byte("\xff\xfd\x01\xff\xfd\x03"))
	s.reply([]byte(banner + "login: ")).wait(time.Second).send([]byte(canary.User + "\r\n"))
	s.reply([]byte("password: ")).wait(time.Second).send([]byte(canary.Secret + "\r\n"))
	s.reply([]byte("\r\n> ")).wait(2 * time.Second).send([]byte("exit\r\n")).close()
}

// pumpServer reports infusions to the interface engine and is a Windows server.
func (h *Hospital) pumpServer(d *Host) {
	h.boot(d, func(at time.Duration) {
		engine := h.one(d.ward, "engine")
		h.find(at, d, engine)
		h.every(at+10*time.Second, h.around(30*time.Second), func(at time.Duration) {
			s := h.dial(at, "hl7", d, engine, mllpPort)
			for _, w := range h.wards[:min(len(h.wards), 4)] {
				for _, pump := range w.members["alaris"] {
					id, segments := h.vitals(s.at, "ALARIS^"+eui64(d.MAC)+"^EUI-64", "BD", pump)
					h.message(s, "MIRTH", id, segments...)
				}
			}
			s.close()
		})
		h.windowsClient(at, d)
	})
}
