package fingerprint

import (
	"strings"

	"ward/asset/device"
	"ward/wire/proto/hl7"
)

// hl7Message reads MSH-3 and MSH-4. The name is set by the site, so it weighs
// little; an EUI-64 holds the maker's block (IHE PCD TF-2 section 3.1).
func (r *Reader) hl7Message(f hl7.Message) {
	at := r.from()
	if f.Sender.Name != "" {
		r.text(at, hl7Sender, f.Sender.Name+"|"+f.SenderFacility.Name)
		r.text(at, modelText, f.Sender.Name)
	}
	if f.Sender.EUI64 != "" {
		r.eui64(at, f.Sender.EUI64, "hl7.eui64", "EUI-64 in MSH-3")
	}
	event, _, _ := strings.Cut(f.Type, "^")
	switch event {
	case "ACK", "":
	case "ADT":
		r.claim(at, device.FieldRole, "adt_source", "hl7.type", device.Medium, "sends ADT messages")
	case "RGV":
		r.claim(at, device.FieldRole, "pump_orders", "hl7.type", device.Medium, "sends RGV messages (infusion orders)")
	case "OUL":
		r.claim(at, device.FieldRole, "lab_results", "hl7.type", device.Medium, "sends OUL messages (laboratory results)")
	}
}

// eui64 states the maker in an EUI-64 with full weight: the device says it.
func (r *Reader) eui64(at device.Subject, digits, rule, saw string) {
	claims, ok := r.eui[digits]
	if !ok {
		if claims = r.rules.EUI64(digits); r.eui == nil || len(r.eui) >= maxMemo {
			r.eui = map[string][]device.Claim{}
		}
		r.eui[digits] = claims
	}
	for _, c := range claims {
		c.Source = device.Source{Rule: rule, Saw: saw}
		if c.Field == device.FieldManufacturer {
			c.Confidence = device.Strong
		}
		r.emit(at, c)
	}
}

// hl7Equipment reads OBX-18 and PRT-10. Behind a gateway they name the devices
// that the gateway speaks for, so the serial weighs medium: where several are
// seen, none is shown.
func (r *Reader) hl7Equipment(f hl7.Equipment) {
	at := r.from()
	switch {
	case f.Universal.EUI64 != "":
		r.eui64(at, f.Universal.EUI64, "hl7.equipment", "EUI-64 in "+f.Field)
	case f.Universal.UniversalID == "" && f.Namespace == "" && plausibleSerial(f.ID):
		r.claim(at, device.FieldSerial, f.ID, "hl7.equipment", device.Medium, f.Field)
	}
	if f.Namespace != "" {
		r.text(at, modelText, f.Namespace)
	}
	r.text(at, modelText, f.ID)
}

// plausibleSerial wants a digit and no blanks.
func plausibleSerial(s string) bool {
	return len(s) >= 4 && strings.ContainsAny(s, "0123456789") && !strings.ContainsAny(s, " \t")
}

func (r *Reader) hl7Traffic(f hl7.Traffic) {
	if len(f.MDC) > 0 {
		r.claim(r.from(), device.FieldRole, "device_observations", "hl7.mdc", device.Strong, "sends observations coded in MDC (ISO/IEEE 11073-10101)")
	}
}
