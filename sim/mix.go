package sim

import (
	"fmt"
	"strings"
	"time"

	"ward/internal/canary"
)

// packetsPerSession is the mean of the mix below, measured.
const packetsPerSession = 22.6

// share is one service's part of the sessions of a busy hospital.
type share struct {
	percent float64
	start   func(h *Hospital, at time.Duration, client *Host)
	clients string // catalogue keys that start it, none: any host
}

// mixture gives the parts by session. The services are those of the wards, with
// short sessions of many devices in place of few long ones.
func mixture() []share {
	const computers = "win10 win7 philips_central pump_server"
	return []share{
		{28, (*Hospital).mixDNS, ""},
		{13, (*Hospital).mixHL7, "engine ge_gateway pump_server ehr"},
		{6, (*Hospital).mixTLS13, computers},
		{6, (*Hospital).mixTLS12, computers},
		{11, (*Hospital).mixHTTP, computers + " spectrum viewer"},
		{5, (*Hospital).mixSNMP, "nms"},
		{4, (*Hospital).ntp, ""},
		{4, (*Hospital).mixMonitor, "mx800 mx450 mp50"},
		{3, (*Hospital).mixDICOM, "ct ultrasound"},
		{3, (*Hospital).resolveGateway, ""},
		{3, (*Hospital).mixSyslog, "switch nms pacs engine"},
		{2, (*Hospital).mixModbus, "bms"},
		{2, (*Hospital).mixSSH, "nms"},
		{2, (*Hospital).mixMQTT, "camera bacnet ups printer"},
		{2, (*Hospital).mixPing, "nms"},
		{2, (*Hospital).mixRefused, computers},
		{2, (*Hospital).mixSMB, computers},
		{1, (*Hospital).mixRenew, "alaris b650 win10 win7 printer camera bga"},
		{1, (*Hospital).mixPrint, "win10 win7"},
	}
}

// startMix starts sessions so that the wanted packets come within the duration.
func (h *Hospital) startMix() {
	shares := mixture()
	clients := make([][]*Host, len(shares))
	for i, s := range shares {
		clients[i] = h.hostsOf(s.clients)
	}
	sessions := float64(h.cfg.Packets) / packetsPerSession
	gap := time.Duration(float64(h.cfg.Duration) / max(sessions, 1))
	h.every(bootWindow/10, func() time.Duration { return time.Duration(h.rng.ExpFloat64() * float64(gap)) }, func(at time.Duration) {
		roll := h.rng.Float64() * 100
		for i, s := range shares {
			if roll -= s.percent; roll < 0 && len(clients[i]) > 0 {
				s.start(h, at, clients[i][h.rng.IntN(len(clients[i]))])
				return
			}
		}
	})
}

// hostsOf lists the mirrored hosts of some catalogue keys; none means all that
// have an address by which they can ask.
func (h *Hospital) hostsOf(keys string) []*Host {
	var list []*Host
	for _, d := range h.hosts {
		usable := d.row.key != "internet" && d.row.key != "infra" && d.row.key != "gateway" && d.VLAN != farVLAN
		if keys == "" && usable || keys != "" && strings.Contains(" "+keys+" ", " "+d.row.key+" ") {
			list = append(list, d)
		}
	}
	return list
}

func (h *Hospital) mixDNS(at time.Duration, d *Host) {
	names := [...]string{"engine", "pacs", "dc", "lis", "poc_manager", "pump_server", "broker"}
	h.find(at, d, h.shared.members[names[h.rng.IntN(len(names))]][0])
}

// mixHL7 is one session with some messages, spread over half a minute.
func (h *Hospital) mixHL7(at time.Duration, d *Host) {
	to, name := h.one(d.ward, "engine"), "MIRTH"
	if d == to {
		to, name = h.one(d.ward, "ehr"), "EHR"
	}
	sender := strings.ToUpper(d.row.key) + "^" + eui64(d.MAC) + "^EUI-64"
	h.mixMessages(h.dial(at, "hl7", d, to, mllpPort), sender, name, 3+h.rng.IntN(9))
}

func (h *Hospital) mixMessages(s *stream, sender, receiver string, left int) {
	if left == 0 {
		s.close()
		return
	}
	w := h.wards[h.rng.IntN(len(h.wards))]
	beds := w.members["mx800"]
	if len(beds) == 0 {
		beds = h.wards[0].members["mx800"]
	}
	id, segments := h.vitals(s.at, sender, "HOSP", beds[h.rng.IntN(len(beds))])
	h.message(s, receiver, id, segments...)
	s.later(h.between(time.Second, 5*time.Second), func(s *stream) { h.mixMessages(s, sender, receiver, left-1) })
}

func (h *Hospital) mixTLS13(at time.Duration, d *Host) {
	h.tls13(at, d, h.names["updates.example.com"], 443, "updates.example.com", 4<<10+h.rng.IntN(26<<10))
}

func (h *Hospital) mixTLS12(at time.Duration, d *Host) {
	h.tls12(at, d, h.one(d.ward, "engine"), 8443, "engine01."+domain, "engine01."+domain, "Hospital", 4<<10+h.rng.IntN(26<<10))
}

