package sim

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"
)

// Config says how large the hospital is and how long it is watched.
type Config struct {
	Seed     uint64
	Devices  int           // at least so many devices; 0 means the small ward
	Duration time.Duration // of the capture; 0 means DefaultDuration
	Start    time.Time     // of the capture; zero means DefaultStart
	// Packets ends the capture after so many frames, 0 is no limit. With it the
	// hospital is as busy as its main building at noon: a mix of sessions is
	// started so that the frames are reached within Duration.
	Packets uint64
}

// Defaults and limits of a Config.
const (
	DefaultDuration = 15 * time.Minute
	MaxDevices      = 60_000
	MaxDuration     = 7 * 24 * time.Hour
)

// DefaultStart is a Monday morning before the ward round.
func DefaultStart() time.Time { return time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC) }

// Hospital is a planned hospital. Write plays it, once.
type Hospital struct {
	network
	cfg          Config
	hosts        []*Host
	wards        []*ward
	shared       ward               // servers and gear that stand once
	names        map[string]*Host   // by host name, for DNS
	macs         map[[3]byte]uint32 // next number under each prefix
	serial       map[string]int     // devices made of each catalogue row
	certificates map[string][]byte  // by name
	turns        map[string]int     // how often something came up
	control      uint32             // last HL7 message control id
	last         time.Duration
	frames       uint64
	bytes        uint64
}

// New plans a hospital.
func New(cfg Config) (*Hospital, error) {
	if cfg.Duration == 0 {
		cfg.Duration = DefaultDuration
	}
	if cfg.Start.IsZero() {
		cfg.Start = DefaultStart()
	}
	if cfg.Devices < 0 || cfg.Devices > MaxDevices {
		return nil, fmt.Errorf("sim: %d devices, at most %d are possible", cfg.Devices, MaxDevices)
	}
	if cfg.Duration < time.Second || cfg.Duration > MaxDuration {
		return nil, fmt.Errorf("sim: duration %s, possible are 1 s to %s", cfg.Duration, MaxDuration)
	}
	h := &Hospital{cfg: cfg, names: map[string]*Host{}, macs: map[[3]byte]uint32{}, serial: map[string]int{}, turns: map[string]int{}}
	h.end = cfg.Duration
	if cfg.Packets > 0 { // until they are written, however long it takes
		h.end = MaxDuration
	}
	h.rng = rand.New(rand.NewPCG(cfg.Seed, 0x77617264))
	h.router, h.tapped, h.outer = map[uint16]*Host{}, map[uint16]bool{}, map[uint16]uint16{}
	h.counts, h.certificates = map[string]int{}, map[string][]byte{}
	h.loss = 0.004
	h.layout()
	return h, nil
}

// Write plays the hospital: frames gets each frame in time order with the
// interface that saw it; the bytes are valid until it returns.
func (h *Hospital) Write(frames func(at time.Time, iface int, data []byte) error) (Truth, error) {
	for _, d := range h.hosts {
		if d.row != nil {
			h.start(d)
		}
	}
	if h.cfg.Packets > 0 {
		h.startMix()
	}
	var buf []byte
	err := h.play(func(at time.Duration, f *frame) (bool, error) {
		if at >= h.end {
			return false, nil
		}
		buf = h.build(buf[:0], f)
		h.frames, h.bytes, h.last = h.frames+1, h.bytes+uint64(len(buf)), at
		if err := frames(h.cfg.Start.Add(at), h.iface(f), buf); err != nil {
			return false, err
		}
		return h.cfg.Packets == 0 || h.frames < h.cfg.Packets, nil
	})
	return h.truth(), err
}

// iface is 1 for the building network, which has a mirror of its own.
func (h *Hospital) iface(f *frame) int {
	if h.outer[f.tap] != 0 {
		return 1
	}
	return 0
}

// add makes a device of a catalogue row in a ward's network.
func (h *Hospital) add(p *plan, w *ward, vlan uint16, ip netip.Addr) *Host {
	h.serial[p.key]++
	i := h.serial[p.key]
	d := &Host{IP: ip, VLAN: vlan, TTL: p.ttl, row: p, ward: w, MAC: h.mac(p.oui)}
	if d.TTL == 0 {
		d.TTL = 64
	}
	version := ""
	if len(p.versions) > 0 {
		version = p.versions[(i-1)%len(p.versions)]
	}
	d.Device = Device{Name: fmt.Sprintf("%s-%d", p.key, i), Manufacturer: p.maker, Model: p.model, Kind: p.kind, Tier: p.tier,
		Version: version, OS: p.os, Software: p.software, Shown: p.shown, Location: w.place(p), AssetID: fmt.Sprintf("B-%d", 1000+len(h.hosts))}
	if p.hostname != "" {
		d.Hostname = numbered(p.hostname, i)
		h.names[d.Hostname] = d
	}
	if p.serialForm != "" {
		d.Serial = numbered(p.serialForm, 41350+i*137)
	}
	if p.ae != "" {
		d.AETitles = []string{numbered(p.ae, i)}
	}
	if p.v6 {
		d.IP6 = linkLocal(d.MAC)
	}
	d.Expected = expected(d)
	h.hosts = append(h.hosts, d)
	return d
}

// mac gives the next address under a maker's prefix.
func (h *Hospital) mac(oui [3]byte) mac {
	h.macs[oui]++
	n := h.macs[oui]*7 + 0x2100
	return mac{oui[0], oui[1], oui[2], byte(n >> 16), byte(n >> 8), byte(n)}
}

// linkLocal is RFC 4291 appendix A: the interface id is made of the MAC.
func linkLocal(m mac) netip.Addr {
	return netip.AddrFrom16([16]byte{0xfe, 0x80, 8: m[0] ^ 2, 9: m[1], 10: m[2], 11: 0xff, 12: 0xfe, 13: m[3], 14: m[4], 15: m[5]})
}

// turn is true the first time and then every nth time: something rare that a
// short capture shows too.
func (h *Hospital) turn(what string, n int) bool {
	h.turns[what]++
	return h.turns[what]%n == 1
}

// numbered fills the number into a form that has room for one.
func numbered(form string, i int) string {
	if !strings.Contains(form, "%") {
		return form
	}
	return fmt.Sprintf(form, i)
}
