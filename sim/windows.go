package sim

import (
	"encoding/binary"
	"time"
	"unicode/utf16"

	"ward/internal/canary"
)

// workgroup is the NetBIOS name of the hospital's Windows domain.
const workgroup = "HOSPITAL"

// windowsVersion is major, minor and build of NTLM's version field.
func windowsVersion(os string) (major, minor byte, build uint16) {
	switch os {
	case "Windows XP":
		return 5, 1, 2600
	case "Windows 7":
		return 6, 1, 7601
	case "Windows Server 2012 R2":
		return 6, 3, 9600
	case "Windows Server 2016":
		return 10, 0, 14393
	case "Windows Server 2019":
		return 10, 0, 17763
	}
	return 10, 0, 19041
}

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// workstation plays a Windows computer of the domain.
func (h *Hospital) workstation(d *Host) {
	h.boot(d, func(at time.Duration) {
		h.netbios(at, d)
		h.llmnr(at+20*time.Millisecond, d, "wpad")
		h.windowsClient(at, d)
		h.every(at+h.between(3*time.Second, 20*time.Second), h.around(3*time.Minute), func(at time.Duration) { h.logOn(at, d) })
		h.every(at+h.between(10*time.Second, 40*time.Second), h.around(2*time.Minute), func(at time.Duration) { h.browse(at, d) })
		if d.row.key == "win10" {
			h.plan(at+h.between(15*time.Second, 45*time.Second), func(at time.Duration) { h.remoteDesktop(at, h.one(d.ward, "nms"), d, true) })
		}
		if d.row.key == "win7" {
			h.every(at+h.between(20*time.Second, 50*time.Second), h.around(4*time.Minute), func(at time.Duration) { h.oldShare(at, h.one(d.ward, "ge_central"), d) })
		}
	})
}

// windowsClient is what every Windows computer does.
func (h *Hospital) windowsClient(at time.Duration, d *Host) {
	dc := h.one(d.ward, "dc")
	h.every(at+h.between(time.Second, 10*time.Second), h.around(4*time.Minute), func(at time.Duration) {
		h.find(at, d, dc)
		h.ntp(at+50*time.Millisecond, d)
		if d.OS != "Windows XP" { // the controller does not speak its version
			h.share(at+100*time.Millisecond, d, dc)
		}
	})
}

// logOn is Kerberos and a look into the directory.
func (h *Hospital) logOn(at time.Duration, d *Host) {
	dc := h.one(d.ward, "dc")
	principal := func(kind uint32, parts ...string) []byte {
		var names []byte
		for _, p := range parts {
			names = append(names, berText(0x1b, p)...)
		}
		return ber(0x30, ber(0xa0, berInt(kind)), ber(0xa1, ber(0x30, names)))
	}
	const realm = "HOSPITAL.EXAMPLE"
	body := ber(0x30, ber(0xa0, ber(3, []byte{0, 0x40, 0x81, 0, 0x10})), ber(0xa1, principal(1, canary.User)), ber(0xa2, berText(0x1b, realm)), ber(0xa3, principal(2, "krbtgt", realm)),
		ber(0xa5, berText(0x18, "20370913024805Z")), ber(0xa7, berInt(0x1f3a5c77)), ber(0xa8, ber(0x30, berInt(18), berInt(17))))
	request := ber(0x6a, ber(0x30, ber(0xa1, berInt(5)), ber(0xa2, berInt(10)), ber(0xa4, body)))
	failure := ber(0x7e, ber(0x30, ber(0xa0, berInt(5)), ber(0xa1, berInt(30)), ber(0xa4, berText(0x18, h.cfg.Start.Add(at).Format("20060102150405Z"))),
		ber(0xa5, berInt(4711)), ber(0xa6, berInt(25)), ber(0xa9, berText(0x1b, realm)), ber(0xaa, principal(2, "krbtgt", realm))))
	h.ask(at, "kerberos", d, dc, 88, request, failure)
	s := h.dial(at+10*time.Millisecond, "ldap", d, dc, 389)
	s.send(ber(0x30, berInt(1), ber(0x60, berInt(3), berText(4, "CN="+canary.User+",OU=Ward,DC=hospital,DC=example"), berText(0x80, canary.Secret))))
	s.reply(ber(0x30, berInt(1), ber(0x61, ber(0x0a, []byte{0}), berText(4, ""), berText(4, ""))))
	s.send(ber(0x30, berInt(2), ber(0x63, berText(4, ""), ber(0x0a, []byte{0}), ber(0x0a, []byte{0}), berInt(0), berInt(0), ber(1, []byte{0}), berText(0x87, "objectClass"), ber(0x30, berText(4, "dnsHostName")))))
	s.reply(append(ber(0x30, berInt(2), ber(0x64, berText(4, ""), ber(0x30, ber(0x30, berText(4, "dnsHostName"), ber(0x31, berText(4, dc.Hostname+"."+domain)))))),
		ber(0x30, berInt(2), ber(0x65, ber(0x0a, []byte{0}), berText(4, ""), berText(4, "")))...))
	s.send(ber(0x30, berInt(3), []byte{0x42, 0})).close()
}

