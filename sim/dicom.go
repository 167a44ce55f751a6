package sim

import (
	"encoding/binary"
	"time"

	"ward/internal/canary"
)

// DICOM UIDs, PS3.6 annex A.
const (
	uidContext      = "1.2.840.10008.3.1.1.1"
	uidImplicit     = "1.2.840.10008.1.2"
	uidExplicit     = "1.2.840.10008.1.2.1"
	uidVerification = "1.2.840.10008.1.1"
	uidWorklist     = "1.2.840.10008.5.1.4.31"
	uidMPPS         = "1.2.840.10008.3.1.2.3.3"
	uidCommitment   = "1.2.840.10008.1.20.1"
	uidCommitModel  = "1.2.840.10008.1.20.1.1"
	uidStudyFind    = "1.2.840.10008.5.1.4.1.2.2.1"
	uidStudyMove    = "1.2.840.10008.5.1.4.1.2.2.2"
	uidCT           = "1.2.840.10008.5.1.4.1.1.2"
	uidUS           = "1.2.840.10008.5.1.4.1.1.6.1"
	uidUSMulti      = "1.2.840.10008.5.1.4.1.1.3.1"
	uidSC           = "1.2.840.10008.5.1.4.1.1.7"
	uidDose         = "1.2.840.10008.5.1.4.1.1.88.67"
)

// dicomStack is what a product says of its DICOM software (PS3.7 annex D.3.3.2).
type dicomStack struct{ uid, version string }

var dicomStacks = map[string]dicomStack{
	"ct":             {"1.3.12.2.1107.5.1.4", "SIEMENS_S7VA48A"},
	"ultrasound":     {"1.2.840.113619.6.280", "LOGIQE9_R6"},
	"far_ultrasound": {"1.2.840.114340.3", "Tiller_SV500"},
	"pacs":           {"1.2.840.113564.3.7.1", "VUEPACS_12"},
	"broker":         {"1.2.40.0.13.1.3", "dcm4che-5.29.0"},
	"viewer":         {"1.2.276.0.7238010.5.0.3.5.4", "OSIRIX"},
}

// association is one under way.
type association struct {
	*stream
	message uint16
}

// associate opens a DICOM association that proposes the given classes.
func (h *Hospital) associate(at time.Duration, client, server *Host, port uint16, classes ...string) *association {
	s := h.dial(at, "dicom", client, server, port)
	s.send(associatePDU(1, client, server, dicomStacks[client.row.key], classes))
	s.reply(associatePDU(2, client, server, dicomStacks[server.row.key], classes))
	return &association{stream: s}
}

// associatePDU is PS3.8 section 9.3.2 (type 1) and 9.3.3 (type 2).
func associatePDU(kind byte, client, server *Host, stack dicomStack, classes []string) []byte {
	b := append([]byte{0, 1, 0, 0}, pad16(server.AETitles[0])...)
	b = append(append(b, pad16(client.AETitles[0])...), make([]byte, 32)...)
	b = append(b, dicomItem(0x10, []byte(uidContext))...)
	for i, class := range classes {
		context := []byte{byte(2*i + 1), 0, 0, 0}
		if kind == 1 {
			context = append(context, dicomItem(0x30, []byte(class))...)
			context = append(context, dicomItem(0x40, []byte(uidImplicit))...)
			context = append(context, dicomItem(0x40, []byte(uidExplicit))...)
			b = append(b, dicomItem(0x20, context)...)
			continue
		}
		context = append(context, dicomItem(0x40, []byte(uidImplicit))...)
		b = append(b, dicomItem(0x21, context)...)
	}
	user := dicomItem(0x51, []byte{0, 0, 0x40, 0})
	user = append(user, dicomItem(0x52, []byte(stack.uid))...)
	user = append(user, dicomItem(0x55, []byte(stack.version))...)
	if kind == 1 && client.row.key == "viewer" {
		identity := append([]byte{2, 0, 0, byte(len(canary.User))}, canary.User...) // PS3.7 annex D.3.3.7
		identity = append(append(identity, 0, byte(len(canary.Secret))), canary.Secret...)
		user = append(user, dicomItem(0x58, identity)...)
	}
	return pdu(kind, append(b, dicomItem(0x50, user)...))
}

