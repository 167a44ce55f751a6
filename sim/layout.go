package sim

import (
	"fmt"
	"net/netip"
)

// VLANs of the hospital. Wards are numbered from wardVLAN on, each with its own.
const (
	serverVLAN   = 20
	buildingVLAN = 40 // comes double-tagged
	farVLAN      = 99 // another building: not mirrored
	wardVLAN     = 110
	outerTag     = 1000
	maxWards     = 3900 // VLAN numbers end at 4094
)

// ward is one ward with its network; the shared one holds what stands once.
type ward struct {
	number  int
	name    string
	vlan    uint16
	subnet  netip.Addr // its .0
	next    int        // last octet given
	members map[string][]*Host
}

// composition of one ward, by catalogue key; the first ward comes with the
// extras so that every kind of device is there once.
var (
	wardMembers = []string{
		"philips_central", "ge_central", "alaris", "alaris", "alaris", "spectrum", "spectrum", "mx800", "mx450", "mp50", "b650", "dash", "evita",
		"bga", "win10", "win7", "printer",
	}
	moreMembers = []string{
		"philips_central", "ge_central", "alaris", "alaris", "alaris", "alaris", "spectrum", "spectrum", "spectrum", "mx800", "mx450", "mx800", "mx450",
		"mp50", "b650", "b650", "b650", "dash", "evita", "evita", "bga", "win10", "win10", "win10", "win7", "printer", "camera",
	}
	firstExtras   = []string{"xtr", "ge_gateway", "ct", "ultrasound", "viewer", "analyser"}
	sharedServers = []string{"infra", "dc", "pump_server", "pacs", "broker", "engine", "lis", "poc_manager", "nms"}
	buildingGear  = []string{"bacnet", "bms", "ups", "camera"}
	farHosts      = []string{"ehr", "far_ultrasound"}
	everyFourth   = []string{"ct", "ultrasound", "viewer", "analyser", "xtr", "ge_gateway"}
)

// layout makes the networks and their devices.
func (h *Hospital) layout() {
	h.shared = ward{name: "server room", vlan: serverVLAN, subnet: netip.AddrFrom4([4]byte{10, 10, 20, 0}), next: 9, members: map[string][]*Host{}}
	building := &ward{name: "plant room", vlan: buildingVLAN, subnet: netip.AddrFrom4([4]byte{10, 10, 40, 0}), next: 9, members: h.shared.members}
	far := &ward{name: "annex", vlan: farVLAN, subnet: netip.AddrFrom4([4]byte{10, 99, 1, 0}), next: 9, members: h.shared.members}
	h.outer[buildingVLAN] = outerTag
	h.gateway(&h.shared, true)
	h.gateway(building, true)
	h.gateway(far, false)
	h.switchGear(&h.shared)
	h.fill(&h.shared, sharedServers)
	h.fill(building, buildingGear)
	h.fill(far, farHosts)
	h.internet()
	h.addWard(append(append([]string{}, wardMembers...), firstExtras...))
	for len(h.hosts) < h.cfg.Devices && len(h.wards) < maxWards {
		members := moreMembers
		if len(h.wards)%4 == 0 {
			members = append(append([]string{}, moreMembers...), everyFourth...)
		}
		h.addWard(members[:min(len(members), h.cfg.Devices-len(h.hosts))])
	}
	for _, d := range h.hosts {
		d.Routed = d.VLAN == farVLAN
	}
}

// names of wards, in turn.
var wardNames = []string{"ICU", "OR", "Ward", "ED", "NICU", "Step-down"}

func (h *Hospital) addWard(members []string) {
	i := len(h.wards)
	w := &ward{number: i + 1, name: fmt.Sprintf("%s %d", wardNames[i%len(wardNames)], 1+i/len(wardNames)), vlan: uint16(wardVLAN + i), next: 9, members: map[string][]*Host{}}
	w.subnet = netip.AddrFrom4([4]byte{10, byte(20 + i/250), byte(i%250 + 1), 0})
	h.wards = append(h.wards, w)
	h.gateway(w, true)
	h.fill(w, members)
}

func (h *Hospital) fill(w *ward, members []string) {
	for _, name := range members {
		d := h.add(row(name), w, w.vlan, w.address())
		w.members[name] = append(w.members[name], d)
	}
}

// address gives the ward's next free address.
func (w *ward) address() netip.Addr {
	w.next++
	return w.at(byte(w.next))
}

func (w *ward) at(last byte) netip.Addr {
	a := w.subnet.As4()
	a[3] = last
	return netip.AddrFrom4(a)
}

// place is where a device of the ward stands, for the maintenance record.
func (w *ward) place(p *plan) string {
	if p.bedside {
		return fmt.Sprintf("%s bed %d", w.name, 1+w.next%8)
	}
	return w.name
}

// one gives the ward's device of a key, else the shared one, else the first
// ward's: the server that its devices talk to.
func (h *Hospital) one(w *ward, name string) *Host {
	for _, m := range []map[string][]*Host{w.members, h.shared.members, h.wards[0].members} {
		if list := m[name]; len(list) > 0 {
			return list[0]
		}
	}
	panic("sim: no " + name)
}

// gateway is the router's interface in a VLAN.
func (h *Hospital) gateway(w *ward, mirrored bool) {
	h.tapped[w.vlan] = mirrored
	d := h.add(row("gateway"), w, w.vlan, w.at(2))
	h.router[w.vlan] = d
}
