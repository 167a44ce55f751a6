package cpeindex

import "ward/spec/cpe"

// Inventory holds the CPE names of many devices in little memory, with the
// devices of each product at hand: a few changed advisories only visit the
// devices they can be about.
type Inventory struct {
	products map[string]uint32
	names    []string
	devices  [][]uint32 // by product, rising
	versions map[cpe.Value]uint32
	values   []cpe.Value
	extras   []extra // [0] is empty
	extraAt  map[extra]uint32
	starts   []uint32 // first owned name of each device, and the end
	owned    []owned
	scratch  []byte
}

// owned is one CPE name of a device.
type owned struct{ product, version, extra uint32 }

// NewInventory makes an empty Inventory.
func NewInventory() *Inventory {
	return &Inventory{products: map[string]uint32{}, versions: map[cpe.Value]uint32{},
		extras: []extra{{}}, extraAt: map[extra]uint32{}, starts: []uint32{0}}
}

// Add takes the names of the next device and gives its number, from 0.
func (inv *Inventory) Add(names []cpe.Name) int {
	device := uint32(len(inv.starts) - 1)
	for _, n := range names {
		var ok bool
		if inv.scratch, ok = appendKey(inv.scratch[:0], n); !ok {
			continue
		}
		o := owned{product: inv.product(inv.scratch), version: inv.version(n.Version)}
		e := attributes(n)
		e[0] = "" // stands in version
		o.extra = inv.extra(e)
		inv.owned = append(inv.owned, o)
		list := inv.devices[o.product]
		if len(list) == 0 || list[len(list)-1] != device {
			inv.devices[o.product] = append(list, device)
		}
	}
	inv.starts = append(inv.starts, uint32(len(inv.owned)))
	return int(device)
}

// Len is the number of devices.
func (inv *Inventory) Len() int { return len(inv.starts) - 1 }

func (inv *Inventory) product(key []byte) uint32 {
	at, ok := inv.products[string(key)]
	if !ok {
		at = uint32(len(inv.names))
		inv.names = append(inv.names, string(key))
		inv.devices = append(inv.devices, nil)
		inv.products[inv.names[at]] = at
	}
	return at
}

func (inv *Inventory) version(v cpe.Value) uint32 {
	at, ok := inv.versions[v]
	if !ok {
		at = uint32(len(inv.values))
		inv.values = append(inv.values, v)
		inv.versions[v] = at
	}
	return at
}

func (inv *Inventory) extra(e extra) uint32 {
	if e.any() {
		return 0
	}
	at, ok := inv.extraAt[e]
	if !ok {
		at = uint32(len(inv.extras))
		inv.extras = append(inv.extras, e)
		inv.extraAt[e] = at
	}
	return at
}

// none marks a product that the Index does not know, a place not yet looked up
// and a device that no product names.
const none uint32 = 1<<32 - 1

// Match tells every CVE of the Index for every device, devices in order.
func (inv *Inventory) Match(ix *Index, emit func(device int, cve string, how How)) {
	products, wanted := inv.meet(ix)
	places := make([]uint32, len(inv.values))
	known := make([]bool, len(inv.values))
	m := ix.NewMatcher()
	for device := range wanted {
		if !wanted[device] {
			continue
		}
		m.begin()
		for _, o := range inv.owned[inv.starts[device]:inv.starts[device+1]] {
			product := products[o.product]
			if product == none {
				continue
			}
			if !known[o.version] {
				places[o.version], known[o.version] = ix.place(inv.values[o.version]), true
			}
			m.name(product, places[o.version], inv.values[o.version], &inv.extras[o.extra])
		}
		m.end(func(cve string, how How) { emit(device, cve, how) })
	}
}

// meet finds the products both sides know and the devices that have one.
func (inv *Inventory) meet(ix *Index) (products []uint32, wanted []bool) {
	products, wanted = make([]uint32, len(inv.names)), make([]bool, inv.Len())
	for i, name := range inv.names {
		at, ok := ix.products[name]
		if !ok {
			products[i] = none
			continue
		}
		products[i] = at
		for _, device := range inv.devices[i] {
			wanted[device] = true
		}
	}
	return products, wanted
}
