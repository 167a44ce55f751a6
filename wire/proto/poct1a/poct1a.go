// Package poct1a turns point-of-care device sessions (CLSI POCT1-A, ISO 11073-90101)
// into facts: the identity that a device gives in its hello, and how many
// messages of which kind each side sent.
//
// The stream is XML documents one after another with values in attribute V. Only
// tags are read, one at a time, and only device elements inside HEL.R01 and
// directive commands inside DTV are kept. Patients, operators, observations and
// text are passed over. There is no entity expansion.
package poct1a

import (
	"bytes"

	"ward/wire/proto"
)

// Name is the service name of POCT1-A sessions.
const Name = "poct1a"

// Device is what a device says of itself in HEL.R01 (POCT1-A annex B, DEV object).
type Device struct {
	DeviceID        string `json:"device_id,omitempty" keep:"number of a device, often its MAC or EUI-64"`
	VendorID        string `json:"vendor_id,omitempty" keep:"maker"`
	ModelID         string `json:"model_id,omitempty" keep:"model"`
	Serial          string `json:"serial,omitempty" keep:"serial number of a device"`
	Manufacturer    string `json:"manufacturer,omitempty" keep:"maker"`
	Hardware        string `json:"hardware,omitempty" keep:"hardware version"`
	Software        string `json:"software,omitempty" keep:"software version"`
	ProtocolVersion string `json:"protocol_version,omitempty" keep:"version of the standard"`
}

// Service implements proto.Fact.
func (Device) Service() string { return Name }

// Traffic counts what one side sent, at the end of the session.
type Traffic struct {
	Messages   []Count `json:"messages,omitempty"`   // by root element
	Directives []Count `json:"directives,omitempty"` // DTV.command_cd
	Acks       []Count `json:"acks,omitempty"`       // ACK.type_cd
}

// Service implements proto.Fact.
func (Traffic) Service() string { return Name }

// Count is how often a name came.
type Count struct {
	Name  string `json:"name" keep:"message, directive or answer code, closed form"`
	Count uint64 `json:"count"`
}

// Codec recognises POCT1-A on any TCP port.
var Codec = proto.Codec{
	Name:   Name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Device{}, Traffic{}},
}

// maxPrologue is how far a root element may stand from the stream's start.
const maxPrologue = 512

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	a, b := root(orig), root(resp)
	switch {
	case a == proto.No && len(orig) > 0, b == proto.No && len(resp) > 0:
		return proto.No
	case len(orig) == 0 && len(resp) == 0:
		return proto.No
	case len(orig) == 0 || len(resp) == 0:
		return proto.Maybe
	}
	return min(a, b)
}

// root judges whether the first element is one of the standard's messages.
func root(b []byte) proto.Match {
	b = bytes.TrimPrefix(b[:min(len(b), maxPrologue)], []byte("\xef\xbb\xbf"))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n': // white space of XML 1.0, section 2.3
			continue
		case b[i] != '<':
			return proto.No
		case i+1 == len(b):
			return proto.Maybe
		}
		if b[i+1] != '?' && b[i+1] != '!' {
			return messageStart(b[i+1:])
		}
		end := ">"
		if bytes.HasPrefix(b[i:], []byte("<!--")) {
			end = "-->"
		}
		n := bytes.Index(b[i:], []byte(end))
		if n < 0 {
			break
		}
		i += n + len(end) - 1
	}
	if len(b) >= maxPrologue-len("\xef\xbb\xbf") {
		return proto.No
	}
	return proto.Maybe
}

// messageStart judges the bytes behind the first angle bracket.
func messageStart(b []byte) proto.Match {
	const least = len("HEL.R01")
	if len(b) >= least {
		if messageName(b[:least]) && (len(b) == least || b[least] <= ' ' || b[least] == '>' || b[least] == '/') {
			return proto.Yes
		}
		return proto.No
	}
	for _, c := range b {
		if c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return proto.No
		}
	}
	return proto.Maybe
}
