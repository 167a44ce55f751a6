package store

import (
	"net/netip"
	"time"

	"ward/asset/device"
	"ward/wire/packet"
	"ward/wire/session"
)

// Party is one end of sessions as the wire shows it: the subject of claims.
// Which device that is, the inventory tells (device.Subject).
type Party struct {
	MAC  packet.MAC `json:"mac,omitzero"`
	Addr netip.Addr `json:"addr,omitzero"`
}

// Rollup is the traffic between two parties with one service in one hour.
type Rollup struct {
	Hour               time.Time `json:"hour"`
	Orig, Resp         Party     `json:"-"`
	OrigDevice         device.ID `json:"orig_device,omitempty"`
	RespDevice         device.ID `json:"resp_device,omitempty"`
	Service            string    `json:"service"`
	Port               uint16    `json:"port,omitempty"` // of the responder
	Sessions           uint64    `json:"sessions"`
	BytesUp, BytesDown uint64    `json:"-"` // from Orig, from Resp
}

// Recent is one session of those that are kept whole for a set number of days.
type Recent struct {
	Start     time.Time         `json:"start"`
	Duration  time.Duration     `json:"duration"`
	Orig      Party             `json:"orig"`
	Resp      Party             `json:"resp"`
	OrigPort  uint16            `json:"orig_port,omitempty"`
	RespPort  uint16            `json:"resp_port,omitempty"`
	Transport session.Transport `json:"transport"`
	Service   string            `json:"service,omitempty"`
	State     session.State     `json:"state,omitempty"`
	BytesUp   uint64            `json:"bytes_up"`
	BytesDown uint64            `json:"bytes_down"`
	Packets   uint64            `json:"packets"`
}

// Pair is the traffic of a device with one other party over a span of time.
type Pair struct {
	Peer      Party     `json:"peer"`
	Device    device.ID `json:"device,omitempty"`
	Name      string    `json:"name,omitempty"`
	Service   string    `json:"service"`
	Port      uint16    `json:"port,omitempty"`
	Inbound   bool      `json:"inbound"` // the peer opened the sessions
	Sessions  uint64    `json:"sessions"`
	BytesUp   uint64    `json:"bytes_up"` // from the device
	BytesDown uint64    `json:"bytes_down"`
	First     time.Time `json:"first"` // hours
	Last      time.Time `json:"last"`
}

// Talker is the sum of a device's traffic.
type Talker struct {
	Device   device.ID `json:"device"`
	Name     string    `json:"name"`
	Bytes    uint64    `json:"bytes"`
	Sessions uint64    `json:"sessions"`
	Peers    int       `json:"peers"`
}

// ServiceHour is the traffic of a service in one hour.
type ServiceHour struct {
	Hour     time.Time `json:"hour"`
	Service  string    `json:"service"`
	Sessions uint64    `json:"sessions"`
	Bytes    uint64    `json:"bytes"`
}

// Edge is the traffic between two zones, for the map.
type Edge struct {
	From      string   `json:"from"`
	To        string   `json:"to"`
	Services  []string `json:"services"`
	Sessions  uint64   `json:"sessions"`
	Bytes     uint64   `json:"bytes"`
	Cleartext bool     `json:"cleartext"`
	Internet  bool     `json:"internet"`
}

// Usage is the space that traffic takes, in bytes.
type Usage struct {
	Sessions     int64 `json:"sessions"`
	SessionBytes int64 `json:"session_bytes"` // whole sessions
	SumBytes     int64 `json:"sum_bytes"`     // sums by hour
	Parties      int   `json:"parties"`
	PartiesFull  bool  `json:"parties_full"` // newcomers count for "other"
	Blocks       int   `json:"blocks"`
}
