package sim

import (
	"fmt"
	"strings"
	"time"

	"ward/internal/canary"
)

// SNMP objects of the system group, RFC 3418.
const (
	sysDescr    = "1.3.6.1.2.1.1.1.0"
	sysObjectID = "1.3.6.1.2.1.1.2.0"
	sysUpTime   = "1.3.6.1.2.1.1.3.0"
	sysContact  = "1.3.6.1.2.1.1.4.0"
	sysName     = "1.3.6.1.2.1.1.5.0"
)

// snmpPolls lets the management server ask a device, community public.
func (h *Hospital) snmpPolls(at time.Duration, d *Host, descr, object string) {
	nms := h.one(d.ward, "nms")
	h.every(at+h.between(3*time.Second, 30*time.Second), h.around(2*time.Minute), func(at time.Duration) {
		id := h.rng.Uint32() >> 1
		q := snmp(0xa0, id, bind(sysDescr, []byte{5, 0}), bind(sysObjectID, []byte{5, 0}), bind(sysName, []byte{5, 0}), bind(sysContact, []byte{5, 0}))
		a := snmp(0xa2, id, bind(sysDescr, berText(4, descr)), bind(sysObjectID, oid(object)), bind(sysName, berText(4, d.Hostname)), bind(sysContact, berText(4, canary.User+" "+canary.Phone)))
		h.ask(at, "snmp", nms, d, 161, q, a)
	})
}

func bind(object string, value []byte) []byte { return ber(0x30, oid(object), value) }

// snmp is an SNMPv2c message, RFC 3416 section 3.
func snmp(kind byte, id uint32, binds ...[]byte) []byte {
	return ber(0x30, berInt(1), berText(4, "public"), ber(kind, berInt(id), berInt(0), berInt(0), ber(0x30, binds...)))
}

// syslog is RFC 3164: what a device tells the log server.
func (h *Hospital) syslog(at time.Duration, d *Host, text string) {
	stamp := h.cfg.Start.Add(at).Format("Jan _2 15:04:05")
	h.askFrom(at, "syslog", d, h.one(d.ward, "infra"), 514, 514, fmt.Appendf(nil, "<134>%s %s %s", stamp, d.Hostname, text), nil)
}

// audit is an audit message of IHE ATNA (DICOM PS3.15 section A.5) in RFC 5424.
func (h *Hospital) audit(at time.Duration, d *Host) {
	stamp := h.cfg.Start.Add(at).Format("2006-01-02T15:04:05.000Z")
	body := `<?xml version="1.0" encoding="UTF-8"?><AuditMessage><EventIdentification EventActionCode="R" EventDateTime="` + stamp + `" EventOutcomeIndicator="0"><EventID csd-code="110103" codeSystemName="DCM" originalText="DICOM Instances Accessed"/>` +
		`<EventTypeCode csd-code="110122" codeSystemName="DCM" originalText="Login"/></EventIdentification><ActiveParticipant UserID="` + canary.User + `" UserIsRequestor="true" NetworkAccessPointID="` + d.IP.String() + `" NetworkAccessPointTypeCode="2"/>` +
		`<AuditSourceIdentification AuditSourceID="` + d.Hostname + `"/><ParticipantObjectIdentification ParticipantObjectID="` + canary.MRN + `" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">` +
		`<ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/><ParticipantObjectName>` + canary.HL7Name + `</ParticipantObjectName></ParticipantObjectIdentification></AuditMessage>`
	if h.turn("audit", 3) { // a long one, which IP has to cut in pieces
		object := body[strings.Index(body, "<ParticipantObjectIdentification"):strings.Index(body, "</AuditMessage>")]
		body = strings.Replace(body, "</AuditMessage>", strings.Repeat(object, 4)+"</AuditMessage>", 1)
	}
	message := fmt.Sprintf("<85>1 %s %s.%s ATNA 1 IHE+RFC-3881 - \ufeff%s", stamp, d.Hostname, domain, body)
	h.askFrom(at, "syslog", d, h.one(d.ward, "infra"), 514, 514, []byte(message), nil)
}

// management plays the network management server: it pings the gear.
func (h *Hospital) management(d *Host) {
	h.boot(d, func(at time.Duration) {
		h.every(at, h.around(60*time.Second), func(at time.Duration) {
			for i, other := range []*Host{h.one(d.ward, "infra"), h.one(d.ward, "pacs"), h.one(d.ward, "engine"), h.one(d.ward, "ups")} {
				h.ping(at+time.Duration(i)*50*time.Millisecond, d, other)
			}
		})
		infra := h.one(d.ward, "infra")
		h.plan(at+10*time.Second, func(at time.Duration) { h.ssh(at, d, infra) })
		h.every(at+20*time.Second, h.around(time.Minute), func(at time.Duration) {
			h.syslog(at, d, "sshd[991]: Accepted password for "+canary.User+" from "+d.IP.String())
		})
		h.every(at+25*time.Second, h.around(5*time.Minute), func(at time.Duration) { h.refused(at, d, infra, 8443) })
	})
}

// ping is an ICMP echo and its answer, RFC 792.
func (h *Hospital) ping(at time.Duration, from, to *Host) {
	h.counts["icmp"]++
	h.control++
	body := append([]byte{8, 0, 0, 0, 0x12, 0x34, byte(h.control >> 8), byte(h.control)}, "abcdefghijklmnopqrstuvwabcdefghi"...)
	answer := append([]byte{}, body...)
	answer[0] = 0
	tap := h.tap(from, to)
	h.put(at, frame{from: from, to: to, tap: tap, proto: protoICMP, payload: body})
	h.put(at+roundTrip, frame{from: to, to: from, tap: tap, proto: protoICMP, payload: answer})
}

// ssh is the start of a session: banners and key exchange proposals (RFC 4253),
// then bytes that look random.
func (h *Hospital) ssh(at time.Duration, client, server *Host) {
	s := h.dial(at, "ssh", client, server, 22)
	s.reply([]byte("SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u1\r\n")).send([]byte("SSH-2.0-paramiko_2.4.2\r\n"))
	s.send(sshPropose()).reply(sshPropose())
	for range 6 {
		s.send(h.noise(120)).reply(h.noise(300)).wait(200 * time.Millisecond)
	}
	s.close()
}

// sshPropose is SSH_MSG_KEXINIT, RFC 4253 section 7.1.
func sshPropose() []byte {
	body := append([]byte{20}, "0123456789abcdef"...)
	for _, list := range []string{"curve25519-sha256,diffie-hellman-group14-sha256", "ssh-ed25519,rsa-sha2-256", "aes128-ctr,aes256-ctr", "aes128-ctr,aes256-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""} {
		body = append(append(body, 0, 0, 0, byte(len(list))), list...)
	}
	body = append(body, 0, 0, 0, 0, 0)
	fill := 8 - (len(body)+5)%8
	if fill < 4 {
		fill += 8
	}
	n := 1 + len(body) + fill
	b := []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), byte(fill)}
	return append(append(b, body...), make([]byte, fill)...)
}

// noise is what encrypted data looks like.
func (h *Hospital) noise(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; i += 8 {
		v := h.rng.Uint64()
		for j := i; j < min(i+8, n); j++ {
			b[j] = byte(v)
			v >>= 8
		}
	}
	return b
}
