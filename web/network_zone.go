package web

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ward/asset/device"
	"ward/store"
)

// Zones that are no place of the hospital. The sign before the name keeps them
// apart from what devices are named by.
const (
	zoneInternet  = "~internet"
	zoneStrangers = "~strangers" // addresses of no known device
	zoneUnplaced  = "~unplaced"  // devices whose place nobody knows
	zoneElsewhere = "~elsewhere" // devices that the person may not see
	zoneOthers    = "~others"    // what was folded together to keep the map readable
)

// Ways to cut the network into zones.
const (
	byPrefix     = "prefix"
	byLocation   = "location"
	byDepartment = "department"
	byVLAN       = "vlan"
)

var waysToCut = []string{byPrefix, byLocation, byDepartment, byVLAN}

// spot is where on the map a party stands: a zone, and within it a kind of device.
type spot struct{ zone, kind string }

// kindStrangers is the kind of addresses of no known device.
const kindStrangers = "~"

// spotSign joins the two words of a spot; neither has it.
const spotSign = "\x1f"

func (s spot) String() string { return s.zone + spotSign + s.kind }

func parseSpot(name string) spot {
	zone, kind, _ := strings.Cut(name, spotSign)
	return spot{zone, kind}
}

// places knows the spot of every device that a person may see.
type places struct {
	by     string
	scoped bool
	of     map[device.ID]spot
	count  map[spot]int
}

// readPlaces reads where the devices stand. Only a cut by VLAN needs whole devices.
func readPlaces(ctx context.Context, s *store.Store, by string, departments []string) (*places, error) {
	p := &places{by: by, scoped: len(departments) > 0, of: map[device.ID]spot{}, count: map[spot]int{}}
	put := func(id device.ID, zone, kind string) {
		zone = strings.ReplaceAll(strings.TrimLeft(zone, "~"), spotSign, " ")
		at := spot{cmp.Or(strings.TrimSpace(zone), zoneUnplaced), strings.ReplaceAll(strings.TrimLeft(kind, "~"), spotSign, " ")}
		p.of[id] = at
		p.count[at]++
	}
	if by == byVLAN {
		return p, s.EachDeviceDocument(ctx, func(d *device.Device) error {
			if p.scoped && !slices.Contains(departments, d.Department) {
				return nil
			}
			zone := ""
			if len(d.VLANs) > 0 {
				zone = fmt.Sprintf("VLAN %d", d.VLANs[0])
			}
			put(d.ID, zone, d.Kind)
			return nil
		})
	}
	return p, s.EachDevice(ctx, store.DeviceFilter{Departments: departments}, func(d *store.DeviceLine) error {
		put(d.ID, zoneOfLine(by, d), d.Kind)
		return nil
	})
}

func zoneOfLine(by string, d *store.DeviceLine) string {
	switch by {
	case byDepartment:
		return d.Department
	case byLocation:
		ward, _, _ := strings.Cut(d.Location, ",") // "ICU 2, bed 7" lies in ICU 2
		return ward
	}
	for _, text := range d.Addresses {
		if a, err := netip.ParseAddr(text); err == nil && !a.IsLinkLocalUnicast() {
			return prefixOf(a)
		}
	}
	return ""
}

// Lengths of the prefixes that addresses are put together by at first.
const (
	zoneBits4 = 24
	zoneBits6 = 64
)

func prefixOf(a netip.Addr) string {
	a = a.Unmap()
	bits := zoneBits6
	if a.Is4() {
		bits = zoneBits4
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// zone is the store.Zone of the map.
func (p *places) zone(party store.Party, owner device.ID) string {
	if owner != "" {
		if at, ok := p.of[owner]; ok {
			return at.String()
		}
		if p.scoped {
			return spot{zoneElsewhere, ""}.String()
		}
	}
	a := party.Addr.Unmap()
	switch {
	case !a.IsValid():
		return spot{zoneStrangers, kindStrangers}.String()
	case a.IsMulticast() || a.IsUnspecified() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "" // everybody is no party
	case owner == "" && a.IsGlobalUnicast() && !a.IsPrivate():
		return spot{zoneInternet, ""}.String()
	case p.by == byPrefix && !p.scoped && !a.IsLinkLocalUnicast():
		return spot{prefixOf(a), kindStrangers}.String()
	}
	return spot{zoneStrangers, kindStrangers}.String()
}