func pad16(s string) []byte {
	b := []byte("                ")
	copy(b, s)
	return b
}

func dicomItem(kind byte, data []byte) []byte {
	return append([]byte{kind, 0, byte(len(data) >> 8), byte(len(data))}, data...)
}

func pdu(kind byte, data []byte) []byte {
	b := []byte{kind, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(b[2:], uint32(len(data)))
	return append(b, data...)
}

// pData wraps one fragment: context, control header, data.
func pData(context, control byte, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)+2))
	return pdu(4, append(append(b, context, control), data...))
}

// Control header bits of a fragment, PS3.8 annex E.2.
const (
	isCommand = 1
	isLast    = 2
)

// element is implicit VR little endian.
func element(b []byte, group, number uint16, value string) []byte {
	if len(value)%2 == 1 {
		fill := " "
		if group == 0 || group == 8 && (number == 0x16 || number == 0x18 || number == 0x1150 || number == 0x1155) || group == 0x20 && (number == 0xd || number == 0xe) {
			fill = "\x00" // UIDs
		}
		value += fill
	}
	b = binary.LittleEndian.AppendUint16(b, group)
	b = binary.LittleEndian.AppendUint16(b, number)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

func u16le(v uint16) string { return string([]byte{byte(v), byte(v >> 8)}) }

// DIMSE command fields, PS3.7 annex E.1.
const (
	cStore  = 0x0001
	cFind   = 0x0020
	cMove   = 0x0021
	cEcho   = 0x0030
	nEvent  = 0x0100
	nSet    = 0x0120
	nAction = 0x0130
	nCreate = 0x0140

	response = 0x8000
	pending  = 0xff00
	noData   = 0x0101
	withData = 0x0000
)

// command is a command set, PS3.7 section 6.3; more holds elements of the message.
func command(field, message uint16, class string, data uint16, more []byte) []byte {
	classTag, about := uint16(2), uint16(0x110)
	if field == nSet || field == nAction {
		classTag = 3 // requested rather than affected
	}
	if field&response != 0 {
		about = 0x120
	}
	body := element(nil, 0, classTag, class)
	body = element(body, 0, 0x100, u16le(field))
	body = element(body, 0, about, u16le(message))
	if about == 0x110 && (field == cFind || field == cMove || field == cStore) {
		body = append(body, moveDestination(more)...)
		body = element(body, 0, 0x700, u16le(0))
	}
	body = element(body, 0, 0x800, u16le(data))
	if about == 0x110 && field == cMove {
		more = nil
	}
	body = append(body, more...)
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	return append(element(nil, 0, 0, string(length)), body...)
}

// moveDestination gives the move destination, which stands before the priority.
func moveDestination(more []byte) []byte {
	if len(more) > 4 && more[2] == 0x00 && more[3] == 0x06 {
		return more
	}
	return nil
}

func statusElement(status uint16) []byte { return element(nil, 0, 0x900, u16le(status)) }

func instanceElement(uid string) []byte { return element(nil, 0, 0x1000, uid) }

// request sends a command and, where given, its data set, from the client.
func (a *association) request(context byte, field uint16, class string, more, data []byte) *association {
	a.message++
	a.send(dimse(context, field, a.message, class, more, data))
	return a
}

// respond answers the last request.
func (a *association) respond(context byte, field uint16, class string, status uint16, more, data []byte) *association {
	a.reply(dimse(context, field|response, a.message, class, append(statusElement(status), more...), data))
	return a
}

func dimse(context byte, field, message uint16, class string, more, data []byte) []byte {
	set := uint16(noData)
	if data != nil {
		set = withData
	}
	b := pData(context, isCommand|isLast, command(field, message, class, set, more))
	if data != nil {
		b = append(b, pData(context, isLast, data)...)
	}
	return b
}

// release ends the association, PS3.8 section 9.3.6.
func (a *association) release() {
	a.send(pdu(5, make([]byte, 4)))
	a.reply(pdu(6, make([]byte, 4)))
	a.close()
}

// patient is the identifying part of a data set.
func patient(b []byte) []byte {
	b = element(b, 0x10, 0x10, canary.HL7Name)
	b = element(b, 0x10, 0x20, canary.MRN)
	b = element(b, 0x10, 0x30, canary.Birth)
	return element(b, 0x10, 0x40, "F")
}
