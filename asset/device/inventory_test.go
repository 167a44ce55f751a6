package device

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/wire/packet"
	"ward/wire/session"
)

var t0 = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func mac(n byte) packet.MAC {
	if n == 0 {
		return packet.MAC{}
	}
	return packet.MAC{0x00, 0x09, 0xfb, 1, 2, n}
}

// end is one side of a session: MAC number, address, port, TTL; packets 1.
func end(m byte, addr string, port uint16, ttl uint8) session.Endpoint {
	return session.Endpoint{MAC: mac(m), Addr: netip.MustParseAddr(addr), Port: port, TTL: ttl, Packets: 1, Bytes: 10}
}

func silent(e session.Endpoint) session.Endpoint { e.Packets, e.TTL = 0, 0; return e }

func udp(minute int, service string, orig, resp session.Endpoint) *session.Session {
	at := t0.Add(time.Duration(minute) * time.Minute)
	return &session.Session{ID: session.ID(minute + 1), Transport: session.UDP, Orig: orig, Resp: resp, Start: at,
		Last: at.Add(time.Second), Service: service, Certainty: session.Content, Frame: uint64(minute + 1)}
}

// seen is one session and what the rules read out of it.
type seen struct {
	s *session.Session
	o Observation
}

func arp(minute int, m byte, addr string) seen {
	at := t0.Add(time.Duration(minute) * time.Minute)
	s := &session.Session{Transport: session.Frame, Orig: session.Endpoint{MAC: mac(m), Packets: 1}, Start: at, Last: at, Frame: uint64(minute + 1)}
	return seen{s, Observation{Bindings: []Binding{{mac(m), netip.MustParseAddr(addr), BindARP, at}}}}
}

func claim(f Field, value, rule string, weight float64) Claim {
	return Claim{Field: f, Value: value, Confidence: weight, Seen: t0, Source: Source{Rule: rule, Frame: 1}}
}

func ids(devices []*Device) []string {
	var out []string
	for _, d := range devices {
		line := string(d.ID)
		for _, a := range d.Addresses {
			line += " " + a.String()
		}
		if slices.Contains(d.Roles, "router") {
			line += " router"
		}
		out = append(out, line)
	}
	return out
}

