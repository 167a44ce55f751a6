package intake

import (
	"fmt"
	"net/netip"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"ward/asset/device"
	"ward/store"
	"ward/wire/packet"
	"ward/wire/session"
)

// What making devices anew may take: 20 000 of them stand for a very large
// hospital (50 000 took 464 MB, measured with the constant below set so).
const (
	foldDevices = 20_000
	maxFold     = 300 << 20 // 160 to 220 MB, as the collector comes
)

// large puts the parts of a large hospital into the store: devices with twelve
// claims each that talk with servers on five services, in parts.
func large(t testing.TB, h *hub, devices, parts int) {
	o := h.options()
	o.Inputs = []string{"large.pcap"}
	inventories := make([]*device.Inventory, parts)
	for n := range inventories {
		inventories[n] = device.NewInventory(o)
	}
	start := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	for d := range devices {
		mac := packet.MAC{0, 9, 0xfb, byte(d >> 16), byte(d >> 8), byte(d)}
		addr := netip.AddrFrom4([4]byte{10, byte(d >> 16), byte(d >> 8), byte(d)})
		for n := range 5 {
			server := 1 + (d*7+n)%400
			s := &session.Session{ID: session.ID(d*5 + n), Transport: session.TCP, State: "SF", Service: []string{"hl7", "dicom", "http", "tls", "dns"}[n],
				Start: start, Last: start.Add(time.Second), Frame: uint64(d),
				Orig: session.Endpoint{MAC: mac, Addr: addr, Port: 5000, Packets: 5, Bytes: 100, TTL: 64},
				Resp: session.Endpoint{MAC: packet.MAC{0, 9, 0xfc, 0, byte(server >> 8), byte(server)}, Addr: netip.AddrFrom4([4]byte{10, 200, byte(server >> 8), byte(server)}), Port: uint16(100 + n), Packets: 5, TTL: 64}}
			seen := device.Observation{Bindings: []device.Binding{{MAC: mac, Addr: addr, Kind: device.BindARP, Seen: start}}}
			for c := range 4 {
				seen.Claims = append(seen.Claims, device.Statement{Subject: device.Of(&s.Orig), Claim: device.Claim{Field: device.FieldSoftware, Name: fmt.Sprintf("product %d", (n*4+c)%12),
					Value: fmt.Sprint(d % 50), Confidence: device.Strong, Seen: start, Source: device.Source{Rule: "product", Frame: uint64(d), Saw: fmt.Sprintf("product token \"product %d/%d\"", (n*4+c)%12, d%50)}}})
			}
			inventories[(d+n)%parts].Session(s, &seen)
		}
	}
	for n, v := range inventories {
		i := store.Import{ID: fmt.Sprint("part", n), Name: "large.pcap", Kind: "pcap", State: store.ImportDone, At: start}
		if err := h.finish(t.Context(), &i, partInventory, v); err != nil {
			t.Fatal(err)
		}
		inventories[n] = nil
	}
}

// TestMemoryOfFold makes the devices of a large hospital anew, first new, then
// known ones.
func TestMemoryOfFold(t *testing.T) {
	devices := foldDevices
	if testing.Short() {
		devices = 5_000 // the bound is that of the whole
	}
	h := open(t, t.TempDir(), Deps{})
	large(t, h, devices, 10)
	debug.FreeOSMemory()
	for n := range 2 {
		stop, peak := make(chan bool), make(chan uint64)
		go func() {
			var most uint64
			for {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse+m.StackInuse)
				select {
				case <-stop:
					peak <- most
					return
				case <-time.After(50 * time.Millisecond):
				}
			}
		}()
		began := time.Now()
		if err := h.Fold(); err != nil {
			t.Fatal(err)
		}
		if err := h.foldIfNeeded(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop <- true
		most := <-peak
		t.Logf("fold %d of %d devices: %s, peak %d MB", n+1, devices, time.Since(began).Round(time.Millisecond), most>>20)
		if most > maxFold {
			t.Errorf("peak %d MB, at most %d", most>>20, maxFold>>20)
		}
	}
	if c := h.changes[len(h.changes)-1]; len(c.New)+len(c.Changed)+len(c.Gone) > 0 {
		t.Errorf("the second fold changed %d %d %d", len(c.New), len(c.Changed), len(c.Gone))
	}
}
