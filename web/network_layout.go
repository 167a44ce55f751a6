package web

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// Sizes of the map, in pixels before zooming.
const (
	spotWidth, spotHeight = 122.0, 62.0
	zonePad, zoneGap      = 26.0, 58.0
	mapShape              = 2.1 // width by height
)

// point is a place on the map.
type point struct{ X, Y float64 }

// layout places every spot: a grid of kinds within each zone, zones on shelves,
// the largest first, the internet above all. The same map is always drawn alike.
func (g *graph) layout() map[spot]point {
	inside := map[string][]spot{}
	for s := range g.spots {
		inside[s.zone] = append(inside[s.zone], s)
	}
	zones := slices.SortedFunc(maps.Keys(inside), func(a, b string) int { return cmp.Or(len(inside[b])-len(inside[a]), strings.Compare(a, b)) })
	area := 0.0
	for _, z := range zones {
		w, h := zoneSize(len(inside[z]))
		area += (w + zoneGap) * (h + zoneGap)
	}
	width := math.Max(600, math.Sqrt(area*mapShape))
	out := map[spot]point{}
	x, y, shelf := 0.0, 0.0, 0.0
	if list := inside[zoneInternet]; len(list) > 0 {
		w, h := zoneSize(len(list))
		g.place(out, list, (width-w)/2, 0)
		y = h + zoneGap
	}
	for _, z := range zones {
		if z == zoneInternet {
			continue
		}
		w, h := zoneSize(len(inside[z]))
		if x > 0 && x+w > width {
			x, y, shelf = 0, y+shelf+zoneGap, 0
		}
		g.place(out, inside[z], x, y)
		x, shelf = x+w+zoneGap, math.Max(shelf, h)
	}
	return out
}

// place puts the spots of a zone on a grid, the most devices first.
func (g *graph) place(out map[spot]point, list []spot, left, top float64) {
	slices.SortFunc(list, func(a, b spot) int { return cmp.Or(g.spots[b]-g.spots[a], strings.Compare(a.kind, b.kind)) })
	cols := columns(len(list))
	for i, s := range list {
		out[s] = point{left + zonePad + (float64(i%cols)+.5)*spotWidth, top + zonePad + (float64(i/cols)+.5)*spotHeight}
	}
}

func columns(n int) int { return max(1, int(math.Ceil(math.Sqrt(float64(n))))) }

func zoneSize(n int) (w, h float64) {
	cols := columns(n)
	rows := (n + cols - 1) / cols
	return float64(cols)*spotWidth + 2*zonePad, float64(rows)*spotHeight + 2*zonePad
}
