package web

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ward/web/ui"
)

// mapNode is one node of the drawing: a zone, or a spot in one.
type mapNode struct {
	ID     string  `json:"id"`
	Parent string  `json:"parent,omitempty"`
	Label  string  `json:"label"`
	Class  string  `json:"class"` // zone, spot, internet, strangers
	X      float64 `json:"x,omitempty"`
	Y      float64 `json:"y,omitempty"`
	Link   string  `json:"link,omitempty"` // the devices, or the map of the zone alone
}

// mapEdge is one line of the drawing.
type mapEdge struct {
	From  string  `json:"from"`
	To    string  `json:"to"`
	Label string  `json:"label"` // the services
	Class string  `json:"class"` // clear, internet, both or empty
	Width float64 `json:"width"` // 1..7, by the amount of data
}

// drawing is the map for the browser. Its size is bounded, whatever the network.
type drawing struct {
	Counting bool      `json:"counting"`
	Nodes    []mapNode `json:"nodes"`
	Edges    []mapEdge `json:"edges"`
}

// drawNetwork gives the map as JSON, every node with its place.
func (s *Server) drawNetwork(w http.ResponseWriter, r *http.Request) error {
	data := networkQuery(r)
	g, err := s.netmaps.get(r.Context(), s.Store, data.By, data.Days, scope(r))
	if err != nil {
		return err
	}
	out := drawing{Counting: g == nil, Nodes: []mapNode{}, Edges: []mapEdge{}}
	if g != nil {
		s.draw(r, &out, g, data)
	}
	return answerJSON(w, out)
}

func (s *Server) draw(r *http.Request, out *drawing, g *graph, data networkData) {
	g = g.within(data.Filter)
	links := g.filtered(data.Filter)
	links = links[:min(len(links), maxLinks)]
	shown := g.spots
	if data.Filter != (linkFilter{}) { // only what takes part
		shown = map[spot]int{}
		for _, l := range links {
			shown[l.From], shown[l.To] = g.spots[l.From], g.spots[l.To]
		}
	}
	at := (&graph{spots: shown}).layout()
	spots := slices.SortedFunc(maps.Keys(shown), func(a, b spot) int {
		return cmp.Or(strings.Compare(a.zone, b.zone), strings.Compare(a.kind, b.kind))
	})
	zones := map[string]bool{}
	for _, sp := range spots {
		if len(out.Nodes) >= maxMapNodes-1 {
			break
		}
		if g.kinds && !zones[sp.zone] {
			zones[sp.zone] = true
			out.Nodes = append(out.Nodes, mapNode{ID: "z:" + sp.zone, Label: s.zoneLabel(r, g, sp.zone), Class: "zone " + classOf(sp)})
		}
		n := mapNode{ID: sp.String(), Label: s.spotLabel(r, g, sp, shown[sp]), Class: "spot " + classOf(sp), X: at[sp].X, Y: at[sp].Y, Link: g.devicesAt(data.By, sp)}
		if g.kinds {
			n.Parent = "z:" + sp.zone
		} else {
			n.Link = zoneLink(data, sp.zone)
		}
		out.Nodes = append(out.Nodes, n)
	}
	drawn := map[string]bool{}
	for _, n := range out.Nodes {
		drawn[n.ID] = true
	}
	for _, l := range links {
		if from, to := l.From.String(), l.To.String(); drawn[from] && drawn[to] {
			out.Edges = append(out.Edges, mapEdge{from, to, named(l.Services), l.class(), math.Round(10*math.Min(7, 1+math.Log10(float64(l.Bytes)/10_000+1))) / 10})
		}
	}
}

// zoneLink is the address of the map of one zone.
func zoneLink(data networkData, zone string) string {
	q := url.Values{"by": {data.By}, "days": {strconv.Itoa(data.Days)}, "zone": {zone}}
	return "/network?" + q.Encode()
}

func (s *Server) zoneLabel(r *http.Request, g *graph, zone string) string {
	if n := g.zones[zone]; n > 0 && g.kinds {
		return ui.Neutral(s.zoneName(r, zone)) + " (" + strconv.Itoa(n) + ")"
	}
	return ui.Neutral(s.zoneName(r, zone))
}

func (s *Server) spotLabel(r *http.Request, g *graph, at spot, n int) string {
	name := s.kindName(r, at)
	switch {
	case !g.kinds:
		name = s.zoneName(r, at.zone)
	case name == "" && n > 0:
		name = s.UI.T(r, "unknown kind")
	}
	if n > 0 {
		name += " (" + strconv.Itoa(n) + ")"
	}
	return ui.Neutral(strings.TrimSpace(name))
}

func classOf(at spot) string {
	switch {
	case at.zone == zoneInternet:
		return "internet"
	case at.kind == kindStrangers || at.zone == zoneStrangers || at.zone == zoneElsewhere:
		return "strangers"
	}
	return ""
}

func (l link) class() string {
	switch {
	case l.Cleartext && l.Internet:
		return "clear internet"
	case l.Cleartext:
		return "clear"
	case l.Internet:
		return "internet"
	}
	return ""
}

// named lists the first services.
func named(services []string) string {
	text := strings.Join(services[:min(len(services), maxLinkNames)], ", ")
	if len(services) > maxLinkNames {
		text += ", …"
	}
	return ui.Neutral(text)
}

func answerJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b) // a reader that went away is no fault
	return nil
}
