// Package tftp turns TFTP requests (RFC 1350, RFC 2347) into which side fetches
// or writes what class of file. A file name may hold anything: it is kept only
// where it is that of firmware or configuration and has no odd characters.
//
// The transfer itself moves to new ports, where nothing but the numbers 3 and 4
// marks it: it is not matched there.
package tftp

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"

	"ward/wire/proto"
)

const (
	name    = "tftp"
	port    = 69
	maxName = 64 // bytes of a file name that is kept
	maxExt  = 8

	opRead  = 1
	opWrite = 2
	opData  = 3
	opAck   = 4
	opError = 5
	opOAck  = 6
)

// Classes of files.
const (
	Firmware = "firmware"
	Config   = "config"
	Other    = "other"
)

// Request asks to read a file from the other side or to write one to it.
type Request struct {
	Write bool   `json:"write"`
	Mode  string `json:"mode" keep:"netascii, octet or mail"`
	Class string `json:"class" keep:"closed set: firmware, config, other"`
	Ext   string `json:"ext,omitempty" keep:"extension of a file name, letters and digits"`
	File  string `json:"file,omitempty" keep:"name of a firmware or configuration file, no path"`
}

// Service implements proto.Fact.
func (Request) Service() string { return name }

// Codec reads TFTP over UDP.
var Codec = proto.Codec{
	Name:     name,
	Datagram: match,
	New:      func() proto.Parser { return parser{} },
	Facts:    []proto.Fact{Request{}},
}

// match is sure of a request anywhere, and of the other messages on port 69.
func match(b []byte, p proto.Ports) proto.Match {
	if _, ok := Parse(b); ok || p.Either(port) && transfer(b) {
		return proto.Yes
	}
	return proto.No
}

// transfer tells data, acknowledgement, error and option messages by their
// sizes; a data block is at most 65464 bytes, RFC 2348.
func transfer(b []byte) bool {
	if len(b) < 4 || b[0] != 0 {
		return false
	}
	switch b[1] {
	case opData:
		return true
	case opAck:
		return len(b) == 4
	case opError:
		return len(b) >= 5 && binary.BigEndian.Uint16(b[2:]) <= 8 && b[len(b)-1] == 0
	case opOAck:
		return b[len(b)-1] == 0 && bytes.Count(b[2:], []byte{0})%2 == 0
	}
	return false
}

type parser struct{ proto.Stateless }

func (parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if r, ok := Parse(b); ok {
		emit(dir, r)
	}
	return true
}

// Parse reads a request: opcode u16, file name, 0, mode, 0, then pairs of
// option and value, each with its 0.
func Parse(b []byte) (r Request, ok bool) {
	if len(b) < 6 || b[0] != 0 || b[1] != opRead && b[1] != opWrite || b[len(b)-1] != 0 {
		return r, false
	}
	file, rest, _ := bytes.Cut(b[2:], []byte{0})
	mode, options, ok := bytes.Cut(rest, []byte{0})
	if !ok || len(file) == 0 || bytes.Count(options, []byte{0})%2 != 0 {
		return r, false
	}
	for _, c := range file {
		if c < ' ' {
			return r, false
		}
	}
	r = Request{Write: b[1] == opWrite, Mode: strings.ToLower(string(mode[:min(len(mode), 8)]))}
	if r.Mode != "netascii" && r.Mode != "octet" && r.Mode != "mail" || len(mode) > 8 {
		return Request{}, false
	}
	r.classify(string(file[:min(len(file), 512)]))
	return r, true
}

var classes = map[string]string{
	"bin": Firmware, "img": Firmware, "fw": Firmware, "rom": Firmware, "hex": Firmware, "efi": Firmware, "bix": Firmware, "sbn": Firmware, "loads": Firmware, "elf": Firmware, "dfu": Firmware, "0": Firmware,
	"cfg": Config, "conf": Config, "cnf": Config, "config": Config, "ini": Config, "tlv": Config,
}

func (r *Request) classify(file string) {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(base), "."))
	r.Class = Other
	if len(ext) <= maxExt && plain(ext) {
		r.Ext = ext
		if class, ok := classes[ext]; ok {
			r.Class = class
		}
	}
	if strings.HasSuffix(strings.ToLower(base), "-confg") || strings.HasPrefix(base, "pxelinux.cfg") {
		r.Class = Config
	}
	if r.Class != Other && len(base) <= maxName && plain(base) {
		r.File = base
	}
}

func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".-_", r))
	}) < 0
}