// browse is what a workstation fetches from the internet.
func (h *Hospital) browse(at time.Duration, d *Host) {
	remote := h.names["updates.example.com"]
	h.lookup(at, d, remote.Hostname, remote.IP)
	if h.turn("quic", 3) {
		h.quic(at+20*time.Millisecond, d, remote, remote.Hostname)
		return
	}
	h.tls13(at+20*time.Millisecond, d, remote, 443, remote.Hostname, 20<<10)
}

// share is an SMB2 session with an NTLM login, MS-SMB2 and MS-NLMP.
func (h *Hospital) share(at time.Duration, client, server *Host) {
	s := h.dial(at, "smb", client, server, 445)
	s.send(smb2(0, 0, 0, negotiateRequest(client.OS))).reply(smb2(0, 1, 0, negotiateResponse(h.noise(16), server.OS)))
	s.send(smb2(1, 0, 1, setupRequest(ntlmNegotiate(client)))).reply(smb2(1, 1, 1, setupResponse(ntlmChallenge(server)), 0x16, 0, 0, 0xc0))
	s.send(smb2(1, 0, 2, setupRequest(ntlmAuthenticate(client)))).reply(smb2(1, 1, 2, setupResponse(nil)))
	s.send(smb2(2, 0, 3, nil)).reply(smb2(2, 1, 3, nil)).close()
}

// smb2 frames one message: NetBIOS length, header (MS-SMB2 2.2.1), body. A nil
// body is a log-off.
func smb2(command byte, flags byte, id byte, body []byte, status ...byte) []byte {
	if body == nil {
		body = []byte{4, 0, 0, 0}
	}
	b := make([]byte, 68, 68+len(body))
	n := 64 + len(body)
	b[1], b[2], b[3] = byte(n>>16), byte(n>>8), byte(n)
	copy(b[4:], "\xfeSMB\x40\x00\x01\x00")
	copy(b[12:], status)
	b[16], b[18], b[20] = command, 1, flags
	b[28] = id
	if command > 0 && (flags == 1 || id > 1) {
		b[44] = 9 // session id
	}
	return append(b, body...)
}

func dialect(os string) []byte {
	switch os {
	case "Windows 7":
		return []byte{0x10, 0x02}
	case "Windows Server 2012 R2":
		return []byte{0x02, 0x03}
	}
	return []byte{0x00, 0x03}
}

