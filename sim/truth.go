package sim

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"ward/internal/canary"
)

// Truth is what is really there, for tests to compare with.
type Truth struct {
	Seed      uint64         `json:"seed"`
	Start     time.Time      `json:"start"`
	End       time.Time      `json:"end"`
	Frames    uint64         `json:"frames"`
	Bytes     uint64         `json:"bytes"` // of all frames
	Devices   []Device       `json:"devices"`
	Sessions  map[string]int `json:"sessions"` // opened, by service: TCP connections, UDP pairs of addresses and ports, each sender of a group port; ARP and ICMP count exchanges
	Canary    []string       `json:"canary"`   // texts that must not come out of any analysis
	Conflicts []Conflict     `json:"conflicts"`
	Unwired   []string       `json:"unwired"` // asset ids of the maintenance export that are not on the wire
}

// Device is one simulated device. Kind and Tier use the names of the analysis.
type Device struct {
	Name         string       `json:"name"`
	MAC          string       `json:"mac"`
	Addresses    []netip.Addr `json:"addresses"`
	VLAN         uint16       `json:"vlan"`
	Hostname     string       `json:"hostname,omitempty"`
	Manufacturer string       `json:"manufacturer,omitempty"`
	Model        string       `json:"model,omitempty"`
	Kind         string       `json:"kind"`
	Tier         string       `json:"tier,omitempty"`
	Version      string       `json:"version,omitempty"` // of the device's own software
	OS           string       `json:"os,omitempty"`
	Software     []string     `json:"software,omitempty"` // "name version"
	Serial       string       `json:"serial,omitempty"`
	AETitles     []string     `json:"ae_titles,omitempty"`
	Location     string       `json:"location,omitempty"`
	AssetID      string       `json:"asset_id,omitempty"`
	Routed       bool         `json:"routed,omitempty"`   // seen only behind the gateway, so never with its own MAC
	Internet     bool         `json:"internet,omitempty"` // a remote address, not a device of the hospital
	Shown        []string     `json:"shown,omitempty"`    // fields of this record that can be read on the wire
	Services     []Service    `json:"services"`
	Peers        []string     `json:"peers"`     // names of other devices, sorted
	Protocols    []string     `json:"protocols"` // sorted
	Expected     []Expected   `json:"expected_vulnerabilities,omitempty"`
}

// Service is one that a device answered.
type Service struct {
	Name      string `json:"name"`
	Transport string `json:"transport"`
	Port      uint16 `json:"port"`
	Sessions  int    `json:"sessions"`
}

// Expected is a finding that the example feeds must lead to.
type Expected struct {
	Advisory string `json:"advisory"`
	CVE      string `json:"cve"`
}

// Conflict is a disagreement planted between the maintenance export and the wire.
type Conflict struct {
	Device string `json:"device"`
	Field  string `json:"field"`
	Record string `json:"record"`
	Wire   string `json:"wire"`
}

// tally collects what a host did.
type tally struct {
	pairs     map[pair]bool // UDP sessions from fixed ports
	services  map[Service]int
	peers     map[*Host]bool
	protocols map[string]bool
}

type pair struct {
	server      *Host
	sport, port uint16
}

func (t *tally) did(protocol string, peer *Host) {
	if t.protocols == nil {
		t.protocols, t.peers = map[string]bool{}, map[*Host]bool{}
	}
	t.protocols[protocol] = true
	if peer != nil {
		t.peers[peer] = true
	}
}

// session counts one session that a client opened.
func (n *network) session(service string, client, server *Host, transport string, port uint16) {
	n.counts[service]++
	client.used.did(service, server)
	server.used.did(service, client)
	if server.used.services == nil {
		server.used.services = map[Service]int{}
	}
	server.used.services[Service{Name: service, Transport: transport, Port: port}]++
}

// groupSession counts a host's messages to one group port once.
func (n *network) groupSession(service string, from *Host, port uint16) {
	name := fmt.Sprintf("%s/%d", service, port)
	if !from.used.protocols[name] {
		n.counts[service]++
		from.used.did(service, nil)
		from.used.protocols[name] = true
	}
}

// record finishes a host's truth.
func (h *Host) record() Device {
	d := h.Device
	if d.Addresses == nil {
		d.Addresses = []netip.Addr{h.IP}
		if h.IP6.IsValid() {
			d.Addresses = append(d.Addresses, h.IP6)
		}
	}
	d.VLAN = h.VLAN
	d.MAC = fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", h.MAC[0], h.MAC[1], h.MAC[2], h.MAC[3], h.MAC[4], h.MAC[5])
	d.Services, d.Peers, d.Protocols = []Service{}, []string{}, []string{}
	for s, count := range h.used.services {
		s.Sessions = count
		d.Services = append(d.Services, s)
	}
	slices.SortFunc(d.Services, func(a, b Service) int {
		return cmp.Or(compare(a.Name, b.Name), int(a.Port)-int(b.Port), compare(a.Transport, b.Transport))
	})
	for peer := range h.used.peers {
		d.Peers = append(d.Peers, peer.Name)
	}
	for p := range h.used.protocols {
		if !slices.Contains([]byte(p), '/') {
			d.Protocols = append(d.Protocols, p)
		}
	}
	slices.Sort(d.Peers)
	slices.Sort(d.Protocols)
	return d
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// truth gathers the ground truth after a run.
func (h *Hospital) truth() Truth {
	t := Truth{Seed: h.cfg.Seed, Start: h.cfg.Start, End: h.cfg.Start.Add(h.last), Frames: h.frames, Bytes: h.bytes,
		Sessions: h.counts, Canary: canary.Markers(), Conflicts: h.conflicts(), Unwired: unwired()}
	for _, d := range h.hosts {
		t.Devices = append(t.Devices, d.record())
	}
	return t
}
