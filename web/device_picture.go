package web

import (
	"cmp"
	"math"
	"slices"

	"ward/asset/device"
	"ward/web/ui"
)

// maxDrawn is how many peers the picture of a device shows.
const maxDrawn = 12

// picture is what a device talks to, drawn around it.
type picture struct {
	Name          string
	Spokes        []spoke
	Width, Height int
	CX, CY        int
	More          int
}

// spoke is one peer in the picture. Coordinates are SVG units.
type spoke struct {
	X, Y     int
	TX       int    // of the text
	Anchor   string // start, end
	Name     string
	Link     string
	Service  string
	Bytes    uint64
	Sessions int
	Inbound  bool
	Internet bool
	Stroke   int
}

// topPeers gives the parties with most bytes.
func topPeers(peers []device.Peer) []device.Peer {
	all := byParty(peers)
	return all[:min(len(all), maxDrawn)]
}

// byParty sums the peers by party, most bytes first.
func byParty(peers []device.Peer) []device.Peer {
	type key struct {
		id   device.ID
		addr string
	}
	at := map[key]int{}
	var out []device.Peer
	for _, p := range peers {
		k := key{id: p.Device}
		if p.Device == "" {
			k.addr = p.Addr.String()
		}
		if i, ok := at[k]; ok {
			out[i].Bytes += p.Bytes
			out[i].Sessions += p.Sessions
			if p.Service != "" && out[i].Service == "" {
				out[i].Service = p.Service
			}
			continue
		}
		at[k] = len(out)
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b device.Peer) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Device, b.Device), a.Addr.Compare(b.Addr))
	})
	return out
}

// drawPeers places peers left and right of the device: who opens sessions to it
// on the left, whom it opens sessions to on the right.
func drawPeers(name string, peers []device.Peer, names map[device.ID]string) picture {
	const step, width = 34, 760
	all := byParty(peers)
	top := all[:min(len(all), maxDrawn)]
	var left, right []device.Peer
	for _, p := range top {
		if p.Inbound {
			left = append(left, p)
		} else {
			right = append(right, p)
		}
	}
	rows := max(len(left), len(right), 1)
	pic := picture{Name: name, Width: width, Height: rows*step + 30, CX: width / 2, CY: (rows*step + 30) / 2, More: len(all) - len(top)}
	for side, list := range [][]device.Peer{left, right} {
		for i, p := range list {
			sp := spoke{X: 240, TX: 230, Anchor: "end", Y: pic.CY + int((float64(i)-float64(len(list)-1)/2)*step), Name: p.Addr.String(), Service: p.Service,
				Bytes: p.Bytes, Sessions: p.Sessions, Inbound: p.Inbound, Internet: p.Internet,
				Stroke: 1 + int(math.Log10(float64(p.Bytes)+1)/2)}
			if side == 1 {
				sp.X, sp.TX, sp.Anchor = width-240, width-230, "start"
			}
			if p.Device != "" {
				sp.Link, sp.Name = ui.DeviceLink(p.Device), cmp.Or(names[p.Device], string(p.Device))
			}
			pic.Spokes = append(pic.Spokes, sp)
		}
	}
	return pic
}

// week is the use of a device by hour of the week, as a heat map.
type week struct {
	Cells []weekCell
	Total uint64
}

type weekCell struct {
	Day, Hour int
	X, Y      int
	Level     int // 0 nothing .. 4 most
	Sessions  uint64
}

const weekStep = 22

// drawWeek places 7 rows of 24 hours; the level is a quarter of the most.
func drawWeek(hours [168]uint64) *week {
	out, most := &week{}, uint64(0)
	for _, n := range hours {
		most = max(most, n)
		out.Total += n
	}
	for i, n := range hours {
		c := weekCell{Day: i / 24, Hour: i % 24, X: 40 + i%24*weekStep, Y: 20 + i/24*weekStep, Sessions: n}
		if n > 0 {
			c.Level = 1 + int(3*math.Sqrt(float64(n)/float64(most)))
		}
		out.Cells = append(out.Cells, c)
	}
	return out
}
