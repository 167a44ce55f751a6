package store

import (
	"context"
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

// Recorder takes the sessions of one import. Nothing counts before Commit.
type Recorder struct{ s *Store }

// Record begins to take sessions for an import. Discard or Commit must follow.
func (s *Store) Record(ctx context.Context, importID string) (*Recorder, error) { panic("not built") }

// Session takes one session. s is valid only during the call.
func (r *Recorder) Session(s *session.Session) error { panic("not built") }

// Commit makes all of it count.
func (r *Recorder) Commit(ctx context.Context) error { panic("not built") }

// Discard forgets all of it.
func (r *Recorder) Discard() { panic("not built") }

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

// DevicePairs tells whom a device talked to since a time, most bytes first.
func (s *Store) DevicePairs(ctx context.Context, id device.ID, since time.Time, limit int) ([]Pair, error) {
	panic("not built")
}

// DeviceWeek sums a device's sessions by hour of the week (Monday 00:00 UTC = 0).
func (s *Store) DeviceWeek(ctx context.Context, id device.ID, since time.Time) ([168]uint64, error) {
	panic("not built")
}

// DeviceSessions gives the last sessions of a device that are kept whole.
func (s *Store) DeviceSessions(ctx context.Context, id device.ID, limit int) ([]Recent, error) {
	panic("not built")
}

// TopTalkers gives the devices with most bytes since a time.
func (s *Store) TopTalkers(ctx context.Context, since time.Time, limit int) ([]Talker, error) {
	panic("not built")
}

// ServiceHours gives the traffic of each service by hour.
func (s *Store) ServiceHours(ctx context.Context, since time.Time) ([]ServiceHour, error) {
	panic("not built")
}

// Edge is the traffic between two zones, for the map.
type Edge struct {
	From, To  string   `json:"-"`
	Services  []string `json:"services"`
	Sessions  uint64   `json:"sessions"`
	Bytes     uint64   `json:"bytes"`
	Cleartext bool     `json:"cleartext"`
	Internet  bool     `json:"internet"`
}

// Span gives the first and last hour of the traffic that is known.
func (s *Store) Span(ctx context.Context) (first, last time.Time, err error) { panic("not built") }