func TestIdentity(t *testing.T) {
	plain := func(s *session.Session) seen { return seen{s: s} }
	tests := []struct {
		name string
		in   []seen
		want []string
	}{
		{"two hosts", []seen{plain(udp(0, "dns", end(1, "10.0.0.1", 5000, 64), end(2, "10.0.0.2", 53, 64)))},
			[]string{"mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 10.0.0.2"}},
		{"internet behind a router", []seen{plain(udp(0, "dns", end(1, "10.0.0.1", 5000, 64), end(2, "8.8.8.8", 53, 117)))},
			[]string{"mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 router"}},
		{"hosts behind a router", []seen{
			arp(0, 2, "10.0.0.254"),
			plain(udp(1, "dns", end(1, "10.0.0.1", 5000, 64), end(2, "10.9.0.5", 53, 63))),
			plain(udp(2, "dns", end(1, "10.0.0.1", 5001, 64), end(2, "10.9.0.6", 53, 63)))},
			[]string{"ip:10.9.0.5 10.9.0.5", "ip:10.9.0.6 10.9.0.6", "mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 10.0.0.254 router"}},
		{"several subnets, TTL unknown", []seen{
			plain(udp(1, "dns", end(1, "10.0.0.1", 5000, 0), end(2, "10.7.0.5", 53, 0))),
			plain(udp(2, "dns", end(1, "10.0.0.1", 5000, 0), end(2, "10.8.0.5", 53, 0))),
			plain(udp(3, "dns", end(1, "10.0.0.1", 5000, 0), end(2, "10.9.0.5", 53, 0)))},
			[]string{"ip:10.7.0.5 10.7.0.5", "ip:10.8.0.5 10.8.0.5", "ip:10.9.0.5 10.9.0.5", "mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 router"}},
		{"host with three addresses", []seen{arp(0, 1, "10.0.0.1"), arp(1, 1, "10.0.1.1"), arp(2, 1, "192.168.7.1")},
			[]string{"mac:00:09:fb:01:02:01 10.0.0.1 10.0.1.1 192.168.7.1"}},
		{"scan of a dead subnet behind a router", []seen{
			arp(0, 2, "10.0.0.254"),
			plain(udp(1, "", end(1, "10.0.0.1", 5000, 64), silent(end(2, "10.9.0.5", 161, 0)))),
			plain(udp(2, "", end(1, "10.0.0.1", 5000, 64), end(2, "10.9.0.9", 161, 63)))},
			[]string{"ip:10.9.0.9 10.9.0.9", "mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 10.0.0.254 router"}},
		{"group addresses are nobody", []seen{plain(udp(0, "ssdp", end(1, "10.0.0.1", 5000, 4),
			session.Endpoint{MAC: packet.MAC{1, 0, 0x5e, 0x7f, 0xff, 0xfa}, Addr: netip.MustParseAddr("239.255.255.250"), Port: 1900})),
			plain(udp(1, "carescape", end(1, "10.0.0.1", 5000, 64),
				session.Endpoint{MAC: packet.MAC{255, 255, 255, 255, 255, 255}, Addr: netip.MustParseAddr("10.0.0.255"), Port: 7000}))},
			[]string{"mac:00:09:fb:01:02:01 10.0.0.1"}},
		{"no MACs", []seen{plain(udp(0, "dns", end(0, "10.0.0.1", 5000, 64), end(0, "8.8.8.8", 53, 50))),
			plain(udp(1, "dns", end(0, "10.0.0.1", 5000, 64), silent(end(0, "10.0.0.77", 53, 0))))},
			[]string{"ip:10.0.0.1 10.0.0.1"}},
		{"link-local belongs to the MAC", []seen{plain(udp(0, "mdns", end(1, "fe80::1", 5353, 255), end(2, "fe80::2", 5353, 255)))},
			[]string{"mac:00:09:fb:01:02:01 fe80::1", "mac:00:09:fb:01:02:02 fe80::2"}},
		{"loopback", []seen{plain(udp(0, "dicom", end(0, "127.0.0.1", 5000, 64), end(0, "127.0.0.2", 104, 64)))},
			[]string{"ip:127.0.0.1 127.0.0.1", "ip:127.0.0.2 127.0.0.2"}},
		{"one MAC at both ends", []seen{{udp(0, "dicom", end(1, "10.0.0.1", 5000, 64), end(1, "10.0.0.2", 104, 64)),
			Observation{Claims: []Statement{{Subject{mac(1), netip.MustParseAddr("10.0.0.2")}, claim(FieldModel, "X", "r", Strong)}}}}},
			[]string{"ip:10.0.0.1 10.0.0.1", "ip:10.0.0.2 10.0.0.2"}},
		{"log without MAC joins the owner", []seen{arp(0, 1, "10.0.0.1"), plain(udp(1, "dns", end(0, "10.0.0.1", 5000, 64), end(0, "10.0.0.2", 53, 64)))},
			[]string{"ip:10.0.0.2 10.0.0.2", "mac:00:09:fb:01:02:01 10.0.0.1"}},
		{"router named on the wire", []seen{arp(0, 2, "10.0.0.254"), {udp(1, "dhcp", end(1, "10.0.0.1", 68, 64), end(3, "10.0.0.3", 67, 64)),
			Observation{Claims: []Statement{{Subject{Addr: netip.MustParseAddr("10.0.0.254")}, claim(FieldRole, "router", "dhcp.router", Strong)}}}}},
			[]string{"mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 10.0.0.254 router", "mac:00:09:fb:01:02:03 10.0.0.3"}},
		{"public server of the site is no router", []seen{plain(udp(0, "dns", end(1, "10.0.0.1", 5000, 64), end(2, "141.1.2.3", 53, 64)))},
			[]string{"mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 141.1.2.3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 4 {
				v := NewInventory(Options{})
				for _, i := range rand.Perm(len(tt.in)) {
					v.Session(tt.in[i].s, &tt.in[i].o)
				}
				if diff := cmp.Diff(tt.want, ids(v.Devices())); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

func TestCommutative(t *testing.T) {
	var all []seen
	for i := range 60 {
		m := byte(i%7 + 1)
		s := udp(i, []string{"dns", "hl7", ""}[i%3], end(m, "10.0.0."+string('0'+m), 5000, 64), end(9, "10.0."+string('0'+byte(i%3))+".9", 53, 63))
		s.Input = i % 2
		all = append(all, seen{s, Observation{
			Claims:   []Statement{{Of(&s.Orig), claim(FieldModel, []string{"A", "B"}[i%2], "r", 0.5)}},
			Logins:   []PartyLogin{{Of(&s.Resp), Login{Service: "telnet", Cleartext: true, Frame: s.Frame}}},
			Bindings: []Binding{{mac(m), s.Orig.Addr, BindDHCP, s.Start}},
		}})
	}
	var want []byte
	for n := range 5 {
		v := NewInventory(Options{Inputs: []string{"b.pcap", "a.pcap"}})
		for _, i := range rand.Perm(len(all)) {
			v.Session(all[i].s, &all[i].o)
		}
		got, err := json.MarshalIndent(v.Devices(), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			want = got
		} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestServicesAndPeers(t *testing.T) {
	v := NewInventory(Options{Inputs: []string{"a.pcap"}})
	s := udp(0, "hl7", end(1, "10.0.0.1", 5000, 64), end(2, "10.0.0.2", 2575, 64))
	s.Transport, s.State = session.TCP, "SF"
	v.Session(s, nil)
	scan := udp(1, "", end(1, "10.0.0.1", 5001, 64), silent(end(2, "10.0.0.2", 22, 0)))
	scan.Transport, scan.State = session.TCP, "S0"
	v.Session(scan, nil)
	part := *s
	part.Part = 1
	v.Session(&part, nil)
	d := v.Devices()
	want := Service{Name: "hl7", Transport: "tcp", Port: 2575, Answers: true, Cleartext: true, Sessions: 1,
		First: t0, Last: t0.Add(time.Second), Frame: 1, Input: "a.pcap"}
	if diff := cmp.Diff([]Service{want}, d[1].Services); diff != "" {
		t.Error(diff)
	}
	want.Answers = false
	if diff := cmp.Diff([]Service{want}, d[0].Services); diff != "" {
		t.Error(diff)
	}
	if p := d[0].Peers; len(p) != 1 || p[0].Device != d[1].ID || p[0].Inbound || p[0].Bytes != 40 {
		t.Errorf("peers %+v", p)
	}
	if p := d[1].Peers; len(p) != 1 || p[0].Device != d[0].ID || !p[0].Inbound {
		t.Errorf("peers %+v", p)
	}
}

func TestAddressNotes(t *testing.T) {
	v := NewInventory(Options{})
	for _, s := range []seen{arp(0, 1, "10.0.0.1"), arp(9, 1, "10.0.0.1"), arp(5, 2, "10.0.0.1"), arp(20, 3, "10.0.0.1")} {
		v.Session(s.s, &s.o)
	}
	d := v.Devices()
	for i, want := range []string{"also used by 00:09:fb:01:02:02 at the same time", "used by 00:09:fb:01:02:01 at the same time", "was used by 00:09:fb:01:02:01 before"} {
		if !strings.Contains(strings.Join(d[i].Warnings, "; "), want) {
			t.Errorf("%s: %q, want %q", d[i].ID, d[i].Warnings, want)
		}
	}
}

func TestLimits(t *testing.T) {
	v := NewInventory(Options{})
	s := udp(0, "dns", end(1, "10.0.0.1", 5000, 64), end(2, "10.0.0.2", 53, 64))
	for i := range 3 * MaxClaims {
		v.Session(s, &Observation{Claims: []Statement{{Of(&s.Orig), claim(FieldSoftware, strings.Repeat("x", i%700), "r", 0.5)}}})
	}
	if n := len(v.Devices()[0].Claims); n > MaxClaims {
		t.Errorf("%d claims kept", n)
	}
}

func BenchmarkSession(b *testing.B) {
	v := NewInventory(Options{})
	s := udp(0, "dns", end(1, "10.0.0.1", 5000, 64), end(2, "10.0.0.2", 53, 64))
	b.ReportAllocs()
	for i := range b.N {
		s.Orig.Addr = netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		v.Session(s, nil)
	}
}
