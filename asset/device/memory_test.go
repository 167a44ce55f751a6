package device

import (
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"ward/wire/packet"
	"ward/wire/session"
)

// maxHospital is what the inventory of a hospital may take: 5,000 devices that
// open 442,000 sessions, each device with a dozen of claims.
const maxHospital = 60 << 20

func TestMemoryOfHospital(t *testing.T) {
	const devices, sessions = 5000, 442_000
	before := heap()
	v := NewInventory(Options{})
	var o Observation
	for i := range sessions {
		o.Reset()
		d := i % devices
		s := hospitalSession(i, d)
		if i/devices < 12 {
			o.Claims = append(o.Claims, Statement{Of(&s.Orig), Claim{Field: FieldSoftware, Name: fmt.Sprintf("product %d", i/devices), Value: "1.0", Confidence: Strong,
				Source: Source{Rule: "product", Frame: uint64(i), Saw: fmt.Sprintf("product token \"product %d/1.0\"", i/devices)}, Seen: s.Start}})
		}
		v.Session(s, &o)
	}
	used := heap() - before
	t.Logf("%d sightings, %d edges, %.1f MB", len(v.sightings), len(v.edges), float64(used)/(1<<20))
	if used > maxHospital {
		t.Errorf("%d MB, want at most %d", used>>20, maxHospital>>20)
	}
	runtime.KeepAlive(v)
}

// hospitalSession lets device d talk with one of 40 servers, one of five
// services, with a new port each time.
func hospitalSession(i, d int) *session.Session {
	address := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}) }
	server := 1 + d%40
	start := t0.Add(time.Duration(i) * time.Millisecond)
	return &session.Session{ID: session.ID(i), Transport: session.TCP, Service: []string{"hl7", "dicom", "http", "tls", "dns"}[i/devicesPerRound%5], State: "SF",
		Start: start, Last: start.Add(time.Second), Frame: uint64(i),
		Orig: session.Endpoint{MAC: packet.MAC{0, 9, 0xfb, 1, byte(d >> 8), byte(d)}, Addr: address(1000 + d), Port: uint16(1024 + i%60000), Packets: 5, Bytes: 100, TTL: 64},
		Resp: session.Endpoint{MAC: packet.MAC{0, 9, 0xfb, 2, 0, byte(server)}, Addr: address(server), Port: uint16(1000 + i/devicesPerRound%5), Packets: 5, Bytes: 100, TTL: 64}}
}

const devicesPerRound = 5000

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
