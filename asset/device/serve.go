package device

import (
	"cmp"
	"net/netip"
	"slices"
)

type serviceKey struct {
	name, transport string
	port            uint16
	answers         bool
}

type peerKey struct {
	device     ID
	addr       netip.Addr
	service    string
	port, vlan uint16
	inbound    bool
}

// cleartext are the services whose content can be read on the wire.
var cleartext = map[string]bool{
	"arp": false, "bacnet": true, "carescape": true, "dhcp": false, "dicom": true, "dicomweb": true, "fhir": true, "ftp": true,
	"hl7": true, "http": true, "imap": true, "intellivue": true, "ldap": true, "lis2a2": true, "lpd": true, "modbus": true,
	"mqtt": true, "mssql": true, "mysql": true, "oracle": true, "pjl": true, "http2": true, "poct1a": true, "pop3": true, "postgres": true,
	"radius": true, "rtsp": true, "sip": true, "smb": true, "smtp": true, "snmp": true, "syslog": true, "telnet": true, "tftp": true, "vnc": true,
}

// Cleartext tells whether a service sends its content unencrypted.
func Cleartext(service string) bool { return cleartext[service] }

// exchange adds one edge; inbound: the device is the answering side.
func (f *folding) exchange(k edgeKey, e *edge, other *sighting, peer ID, r *resolution, inbound bool) {
	if !inbound || k.answered {
		f.service(k, e, inbound)
	}
	pk := peerKey{device: peer, addr: other.Addr, service: k.service, port: k.port, vlan: k.vlan, inbound: inbound}
	p, ok := f.peers[pk]
	if !ok {
		p = Peer{Device: peer, Addr: other.Addr, Service: k.service, Port: k.port, VLAN: k.vlan, Inbound: inbound,
			Internet: peer == "" && !other.group && r.internet(other.Addr)}
	}
	p.Sessions += e.sessions
	p.Bytes += e.bytes
	f.peers[pk] = p
}

func (f *folding) service(k edgeKey, e *edge, answers bool) {
	if k.service == "" && k.port == 0 {
		return
	}
	sk := serviceKey{k.service, string(k.transport), k.port, answers}
	s, ok := f.services[sk]
	if !ok {
		s = Service{Name: cmp.Or(k.service, "unknown"), Transport: string(k.transport), Port: k.port, Answers: answers,
			Cleartext: cleartext[k.service], First: utc(e.first), Last: utc(e.last), Frame: e.frame, Input: e.input}
	} else if first := utc(e.first); first.Before(s.First) ||
		first.Equal(s.First) && earlier(0, e.input, e.frame, 0, s.Input, s.Frame) {
		s.First, s.Frame, s.Input = first, e.frame, e.input
	}
	if last := utc(e.last); last.After(s.Last) {
		s.Last = last
	}
	s.Sessions += e.sessions
	f.services[sk] = s
}

// serve sorts services and peers into the device and cuts the list of peers.
func (f *folding) serve() {
	d := f.d
	d.Services, d.Peers = make([]Service, 0, len(f.services)), make([]Peer, 0, len(f.peers))
	f.dropUnknown()
	for _, s := range f.services {
		d.Services = append(d.Services, s)
	}
	slices.SortFunc(d.Services, func(a, b Service) int {
		return cmp.Or(flag(a.Answers, b.Answers), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Transport, b.Transport), cmp.Compare(a.Port, b.Port))
	})
	for _, p := range f.peers {
		d.Peers = append(d.Peers, p)
	}
	slices.SortFunc(d.Peers, comparePeers)
	if over := len(d.Peers) - MaxPeers; over > 0 {
		slices.SortFunc(d.Peers, func(a, b Peer) int {
			return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), comparePeers(a, b))
		})
		d.Peers, d.MorePeers = d.Peers[:MaxPeers:MaxPeers], over
		slices.SortFunc(d.Peers, comparePeers)
	}
}

// dropUnknown leaves out sessions without content on a port whose service other
// sessions have shown.
func (f *folding) dropUnknown() {
	type place struct {
		transport string
		port      uint16
		answers   bool
	}
	named := map[place]bool{}
	for k := range f.services {
		if k.name != "" {
			named[place{k.transport, k.port, k.answers}] = true
		}
	}
	for k := range f.services {
		if k.name == "" && named[place{k.transport, k.port, k.answers}] {
			delete(f.services, k)
		}
	}
}

func comparePeers(a, b Peer) int {
	return cmp.Or(cmp.Compare(a.Device, b.Device), a.Addr.Compare(b.Addr), cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Port, b.Port), cmp.Compare(a.VLAN, b.VLAN), flag(a.Inbound, b.Inbound))
}
