package poct1a

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"ward/wire/proto"
)

const (
	maxTag     = 1 << 10 // bytes read of one tag
	maxText    = 64      // bytes kept of one value
	maxKinds   = 32      // names of one tally
	maxDevices = 16      // devices emitted per side
)

// messages are the standard's message types without their revision.
var messages = map[string]bool{
	"HEL": true, "DST": true, "REQ": true, "OBS": true, "EVS": true, "OPL": true, "PTL": true,
	"DTV": true, "EOT": true, "END": true, "ACK": true, "ESC": true, "KPA": true,
}

// messageName tells "XXX.R0n" of a known message.
func messageName(b []byte) bool {
	return len(b) == 7 && messages[string(b[:3])] && string(b[3:6]) == ".R0" && b[6] >= '1' && b[6] <= '9'
}

// directives are the commands of the standard's DTV.R01 and those of DTV.R02
// that several makers share. Others are counted as "other".
var directives = map[string]bool{
	"START_CONTINUOUS": true, "SET_TIME": true, "LOCK": true, "UNLOCK": true, "START_DIAGNOSTIC": true,
	"ROTATE_KEYS": true, "REBOOT": true, "UPDATE_SOFTWARE": true, "SETUP": true, "SET_SETUP": true,
}

type parser struct{ flows [2]flow }

// flow follows one direction.
type flow struct {
	inTag   bool
	over    bool // the tag is longer than maxTag: not read
	comment bool // within a comment, which may hold angle brackets
	quote   byte
	tag     []byte
	root    string // message being read, "" between messages
	device  Device
	devices []Device
	traffic Traffic
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	f := &p.flows[dir]
	for len(b) > 0 {
		if !f.inTag {
			i := bytes.IndexByte(b, '<')
			if i < 0 {
				return true
			}
			b = b[i+1:]
			f.inTag, f.over, f.comment, f.quote, f.tag = true, false, false, 0, f.tag[:0]
			continue
		}
		f.tagByte(dir, b[0], emit)
		b = b[1:]
	}
	return true
}

// Gap drops the present message.
func (p *parser) Gap(dir proto.Dir, _ int) {
	f := &p.flows[dir]
	f.inTag, f.root = false, ""
}

func (p *parser) Close(emit proto.Emit) {
	for dir := range p.flows {
		if t := p.flows[dir].traffic; t.Messages != nil {
			emit(proto.Dir(dir), t)
		}
	}
}

// tagByte takes a byte between angle brackets.
func (f *flow) tagByte(dir proto.Dir, c byte, emit proto.Emit) {
	switch {
	case f.comment:
		f.inTag = c != '>' || !bytes.HasSuffix(f.tag, []byte("--"))
		f.tag = append(f.tag[max(0, len(f.tag)-1):], c)
		return
	case f.quote != 0:
		if c == f.quote {
			f.quote = 0
		}
	case c == '"' || c == '\'':
		f.quote = c
	case c == '>':
		f.inTag = false
		if !f.over {
			f.endTag(dir, f.tag, emit)
		}
		return
	}
	if len(f.tag) == maxTag {
		f.over = true
		return
	}
	f.tag = append(f.tag, c)
	if string(f.tag) == "!--" {
		f.comment, f.quote, f.tag = true, 0, f.tag[:0]
	}
}

// endTag acts on one whole tag.
func (f *flow) endTag(dir proto.Dir, tag []byte, emit proto.Emit) {
	name := tag
	if i := bytes.IndexAny(tag, " \t\r\n/"); i > 0 {
		name = tag[:i]
	}
	switch {
	case len(tag) == 0 || tag[0] == '?' || tag[0] == '!':
	case tag[0] == '/':
		if f.root != "" && string(bytes.TrimSpace(tag[1:])) == f.root {
			f.endMessage(dir, emit)
		}
	case messageName(name):
		f.root, f.device = string(name), Device{}
		f.traffic.Messages = tally(f.traffic.Messages, f.root)
		if tag[len(tag)-1] == '/' {
			f.root = ""
		}
	case f.root != "":
		f.element(string(name), value(tag[len(name):]))
	}
}

// element keeps the few values of the keep-list.
func (f *flow) element(name string, v []byte) {
	switch f.root[:3] {
	case "HEL":
		if field := f.device.field(name); field != nil && *field == "" {
			*field = text(v)
		}
	case "DTV":
		if name == "DTV.command_cd" {
			f.traffic.Directives = tally(f.traffic.Directives, known(directives, v))
		}
	case "ACK":
		if name == "ACK.type_cd" {
			f.traffic.Acks = tally(f.traffic.Acks, known(map[string]bool{"AA": true, "AE": true, "AR": true}, v))
		}
	}
}

// field gives the place of a device element, nil for all others.
func (d *Device) field(name string) *string {
	switch name {
	case "DEV.device_id", "DCP.device_id":
		return &d.DeviceID
	case "DEV.vendor_id":
		return &d.VendorID
	case "DEV.model_id":
		return &d.ModelID
	case "DEV.serial_id":
		return &d.Serial
	case "DEV.manufacturer_name":
		return &d.Manufacturer
	case "DEV.hw_version":
		return &d.Hardware
	case "DEV.sw_version":
		return &d.Software
	case "HDR.version_id":
		return &d.ProtocolVersion
	}
	return nil
}

// endMessage emits a hello's device, each distinct one once.
func (f *flow) endMessage(dir proto.Dir, emit proto.Emit) {
	hello := f.root[:3] == "HEL"
	f.root = ""
	if !hello || f.device == (Device{}) || len(f.devices) >= maxDevices {
		return
	}
	for _, d := range f.devices {
		if d == f.device {
			return
		}
	}
	f.devices = append(f.devices, f.device)
	emit(dir, f.device)
}

// value gives attribute V as written.
func value(attributes []byte) []byte {
	for b := attributes; len(b) > 0; {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return nil
		}
		name := bytes.TrimSpace(b[:eq])
		b = bytes.TrimSpace(b[eq+1:])
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return nil
		}
		if string(name) == "V" {
			return b[1 : 1+end]
		}
		b = b[end+2:]
	}
	return nil
}

// known keeps a code of a closed set.
func known(set map[string]bool, v []byte) string {
	if set[string(v)] {
		return string(v)
	}
	return "other"
}

// text gives at most maxText bytes of printable text, else nothing. References
// such as "&amp;" stay as written.
func text(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) > maxText || !utf8.Valid(b) {
		return ""
	}
	for _, r := range string(b) {
		if !unicode.IsPrint(r) {
			return ""
		}
	}
	return string(b)
}

func tally(list []Count, name string) []Count {
	for i := range list {
		if list[i].Name == name {
			list[i].Count++
			return list
		}
	}
	if len(list) >= maxKinds {
		return list
	}
	return append(list, Count{name, 1})
}
