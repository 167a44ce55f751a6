package sim

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"ward/internal/canary"
)

// basicAuth is the staff member's login as HTTP sends it, RFC 7617.
func basicAuth() string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(canary.User+":"+canary.Secret))
}

// httpRequest is RFC 9112; extra is a header line, body may be empty.
func httpRequest(method, target, host, agent, extra, body string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n", method, target, host, agent)
	if extra != "" {
		b.WriteString(extra + "\r\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return []byte(b.String())
}

func httpResponse(status, server, contentType, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\nServer: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", status, server, contentType, len(body), body)
}

// dicomWeb searches and fetches over HTTP, PS3.18.
func (h *Hospital) dicomWeb(at time.Duration, d, pacs *Host) {
	s := h.dial(at, "http", d, pacs, 8080)
	host := strings.ToLower(pacs.Hostname) + "." + domain + ":8080"
	s.send(httpRequest("GET", "/", host, "OsiriX/12.0", "Accept: text/html", ""))
	s.reply(httpResponse("200 OK", "Apache-Coyote/1.1", "text/html", "<html><head><title>Vue PACS</title></head><body>Philips Vue PACS 12.2.1.5 (Apache Tomcat/8.5.5)</body></html>"))
	s.send(httpRequest("GET", "/dicom-web/studies?PatientID="+canary.MRN+"&PatientName="+canary.Family, host, "OsiriX/12.0", "Accept: application/dicom+json\r\n"+basicAuth(), ""))
	s.reply(httpResponse("200 OK", "Apache-Coyote/1.1", "application/dicom+json", `[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"`+canary.HL7Name+`"}]},"00100020":{"vr":"LO","Value":["`+canary.MRN+`"]}}]`))
	s.send(httpRequest("GET", "/manager/html", host, "OsiriX/12.0", "Accept: text/html", ""))
	s.reply([]byte("HTTP/1.1 401 Unauthorized\r\nServer: Apache-Coyote/1.1\r\nWWW-Authenticate: Basic realm=\"Tomcat Manager Application\"\r\nContent-Type: text/html\r\nContent-Length: 59\r\n\r\n<html><title>Apache Tomcat/8.5.5 - Error report</title>401\n"))
	s.close()
}

// fhir is a search of the interface engine at the record server.
func (h *Hospital) fhir(at time.Duration, d, ehr *Host) {
	s := h.dial(at, "http", d, ehr, 8080)
	host := strings.ToLower(ehr.Hostname) + "." + domain
	s.send(httpRequest("GET", "/fhir/Patient?family="+canary.Family+"&birthdate="+canary.Birth, host, "Mirth/3.12.0", "Accept: application/fhir+json", ""))
	s.reply(httpResponse("200 OK", "nginx/1.18.0", "application/fhir+json", `{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"resource":{"resourceType":"Patient","name":[{"family":"`+canary.Family+
		`","given":["`+canary.Given+`"]}],"telecom":[{"value":"`+canary.Phone+`"}],"address":[{"line":["`+canary.Address+`"]}]}}]}`))
	s.send(httpRequest("GET", "/fhir/metadata", host, "Mirth/3.12.0", "Accept: application/fhir+json", ""))
	s.reply(httpResponse("200 OK", "nginx/1.18.0", "application/fhir+json", `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","software":{"name":"RecordServer","version":"7.2"}}`))
	s.close()
}

// camera plays an IP camera: found by WS-Discovery, watched over RTSP, its page
// protected with a login.
func (h *Hospital) camera(d *Host) {
	h.boot(d, func(at time.Duration) {
		name := fmt.Sprintf("AXIS M3045-V - %02X%02X%02X%02X%02X%02X", d.MAC[0], d.MAC[1], d.MAC[2], d.MAC[3], d.MAC[4], d.MAC[5])
		h.service(at, d, name, "_axis-video._tcp", 80, "macaddress="+name[len(name)-12:])
		h.every(at+2*time.Second, h.around(4*time.Minute), func(at time.Duration) { h.onvif(at, d) })
		viewer := h.one(d.ward, "bms")
		h.plan(at+5*time.Second, func(at time.Duration) { h.rtsp(at, viewer, d) })
		h.every(at+20*time.Second, h.around(5*time.Minute), func(at time.Duration) { h.cameraPage(at, viewer, d) })
		h.every(at+40*time.Second, h.around(5*time.Minute), func(at time.Duration) { h.ntp(at, d) })
	})
}

func (h *Hospital) cameraPage(at time.Duration, viewer, d *Host) {
	s := h.dial(at, "http", viewer, d, 80)
	s.send(httpRequest("GET", "/", d.IP.String(), "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Accept: text/html", ""))
	s.reply([]byte("HTTP/1.1 401 Unauthorized\r\nServer: Apache/2.4.41 (Unix) OpenSSL/1.1.1d\r\nWWW-Authenticate: Digest realm=\"AXIS_ACCC8E00210E\", nonce=\"5e9f1a\", algorithm=MD5, qop=\"auth\"\r\nContent-Length: 0\r\n\r\n"))
	s.send(httpRequest("GET", "/", d.IP.String(), "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", `Authorization: Digest username="`+canary.User+`", realm="AXIS_ACCC8E00210E", nonce="5e9f1a", uri="/", response="0123456789abcdef0123456789abcdef"`, ""))
	s.reply(httpResponse("200 OK", "Apache/2.4.41 (Unix) OpenSSL/1.1.1d", "text/html", "<html><head><title>AXIS M3045-V Network Camera</title></head></html>"))
	s.close()
}

// rtsp is RFC 2326: describe, set up, play.
func (h *Hospital) rtsp(at time.Duration, viewer, d *Host) {
	s := h.dial(at, "rtsp", viewer, d, 554)
	url := "rtsp://" + d.IP.String() + "/axis-media/media.amp"
	const agent = "\r\nUser-Agent: VMS/4.1\r\n\r\n"
	s.send([]byte("OPTIONS " + url + " RTSP/1.0\r\nCSeq: 1" + agent))
	s.reply([]byte("RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: GStreamer RTSP server\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n"))
	s.send([]byte("DESCRIBE " + url + " RTSP/1.0\r\nCSeq: 2\r\n" + basicAuth() + agent))
	sdp := "v=0\r\no=- 1 1 IN IP4 " + d.IP.String() + "\r\ns=Session streamed with GStreamer\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
	s.reply(fmt.Appendf(nil, "RTSP/1.0 200 OK\r\nCSeq: 2\r\nServer: GStreamer RTSP server\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", len(sdp), sdp))
	s.close()
}

// printer plays a network printer: announces itself, takes jobs.
func (h *Hospital) printer(d *Host) {
	h.boot(d, func(at time.Duration) {
		name := "HP LaserJet M402dn (" + d.Hostname[3:] + ")"
		h.service(at, d, name, "_ipp._tcp", 631, "rp=ipp/print", "ty=HP LaserJet M402dn", "product=(HP LaserJet M402dn)", "usb_MFG=HP")
		h.service(at+10*time.Millisecond, d, name, "_pdl-datastream._tcp", 9100, "ty=HP LaserJet M402dn", "usb_MFG=HP")
		client := h.one(d.ward, "win10")
		h.every(at+h.between(5*time.Second, 40*time.Second), h.around(3*time.Minute), func(at time.Duration) { h.printJob(at, client, d) })
		h.every(at+h.between(20*time.Second, 60*time.Second), h.around(4*time.Minute), func(at time.Duration) { h.ipp(at, client, d) })
		h.snmpPolls(at, d, "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI24090012,CIDATE 02/18/2019", "1.3.6.1.4.1.11.2.3.9.1")
	})
}

// printJob is a raw job with PJL, the user's name in it.
func (h *Hospital) printJob(at time.Duration, client, d *Host) {
	s := h.dial(at, "printing", client, d, 9100)
	s.send([]byte("\x1b%-12345X@PJL\r\n@PJL INFO ID\r\n")).reply([]byte("@PJL INFO ID\r\n\"HP LaserJet M402dn\"\r\n\x0c"))
	job := "\x1b%-12345X@PJL JOB NAME = \"Label " + canary.Family + "\"\r\n@PJL SET USERNAME = \"" + canary.User + "\"\r\n@PJL ENTER LANGUAGE = PCL\r\n\x1bE" +
		canary.Given + " " + canary.Family + "  " + canary.MRN + "  born " + canary.Birth + "\r\n\x0c\x1bE\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X"
	s.send([]byte(job)).close()
}

// ipp is Get-Printer-Attributes, RFC 8011 section 4.2.5, over IPv6 where both
// stand in one network.
func (h *Hospital) ipp(at time.Duration, client, d *Host) {
	attr := func(b []byte, tag byte, name, value string) []byte {
		b = append(append(b, tag, 0, byte(len(name))), name...)
		return append(append(b, 0, byte(len(value))), value...)
	}
	q := []byte{1, 1, 0, 0x0b, 0, 0, 0, 1, 1}
	q = attr(q, 0x47, "attributes-charset", "utf-8")
	q = attr(q, 0x48, "attributes-natural-language", "en")
	q = attr(q, 0x45, "printer-uri", "ipp://"+d.IP.String()+"/ipp/print")
	q = append(attr(q, 0x42, "requesting-user-name", canary.User), 3)
	a := []byte{1, 1, 0, 0, 0, 0, 0, 1, 1}
	a = attr(a, 0x47, "attributes-charset", "utf-8")
	a = append(attr(a, 0x48, "attributes-natural-language", "en"), 4)
	a = append(attr(a, 0x41, "printer-make-and-model", "HP LaserJet M402dn"), 3)
	if client.VLAN == d.VLAN {
		h.resolve6(at, client, d)
		s := h.dial6(at+time.Millisecond, "http", client, d, 631)
		h.ippExchange(s, d, q, a)
		return
	}
	h.ippExchange(h.dial(at, "http", client, d, 631), d, q, a)
}

func (h *Hospital) ippExchange(s *stream, d *Host, q, a []byte) {
	s.send(httpRequest("POST", "/ipp/print", d.IP.String()+":631", "Windows IPP", "Content-Type: application/ipp", string(q)))
	s.reply(httpResponse("200 OK", "HP HTTP Server; HP LaserJet M402dn - C5F94A; Serial Number: "+d.Serial, "application/ipp", string(a)))
	s.close()
}
