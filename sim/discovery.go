package sim

import (
	"fmt"
	"time"
)

// uuid is a name that stays with a device, made of its MAC.
func uuid(d *Host) string {
	return fmt.Sprintf("urn:uuid:5f1c3a00-77a4-4d1e-9c1b-%02x%02x%02x%02x%02x%02x", d.MAC[0], d.MAC[1], d.MAC[2], d.MAC[3], d.MAC[4], d.MAC[5])
}

const (
	soapHead = `<?xml version="1.0" encoding="UTF-8"?><s12:Envelope xmlns:s12="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" ` +
		`xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01" xmlns:dpws="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01" xmlns:mdpws="http://standards.ieee.org/downloads/11073/11073-20702-2016">`
	wsdPort = 3702
)

// sdcMessage is a WS-Discovery 1.1 message of an SDC provider (IEEE 11073-20702).
func sdcMessage(kind, id, body string) []byte {
	return []byte(soapHead + `<s12:Header><wsa:Action>http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/` + kind + `</wsa:Action><wsa:MessageID>` + id +
		`</wsa:MessageID><wsa:To>urn:docs-oasis-open-org:ws-dd:ns:discovery:2009:01</wsa:To><wsd:AppSequence InstanceId="1772434800" MessageNumber="1"/></s12:Header><s12:Body>` + body + `</s12:Body></s12:Envelope>`)
}

// sdc plays a ventilator that offers SDC: Hello, answers to probes, then data
// over TLS to the consumer.
func (h *Hospital) sdc(d *Host) {
	h.boot(d, func(at time.Duration) {
		endpoint := `<wsa:EndpointReference><wsa:Address>` + uuid(d) + `</wsa:Address></wsa:EndpointReference><wsd:Types>dpws:Device mdpws:MedicalDevice</wsd:Types>` +
			`<wsd:Scopes>sdc.mds.pkp:1.2.840.10004.20701.1.1 sdc.ctxt.loc:/sdc.ctxt.loc.detail/?fac=HOSP&amp;poc=ICU1&amp;bed=7</wsd:Scopes>` +
			`<wsd:XAddrs>https://` + d.IP.String() + `:6464/mdpws</wsd:XAddrs><wsd:MetadataVersion>3</wsd:MetadataVersion>`
		h.cast(at, "sdc", d, &wsd4, wsdPort, wsdPort, sdcMessage("Hello", uuid(d)[:40]+"000001", "<wsd:Hello>"+endpoint+"</wsd:Hello>"))
		h.cast(at+time.Millisecond, "sdc", d, &wsd6, wsdPort, wsdPort, sdcMessage("Hello", uuid(d)[:40]+"000001", "<wsd:Hello>"+endpoint+"</wsd:Hello>"))
		consumer := h.one(d.ward, "philips_central")
		probe := sdcMessage("Probe", uuid(consumer)[:40]+"000002", "<wsd:Probe><wsd:Types>mdpws:MedicalDevice</wsd:Types></wsd:Probe>")
		matches := sdcMessage("ProbeMatches", uuid(d)[:40]+"000003", "<wsd:ProbeMatches><wsd:ProbeMatch>"+endpoint+"</wsd:ProbeMatch></wsd:ProbeMatches>")
		h.every(at+5*time.Second, h.around(2*time.Minute), func(at time.Duration) {
			port := consumer.ephemeral()
			h.cast(at, "sdc", consumer, &wsd4, port, wsdPort, probe)
			h.session("sdc", consumer, d, "udp", wsdPort)
			h.udp(at+20*time.Millisecond, d, consumer, h.tap(consumer, d), wsdPort, port, matches)
		})
		h.every(at+7*time.Second, h.around(90*time.Second), func(at time.Duration) {
			h.tls12(at, consumer, d, 6464, "", "evita.draeger.example", "Draeger", 12<<10)
		})
	})
}

// onvif is the camera's Hello in the older draft of WS-Discovery.
func (h *Hospital) onvif(at time.Duration, d *Host) {
	body := `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
		`xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header><wsa:MessageID>` + uuid(d) + `</wsa:MessageID>` +
		`<wsa:To SOAP-ENV:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To><wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</wsa:Action></SOAP-ENV:Header>` +
		`<SOAP-ENV:Body><d:Hello><wsa:EndpointReference><wsa:Address>` + uuid(d) + `</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>` +
		`<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/M3045-V onvif://www.onvif.org/name/AXIS%20M3045-V</d:Scopes>` +
		`<d:XAddrs>http://` + d.IP.String() + `/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:Hello></SOAP-ENV:Body></SOAP-ENV:Envelope>`
	h.cast(at, "sdc", d, &wsd4, wsdPort, wsdPort, []byte(body))
}