// page is the body of a large answer: a table of the ward, patients and all.
var page = wardTable()

func wardTable() string {
	var b strings.Builder
	for i := range 330 {
		fmt.Fprintf(&b, "<tr><td>%d</td><td>%s</td><td>%s</td></tr>\n", i, canary.Given+" "+canary.Family, canary.MRN)
	}
	return b.String()
}

func (h *Hospital) mixHTTP(at time.Duration, d *Host) {
	s := h.dial(at, "http", d, h.one(d.ward, "pacs"), 8080)
	for range 1 + h.rng.IntN(3) {
		s.send(httpRequest("GET", "/ward/list?patient="+canary.MRN, "vuepacs01."+domain+":8080", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Accept: text/html", ""))
		s.reply(httpResponse("200 OK", "Apache-Coyote/1.1", "text/html", page[:4000+h.rng.IntN(len(page)-4000)]))
		s.wait(h.between(10*time.Millisecond, 3*time.Second))
	}
	s.close()
}

func (h *Hospital) mixSNMP(at time.Duration, nms *Host) {
	printers := h.wards[h.rng.IntN(len(h.wards))].members["printer"]
	if len(printers) == 0 {
		printers = h.wards[0].members["printer"]
	}
	id := h.rng.Uint32() >> 1
	h.ask(at, "snmp", nms, printers[0], 161, snmp(0xa0, id, bind(sysUpTime, []byte{5, 0})), snmp(0xa2, id, bind(sysUpTime, ber(0x43, []byte{1, 2, 3}))))
}

// mixMonitor is a new data export session of a central station with a monitor.
func (h *Hospital) mixMonitor(at time.Duration, d *Host) {
	central := h.one(d.ward, "philips_central")
	sport := central.ephemeral()
	h.session("intellivue", central, d, "udp", exportPort)
	h.export(at, central, d, sport, 30)
}

func (h *Hospital) export(at time.Duration, central, d *Host, sport uint16, left int) {
	tap := h.tap(central, d)
	h.udp(at, central, d, tap, sport, exportPort, monitorPoll)
	h.udp(at+4*time.Millisecond, d, central, tap, exportPort, sport, monitorData)
	if left > 0 {
		h.plan(at+h.between(300*time.Millisecond, 700*time.Millisecond), func(at time.Duration) { h.export(at, central, d, sport, left-1) })
	}
}

var monitorPoll, monitorData = pollRequest(), pollResult()

func (h *Hospital) mixDICOM(at time.Duration, d *Host) {
	if h.rng.IntN(3) == 0 {
		h.worklist(at, d, h.one(d.ward, "broker"))
		return
	}
	class, _, _, _ := modality(d.row.key)
	a := h.associate(at, d, h.one(d.ward, "pacs"), dicomPort, class, uidSC)
	h.store(a, class, h.uid(d), 1, 96<<10, (*association).release)
}

func (h *Hospital) mixSyslog(at time.Duration, d *Host) {
	if h.rng.IntN(2) == 0 {
		h.audit(at, d)
		return
	}
	h.syslog(at, d, "app[77]: user "+canary.User+" opened "+canary.MRN)
}

func (h *Hospital) mixModbus(at time.Duration, d *Host) { h.modbus(at, d, h.one(d.ward, "ups")) }

func (h *Hospital) mixSSH(at time.Duration, d *Host) { h.ssh(at, d, h.one(d.ward, "infra")) }

func (h *Hospital) mixPing(at time.Duration, d *Host) { h.ping(at, d, h.one(d.ward, "pacs")) }

func (h *Hospital) mixRefused(at time.Duration, d *Host) {
	h.refused(at, d, h.one(d.ward, "pacs"), 8009)
}

func (h *Hospital) mixSMB(at time.Duration, d *Host) { h.share(at, d, h.one(d.ward, "dc")) }

func (h *Hospital) mixRenew(at time.Duration, d *Host) { h.address(at, d) }

func (h *Hospital) mixPrint(at time.Duration, d *Host) {
	h.printJob(at, d, h.one(d.ward, "printer"))
}

// mixMQTT is MQTT 3.1.1: connect with a login, publish, disconnect.
func (h *Hospital) mixMQTT(at time.Duration, d *Host) {
	field := func(b []byte, s string) []byte { return append(append(b, 0, byte(len(s))), s...) }
	connect := append(field(nil, "MQTT"), 4, 0xc2, 0, 60)
	connect = field(field(field(connect, d.Hostname), canary.User), canary.Secret)
	publish := append(field(nil, "ward/"+d.Hostname+"/state"), `{"ok":true,"patient":"`+canary.MRN+`"}`...)
	s := h.dial(at, "mqtt", d, h.one(d.ward, "engine"), 1883)
	s.send(append([]byte{0x10, byte(len(connect))}, connect...)).reply([]byte{0x20, 2, 0, 0})
	s.send(append([]byte{0x30, byte(len(publish))}, publish...)).wait(time.Second)
	s.send([]byte{0xe0, 0}).close()
}
