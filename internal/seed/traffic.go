package seed

import (
	"context"
	"net/netip"
	"time"

	"ward/asset/device"
	"ward/store"
	"ward/wire/packet"
	"ward/wire/session"
)

const (
	// trafficDays is how many days before Now sessions are made for.
	trafficDays = 3
	// maxTraffic bounds how many devices have sessions: Fill stays fast.
	maxTraffic = 8000
	// trafficImport is the import that the sessions belong to.
	trafficImport = "seed"
)

// internet is an address of nobody in the hospital.
var internet = netip.MustParseAddr("93.184.216.34")

// fillTraffic records the sessions of the first n devices and whose they are.
func fillTraffic(ctx context.Context, s *store.Store, n int) error {
	r, err := s.Record(ctx, trafficImport)
	if err != nil {
		return err
	}
	defer r.Discard()
	n = min(n, maxTraffic)
	step := trafficDays * 24 * time.Hour / time.Duration(max(n, 1))
	for i := range n {
		for k, v := range Sessions(i) {
			v.Start = Now.Add(-time.Duration((i*7919+k*131)%max(n, 1)) * step).Add(-time.Hour)
			v.Last = v.Start.Add(40 * time.Second)
			if err := r.Session(&v); err != nil {
				return err
			}
		}
	}
	if err := r.Commit(ctx); err != nil {
		return err
	}
	return s.SetOwners(ctx, owner)
}

// owner finds the device of a party by its made-up MAC.
func owner(p store.Party) device.ID {
	if p.MAC[0] == 2 && p.MAC[1] == 0x10 {
		return device.ID("mac:" + p.MAC.String())
	}
	return ""
}

// Sessions makes what the i-th device talks about, without times.
func Sessions(i int) []session.Session {
	m, me := &models[i%len(models)], endpoint(i)
	var out []session.Session
	add := func(resp session.Endpoint, service string, port uint16, up, down uint64) {
		resp.Port = port
		orig := me
		orig.Port, orig.Bytes, orig.Packets = uint16(40_000+i%20_000), up, 3+up/1400
		resp.Bytes, resp.Packets = down, 3+down/1400
		out = append(out, session.Session{Transport: session.TCP, Orig: orig, Resp: resp, Service: service, State: "SF"})
	}
	for p := 1; p <= i%4; p++ {
		n := i * 7 / (p + 1) % (i + 1)
		add(endpoint(n), m.service, m.port, uint64(4000*p*(i%13+1)), uint64(9000*p*(i%29+1)))
	}
	if m.kind == "ct" || m.kind == "ultrasound" {
		add(endpoint(7), "dicom", 11112, uint64(40_000_000+i*1000), 90_000) // to the archive
	}
	if i%9 == 4 {
		add(session.Endpoint{Addr: internet}, "tls", 443, 80_000, 1_200_000)
	}
	if i%23 == 3 {
		add(session.Endpoint{Addr: netip.AddrFrom4([4]byte{10, 77, 0, byte(i)})}, "telnet", 23, 900, 4000) // nobody knows it
	}
	return out
}

func endpoint(i int) session.Endpoint {
	return session.Endpoint{MAC: packet.MAC{2, 0x10, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)},
		Addr: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}
}