// negotiateRequest is MS-SMB2 2.2.3, without the contexts of 3.1.1.
func negotiateRequest(os string) []byte {
	b := append([]byte{36, 0, 2, 0, 1, 0, 0, 0, 0x7f, 0, 0, 0}, "clientguid-ward0"...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	return append(append(b, 0x02, 0x02), dialect(os)...)
}

// negotiateResponse is MS-SMB2 2.2.4.
func negotiateResponse(guid []byte, os string) []byte {
	b := append([]byte{65, 0, 1, 0}, dialect(os)...)
	b = append(append(b, 0, 0), guid...)
	b = append(b, 7, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 0, 0x10, 0)
	b = append(b, make([]byte, 16)...)
	return append(b, 128, 0, 0, 0, 0, 0, 0, 0)
}

// setupRequest is MS-SMB2 2.2.5, setupResponse 2.2.6.
func setupRequest(token []byte) []byte {
	b := []byte{25, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 88, 0, byte(len(token)), byte(len(token) >> 8), 0, 0, 0, 0, 0, 0, 0, 0}
	return append(b, token...)
}

func setupResponse(token []byte) []byte {
	return append([]byte{9, 0, 0, 0, 72, 0, byte(len(token)), byte(len(token) >> 8)}, token...)
}

// fields puts values behind a fixed part and describes each by length and offset.
func fields(b []byte, at []int, values ...[]byte) []byte {
	for i, v := range values {
		binary.LittleEndian.PutUint16(b[at[i]:], uint16(len(v)))
		binary.LittleEndian.PutUint16(b[at[i]+2:], uint16(len(v)))
		binary.LittleEndian.PutUint32(b[at[i]+4:], uint32(len(b)))
		b = append(b, v...)
	}
	return b
}

func ntlmVersion(b []byte, os string) {
	major, minor, build := windowsVersion(os)
	b[0], b[1], b[7] = major, minor, 15
	binary.LittleEndian.PutUint16(b[2:], build)
}

// ntlmFlags: Unicode, NTLM, target info, extended security, version, 128 bit.
const ntlmFlags = "\x15\x82\x8a\x62"

// ntlmNegotiate, ntlmChallenge and ntlmAuthenticate are MS-NLMP 2.2.1.
func ntlmNegotiate(d *Host) []byte {
	b := make([]byte, 40)
	copy(b, "NTLMSSP\x00\x01\x00\x00\x00\x97\x82\x08\xe2")
	ntlmVersion(b[32:], d.OS)
	return b
}

func ntlmChallenge(server *Host) []byte {
	b := make([]byte, 56)
	copy(b, "NTLMSSP\x00\x02\x00\x00\x00")
	copy(b[20:], ntlmFlags)
	copy(b[24:], "\x11\x22\x33\x44\x55\x66\x77\x88")
	ntlmVersion(b[48:], server.OS)
	var info []byte
	for i, text := range []string{"", server.Hostname, workgroup, server.Hostname + "." + domain, domain} {
		if i > 0 {
			v := utf16le(text)
			info = append(append(info, byte(i), 0, byte(len(v)), byte(len(v)>>8)), v...)
		}
	}
	return fields(b, []int{12, 40}, utf16le(workgroup), append(info, 0, 0, 0, 0))
}

func ntlmAuthenticate(d *Host) []byte {
	b := make([]byte, 72)
	copy(b, "NTLMSSP\x00\x03\x00\x00\x00")
	copy(b[60:], ntlmFlags)
	ntlmVersion(b[64:], d.OS)
	lm, nt := make([]byte, 24), make([]byte, 24)
	copy(nt, canary.Secret) // an answer of the old kind; its bytes are what they are
	return fields(b, []int{12, 20, 28, 36, 44, 52}, lm, nt, utf16le(workgroup), utf16le(canary.User), utf16le(d.Hostname), nil)
}

// remoteDesktop is the start of an RDP session, MS-RDPBCGR 2.2.1.1: with the
// user's cookie; the answer chooses plain RDP security or, with network level
// authentication, CredSSP over TLS.
func (h *Hospital) remoteDesktop(at time.Duration, client, server *Host, secure bool) {
	s := h.dial(at, "rdp", client, server, 3389)
	cookie := "Cookie: mstshash=" + canary.User + "\r\n"
	body := append([]byte{byte(6 + len(cookie) + 8), 0xe0, 0, 0, 0, 0, 0}, cookie...)
	choice := byte(0)
	if secure {
		choice = 2
	}
	body = append(body, 1, 0, 8, 0, choice|choice>>1, 0, 0, 0)
	s.send(tpkt(body)).reply(tpkt([]byte{14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, choice, 0, 0, 0}))
	if secure {
		h.handshake12(s, "", server.Hostname+"."+domain, "")
		h.sealed(s, 2000)
		return
	}
	s.close()
}

func tpkt(b []byte) []byte {
	return append([]byte{3, 0, byte((len(b) + 4) >> 8), byte(len(b) + 4)}, b...)
}

// telemetry plays the Spacelabs receiver: a Windows appliance whose remote
// desktop answers without network level authentication.
func (h *Hospital) telemetry(d *Host) {
	h.boot(d, func(at time.Duration) {
		h.netbios(at, d)
		h.windowsClient(at, d)
		nms := h.one(d.ward, "nms")
		h.every(at+h.between(10*time.Second, 30*time.Second), h.around(5*time.Minute), func(at time.Duration) { h.remoteDesktop(at, nms, d, false) })
	})
}
