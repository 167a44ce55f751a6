package sim

import (
	"fmt"
	"strings"
	"time"

	"ward/internal/canary"
)

// mllpPort is where the interface engine listens.
const mllpPort = 2575

// mllp frames a message, HL7 v2 transport: 0B, message, 1C 0D.
func mllp(segments ...string) []byte {
	return []byte("\x0b" + strings.Join(segments, "\r") + "\r\x1c\r")
}

// msh is the header segment.
func (h *Hospital) msh(at time.Duration, sender, facility, receiver, kind, id string) string {
	stamp := h.cfg.Start.Add(at).Format("20060102150405")
	return fmt.Sprintf(`MSH|^~\&|%s|%s|%s|HOSPITAL|%s|%s|%s|%s|P|2.6|||AL|NE||8859/1`, sender, facility, receiver, stamp, canary.Secret, kind, id)
}

// pid is the patient.
func pid() string {
	return "PID|||" + canary.MRN + "^^^HOSPITAL^MR||" + canary.HL7Name + "||" + canary.Birth + "|F|||" + canary.Address + "^^Town||" + canary.Phone
}

// acknowledge is the answer of the receiver.
func (h *Hospital) acknowledge(at time.Duration, receiver, id string) []byte {
	return mllp(h.msh(at, receiver, "HOSPITAL", "", "ACK", "A"+id), "MSA|AA|"+id)
}

// message sends one message on a session and takes the acknowledgement.
func (h *Hospital) message(s *stream, receiver, id string, segments ...string) {
	s.send(mllp(segments...))
	s.wait(h.between(time.Millisecond, 30*time.Millisecond))
	s.reply(h.acknowledge(s.at, receiver, id))
}

// controlID numbers messages.
func (h *Hospital) controlID() string {
	h.control++
	return fmt.Sprintf("M%08d", h.control)
}

// eui64 is the identity of a gateway as IHE PCD writes it, made of its MAC.
func eui64(m mac) string {
	return fmt.Sprintf("%02X%02X%02XFFFE%02X%02X%02X", m[0], m[1], m[2], m[3], m[4], m[5])
}

// vitals is IHE PCD-01: observations of one bed, the device named by OBX-18.
func (h *Hospital) vitals(at time.Duration, sender, facility string, device *Host) (string, []string) {
	id := h.controlID()
	equipment := fmt.Sprintf("%s^%s^%s^EUI-64", device.Model, device.Manufacturer, eui64(device.MAC))
	return id, []string{
		h.msh(at, sender, facility, "ENGINE", "ORU^R01^ORU_R01", id),
		pid(),
		"PV1||I|ICU^^" + device.Location,
		"OBR|1|" + id + "^GW|" + id + "^GW|182777000^monitoring of patient^SCT",
		"OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.7.4.147842|" + fmt.Sprint(60+h.rng.IntN(40)) + "|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F||||||" + equipment,
		"OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.150456|" + fmt.Sprint(92+h.rng.IntN(8)) + "|262688^MDC_DIM_PERCENT^MDC|||||F||||||" + equipment,
		"NTE|1||seen by " + canary.User,
	}
}

// engine sends on what it takes: results to the record server.
func (h *Hospital) engine(d *Host) {
	h.boot(d, func(at time.Duration) {
		ehr := h.one(d.ward, "ehr")
		h.find(at, d, ehr)
		h.every(at+h.between(0, 20*time.Second), h.around(25*time.Second), func(at time.Duration) {
			s := h.dial(at, "hl7", d, ehr, mllpPort)
			for range 1 + h.rng.IntN(4) {
				id := h.controlID()
				h.message(s, "EHR", id, h.msh(s.at, "MIRTH", "ENGINE", "EHR", "ORU^R01^ORU_R01", id), pid(),
					"OBR|1|"+id+"||718-7^Hemoglobin^LN", "OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL|12-16|N|||F")
				s.wait(h.between(10*time.Millisecond, 2*time.Second))
			}
			s.close()
		})
		h.every(at+7*time.Second, h.around(2*time.Minute), func(at time.Duration) { h.fhir(at, d, ehr) })
		h.every(at+15*time.Second, h.around(3*time.Minute), func(at time.Duration) { h.audit(at, d) })
	})
}

// records plays the patient record server in another building: admissions.
func (h *Hospital) records(d *Host) {
	h.boot(d, func(at time.Duration) {
		engine := h.one(d.ward, "engine")
		h.every(at+h.between(0, 10*time.Second), h.around(40*time.Second), func(at time.Duration) {
			s := h.dial(at, "hl7", d, engine, mllpPort)
			id := h.controlID()
			h.message(s, "MIRTH", id, h.msh(s.at, "EPIC", "HOSP", "MIRTH", "ADT^A01^ADT_A01", id), "EVN|A01|20260302", pid(),
				"NK1|1|"+canary.Family+"^Kin||"+canary.Address+"|"+canary.Phone, "PV1||I|ICU^1^1")
			s.close()
		})
	})
}
