package dns

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	remember   = 64 // messages of one session that are not read again
	maxFacts   = 32 // emitted for one message
	maxText    = 128
	maxAttrs   = 16
	maxService = 64
)

// Instance is a service that a device announces by multicast DNS. The instance's
// own name is left out: people write theirs into it.
type Instance struct {
	Type  string      `json:"type" keep:"service type such as _dicom._tcp"`
	Host  string      `json:"host,omitempty" keep:"host name of the device"`
	Port  uint16      `json:"port,omitempty"`
	Attrs []Attribute `json:"attrs,omitempty"`
}

// Attribute is one key of a TXT record that describes the product.
type Attribute struct {
	Key   string `json:"key" keep:"closed set of keys"`
	Value string `json:"value" keep:"make, model or version of the device"`
}

// Service implements proto.Fact.
func (Instance) Service() string { return nameMDNS }

// Host is a device's own announcement of its name and addresses.
type Host struct {
	Name  string       `json:"name" keep:"host name of the device"`
	Addrs []netip.Addr `json:"addrs"`
}

// Service implements proto.Fact.
func (Host) Service() string { return nameMDNS }

// attrKeys lists the TXT keys that are kept, in lower case. "fn", "note" and
// the like are texts of the owner and stay out.
var attrKeys = []string{"ty", "product", "usb_mfg", "usb_mdl", "md", "am", "model", "manufacturer", "vers", "fv", "srcvers"}

// MDNS reads multicast DNS.
var MDNS = proto.Codec{
	Name: nameMDNS,
	Datagram: func(b []byte, p proto.Ports) proto.Match {
		if m, ok := parse(b); ok && p.Either(portMDNS) && (m.complete || m.truncated()) {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return new(mdns) },
	Facts: []proto.Fact{Lookup{}, Instance{}, Host{}},
}

// mdns reads each different message once: devices repeat themselves for hours.
type mdns struct {
	proto.Stateless
	seen []uint64
	next int
}

func (p *mdns) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	m, ok := parse(b)
	if !ok || m.opcode() != 0 || p.repeated(b[2:]) {
		return true
	}
	if m.response() {
		m.announcement(dir, emit)
	} else if name, ok := appendName(nil, b, m.qname); ok && m.qd > 0 {
		emit(dir, Lookup{Protocol: nameMDNS, Name: serviceName(string(name)), Type: typeName(m.qtype)})
	}
	return true
}

func (p *mdns) repeated(b []byte) bool {
	h := uint64(14695981039346656037) // FNV-1a
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	if slices.Contains(p.seen, h) {
		return true
	}
	if len(p.seen) < remember {
		p.seen = append(p.seen, h)
	} else {
		p.seen[p.next%remember] = h
		p.next++
	}
	return false
}

// serviceName drops the instance before a service type.
func serviceName(name string) string {
	if i := strings.Index(name, "._"); i >= 0 && name[0] != '_' {
		return name[i+1:]
	}
	return name
}

// announcement gathers the records of one message by their owner.
func (m *message) announcement(dir proto.Dir, emit proto.Emit) {
	var instances []Instance
	var owners []string
	var hosts []Host
	instance := func(owner string) *Instance {
		if i := slices.Index(owners, owner); i >= 0 {
			return &instances[i]
		}
		owners, instances = append(owners, owner), append(instances, Instance{Type: serviceType(owner)})
		return &instances[len(instances)-1]
	}
	m.answers(true, func(r resource) {
		name, ok := appendName(nil, m.raw, r.name)
		if !ok || len(instances)+len(hosts) >= maxFacts {
			return
		}
		switch owner := string(name); r.typ {
		case typeA, typeAAAA:
			hosts = addHost(hosts, owner, r.addr())
		case typePTR:
			if serviceType(owner) == "" {
				return
			}
			if target, ok := appendName(nil, m.raw, r.data); ok && serviceType(string(target)) != "" {
				instance(string(target))
			}
		case typeSRV, typeTXT:
			if serviceType(owner) != "" {
				instance(owner).read(m, r)
			}
		}
	})
	for _, i := range instances {
		emit(dir, i)
	}
	for _, h := range hosts {
		emit(dir, h)
	}
}

func addHost(hosts []Host, name string, a netip.Addr) []Host {
	if !a.IsValid() || strings.Contains(name, "*") {
		return hosts
	}
	for i := range hosts {
		if hosts[i].Name == name {
			if len(hosts[i].Addrs) < maxAddrs && !slices.Contains(hosts[i].Addrs, a) {
				hosts[i].Addrs = append(hosts[i].Addrs, a)
			}
			return hosts
		}
	}
	return append(hosts, Host{name, []netip.Addr{a}})
}

// serviceType gives "_http._tcp" of "name._http._tcp.local", RFC 6763 section 7.
func serviceType(owner string) string {
	for _, end := range []string{"._tcp.", "._udp."} {
		if i := strings.LastIndex(owner, end); i > 0 && i < maxService*4 {
			start := strings.LastIndexByte(owner[:i], '.') + 1
			if s := owner[start : i+len(end)-1]; s[0] == '_' && len(s) <= maxService {
				return s
			}
		}
	}
	return ""
}

func (i *Instance) read(m *message, r resource) {
	if r.typ == typeSRV {
		if len(r.value) > 6 {
			i.Port = binary.BigEndian.Uint16(r.value[4:])
			if host, ok := appendName(nil, m.raw, r.data+6); ok {
				i.Host = string(host)
			}
		}
		return
	}
	for v := r.value; len(v) > 0 && int(v[0]) < len(v); v = v[1+int(v[0]):] {
		key, value, ok := bytes.Cut(v[1:1+int(v[0])], []byte{'='})
		lower := strings.ToLower(string(key))
		if ok && slices.Contains(attrKeys, lower) && len(i.Attrs) < maxAttrs {
			i.Attrs = append(i.Attrs, Attribute{lower, record.UpToNUL(value, maxText)})
		}
	}
}
