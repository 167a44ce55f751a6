// Package carescape turns the UDP broadcasts of GE patient monitors of the Dash
// and CARESCAPE/Unity family into facts: which monitor announces itself, and that
// alarms and data requests take place.
//
// The layouts were found by others on a Dash 4000; no standard is public. A
// discovery carries ward and bed from byte 12 and the PATIENT'S NAME from byte 28,
// an alarm its text from byte 66: the parser cuts every datagram before it reads
// it, so that none of this can be reached. Newer generations may differ.
package carescape

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"ward/wire/proto"
)

// Name is the service name of these sessions.
const Name = "carescape"

// Ports of the three exchanges.
const (
	discoveryPort = 7000
	alarmPort     = 7001
	dataPort      = 2000
)

// Layout in bytes:
//
//	discovery: 4 IPv4, 8 counter u32, 12 ward|bed (text, NUL), 28 patient
//	alarm:     6 IPv4, 24 ward|bed (text, NUL), 63 sensor, 66 text, 80 counter
const (
	discoveryAddr = 4
	discoveryBed  = 12
	discoveryEnd  = 28 // nothing is read from here on
	alarmAddr     = 6
	alarmBed      = 24
	alarmBedEnd   = 40
	alarmSize     = 80 // the shortest alarm
)

// Discovery is a monitor's broadcast. It is emitted at first sight and when the
// address changes.
type Discovery struct {
	Addr    netip.Addr `json:"addr"`
	Counter uint32     `json:"counter"` // goes up with each broadcast
}

// Service implements proto.Fact.
func (Discovery) Service() string { return Name }

// Alarm says that a monitor raised an alarm; emitted once for each address.
type Alarm struct {
	Addr netip.Addr `json:"addr"`
}

// Service implements proto.Fact.
func (Alarm) Service() string { return Name }

// Traffic counts the datagrams of one side, at the end of the session.
type Traffic struct {
	Discoveries uint64 `json:"discoveries,omitempty"`
	Alarms      uint64 `json:"alarms,omitempty"`
	Data        uint64 `json:"data,omitempty"` // requests and replies on UDP 2000
}

// Service implements proto.Fact.
func (Traffic) Service() string { return Name }

// Codec recognises the broadcasts by port and layout together, since neither
// says enough alone.
var Codec = proto.Codec{
	Name:     Name,
	Datagram: match,
	New:      func() proto.Parser { return &parser{} },
	Facts:    []proto.Fact{Discovery{}, Alarm{}, Traffic{}},
}

func match(b []byte, p proto.Ports) proto.Match {
	_, discovery := readDiscovery(b)
	_, alarm := readAlarm(b)
	switch {
	case discovery && p.Either(discoveryPort), alarm && p.Either(alarmPort):
		return proto.Yes
	case p.Either(dataPort) && (clientPort(p.Orig) || clientPort(p.Resp)):
		return proto.Maybe
	}
	return proto.No
}

// clientPort tells the source ports that data requests were seen to use.
func clientPort(n uint16) bool { return n >= 3073 && n <= 3076 || n == 3123 }

// readDiscovery reads address and counter of a discovery.
func readDiscovery(b []byte) (Discovery, bool) {
	if len(b) <= discoveryEnd {
		return Discovery{}, false
	}
	b = b[:discoveryEnd:discoveryEnd] // the patient is out of reach
	addr, ok := unicast(b[discoveryAddr:])
	if !ok || !bedText(b[discoveryBed:]) {
		return Discovery{}, false
	}
	return Discovery{addr, binary.BigEndian.Uint32(b[8:])}, true
}

// readAlarm reads the address of an alarm.
func readAlarm(b []byte) (Alarm, bool) {
	if len(b) < alarmSize {
		return Alarm{}, false
	}
	b = b[:alarmBedEnd:alarmBedEnd] // sensor and text are out of reach
	addr, ok := unicast(b[alarmAddr:])
	return Alarm{addr}, ok && bedText(b[alarmBed:])
}

// unicast reads an IPv4 address that one host can have.
func unicast(b []byte) (netip.Addr, bool) {
	a := netip.AddrFrom4([4]byte(b[:4]))
	return a, a.IsGlobalUnicast() && b[0] != 0 && b[0] < 224
}

// bedText tells the form "ward|bed", printable and ended by NUL or the field.
// The text itself is a location and is not kept.
func bedText(b []byte) bool {
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return bytes.Count(b, []byte("|")) == 1
}
