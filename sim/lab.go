package sim

import (
	"fmt"
	"strings"
	"time"

	"ward/internal/canary"
)

// Ports on which the laboratory servers listen.
const (
	lisPort = 5000
	pocPort = 3001
)

// analyser plays a Sysmex haematology analyser: results by LIS2-A2.
func (h *Hospital) analyser(d *Host) {
	h.boot(d, func(at time.Duration) {
		lis := h.one(d.ward, "lis")
		h.find(at, d, lis)
		h.every(at+h.between(time.Second, 20*time.Second), h.around(90*time.Second), func(at time.Duration) {
			s := h.dial(at, "lis2a2", d, lis, lisPort)
			h.transfer(s, []string{
				`H|\^&|||` + d.Model + `^` + d.Version + `^` + d.Serial + `^^^^||||||||E1394-97`,
				`P|1|||` + canary.MRN + `|` + canary.Family + `^` + canary.Given + `||` + canary.Birth + `|F||` + canary.Address + `||` + canary.Phone,
				`O|1||^^` + canary.MRN + `^M|^^^^WBC\^^^^RBC|||||||N||||||||||||||F`,
				`R|1|^^^^WBC^1|6.52|10*3/uL||N||F||` + canary.User + `|20260302071500`,
				`R|2|^^^^RBC^1|4.41|10*6/uL||N||F||` + canary.User + `|20260302071500`,
				`L|1|N`,
			})
			s.close()
		})
		h.windowsClient(at, d)
	})
}

// transfer is the LIS01-A2 link: ENQ, numbered frames with checksum, EOT.
func (h *Hospital) transfer(s *stream, records []string) {
	s.send([]byte{5}).reply([]byte{6})
	for i, r := range records {
		text := fmt.Sprintf("%d%s\r\x03", (i+1)%8, r)
		check := byte(0)
		for _, c := range []byte(text) {
			check += c
		}
		s.send(fmt.Appendf(nil, "\x02%s%02X\r\n", text, check)).reply([]byte{6})
	}
	s.send([]byte{4})
}

// bloodGas plays a blood gas analyser: POCT1-A with its data manager.
func (h *Hospital) bloodGas(d *Host) {
	h.boot(d, func(at time.Duration) {
		manager := h.one(d.ward, "poc_manager")
		h.find(at, d, manager)
		h.plan(at+time.Second, func(at time.Duration) {
			s := h.dial(at, "poct1a", d, manager, pocPort)
			h.poctExchange(s, "HEL.R01", `<DEV><DEV.device_id V="`+eui64(d.MAC)+`"/><DEV.vendor_id V="SIEMENS"/><DEV.model_id V="`+d.Model+`"/><DEV.serial_id V="`+d.Serial+
				`"/><DEV.manufacturer_name V="`+d.Manufacturer+`"/><DEV.sw_version V="`+d.Version+`"/><DEV.device_name V="RP500"/>`+
				`<DCP><DCP.application_timeout V="60"/></DCP><DSC><DSC.connection_profile_cd V="SA"/></DSC></DEV>`)
			h.poctExchange(s, "DST.R01", `<DST><DST.status_dttm V="2026-03-02T07:00:00+00:00"/><DST.new_observations_qty V="1"/><DST.condition_cd V="R"/></DST>`)
			s.reply([]byte(poctMessage("REQ.R01", 900, `<REQ><REQ.request_cd V="ROBS"/></REQ>`)))
			h.poctResults(s, d)
		})
		h.windowsClient(at, d)
	})
}

// poctResults sends a result now and then, and the operator list once more.
func (h *Hospital) poctResults(s *stream, d *Host) {
	h.poctExchange(s, "OBS.R01", `<SVC><SVC.role_cd V="OBS"/><SVC.observation_dttm V="2026-03-02T07:10:00+00:00"/><PT><PT.patient_id V="`+canary.MRN+`"/><PT.name V="`+canary.Given+" "+canary.Family+
		`"/><PT.birth_date V="`+canary.Birth+`"/><OBS><OBS.observation_id V="2823-3" SN="LN"/><OBS.value V="4.1" U="mmol/L"/></OBS></PT><OPR><OPR.operator_id V="`+canary.User+`"/></OPR></SVC>`)
	s.reply([]byte(poctMessage("OPL.R01", 901, `<OPR><OPR.operator_id V="`+canary.User+`"/><OPR.name V="`+canary.User+`"/><ACC><ACC.password V="`+canary.Secret+`"/></ACC></OPR>`)))
	s.later(h.between(60*time.Second, 120*time.Second), func(s *stream) { h.poctResults(s, d) })
}

// poctExchange sends one message and takes its acknowledgement.
func (h *Hospital) poctExchange(s *stream, kind, body string) {
	h.control++
	s.send([]byte(poctMessage(kind, int(h.control), body)))
	s.reply([]byte(poctMessage("ACK.R01", int(h.control), fmt.Sprintf(`<ACK><ACK.type_cd V="AA"/><ACK.ack_control_id V="%d"/></ACK>`, h.control))))
}

func poctMessage(kind string, id int, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><%s><HDR><HDR.message_type V=%q/><HDR.control_id V="%d"/><HDR.version_id V="POCT1"/><HDR.creation_dttm V="2026-03-02T07:00:00+00:00"/></HDR>%s</%s>`, kind, kind, id, body, kind)
	return b.String()
}
