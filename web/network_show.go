package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ward/asset/device"
)

// linkPage is how many links the table below the map shows at once.
const linkPage = 50

// networkData is what the page of the network shows.
type networkData struct {
	By       string
	Map      string // address of the drawing
	Again    string // address of this page
	Days     int
	Filter   linkFilter
	Counting bool // the map is being counted: ask again soon
	Zones    []zoneRow
	Links    []linkRow
	Total    int
	Clear    int // links with an unencrypted service
	Internet int // links with the internet
	Devices  int
	Services []string
	Kinds    bool
	Drawn    int
	Offset   int
	Limit    int
	Spans    []int
	Ways     []string
	AllSeen  bool // not some departments only
}

// zoneRow is one zone to choose.
type zoneRow struct {
	Zone, Name string
	Devices    int
}

// linkRow is one line of the table: the same as one line of the map.
type linkRow struct {
	link
	FromName, ToName string
	FromLink, ToLink string
}

// Spans of time to choose from, in days; 0 is all.
var networkSpans = []int{1, 7, 30, 0}

// networkQuery reads the query of the page's address.
func networkQuery(r *http.Request) networkData {
	q := r.URL.Query()
	d := networkData{By: q.Get("by"), Days: 30, Offset: offset(r), Limit: linkPage, Spans: networkSpans, Ways: waysToCut, AllSeen: len(scope(r)) == 0,
		Filter: linkFilter{Cleartext: q.Has("cleartext"), Internet: q.Has("internet"), Service: bounded(q.Get("service")), Zone: bounded(q.Get("zone"))}}
	if !slices.Contains(waysToCut, d.By) {
		d.By = byPrefix
	}
	if n, err := strconv.Atoi(q.Get("days")); err == nil && slices.Contains(networkSpans, n) {
		d.Days = n
	}
	q.Del("offset")
	d.Map, d.Again = "/network/map.json?"+q.Encode(), "/network?"+q.Encode()
	return d
}

// showNetwork shows zones and who talks with whom, as a map and as a table.
func (s *Server) showNetwork(w http.ResponseWriter, r *http.Request) error {
	data := networkQuery(r)
	g, err := s.netmaps.get(r.Context(), s.Store, data.By, data.Days, scope(r))
	if err != nil {
		return err
	}
	if data.Counting = g == nil; g != nil {
		s.fillNetwork(r, &data, g)
	}
	s.UI.Page(w, r, http.StatusOK, "network_show", "Network", data)
	return nil
}

func (s *Server) fillNetwork(r *http.Request, data *networkData, g *graph) {
	all := g.services
	g = g.within(data.Filter)
	links := g.filtered(data.Filter)
	data.Total, data.Services, data.Kinds, data.Drawn = len(links), all, g.kinds, min(len(links), maxLinks)
	for _, l := range links {
		data.Clear += one(l.Cleartext)
		data.Internet += one(l.Internet)
	}
	for z, n := range g.zones {
		data.Zones = append(data.Zones, zoneRow{z, s.zoneName(r, z), n})
		data.Devices += n
	}
	slices.SortFunc(data.Zones, func(a, b zoneRow) int { return cmp.Or(b.Devices-a.Devices, strings.Compare(a.Name, b.Name)) })
	from := min(data.Offset, len(links))
	for _, l := range links[from:min(from+linkPage, len(links))] {
		data.Links = append(data.Links, linkRow{l, s.spotName(r, l.From), s.spotName(r, l.To), g.devicesAt(data.By, l.From), g.devicesAt(data.By, l.To)})
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// zoneName is a zone in words.
func (s *Server) zoneName(r *http.Request, zone string) string {
	switch zone {
	case zoneInternet:
		return s.UI.T(r, "Internet")
	case zoneStrangers:
		return s.UI.T(r, "Addresses of no known device")
	case zoneUnplaced:
		return s.UI.T(r, "Place not known")
	case zoneElsewhere:
		return s.UI.T(r, "Devices of other departments")
	case zoneOthers:
		return s.UI.T(r, "All other zones")
	}
	return zone
}

// spotName is a spot in words, with its zone.
func (s *Server) spotName(r *http.Request, at spot) string {
	if kind := s.kindName(r, at); kind != "" {
		return s.zoneName(r, at.zone) + " · " + kind
	}
	return s.zoneName(r, at.zone)
}

func (s *Server) kindName(r *http.Request, at spot) string {
	switch {
	case at.zone == zoneStrangers || at.zone == zoneInternet || at.zone == zoneElsewhere:
		return ""
	case at.kind == kindStrangers:
		return s.UI.T(r, "no known device")
	case at.kind == "":
		return ""
	}
	if k, ok := device.KindNamed(at.kind); ok {
		return s.UI.T(r, k.Label)
	}
	return at.kind
}

// devicesAt is the address of the list of the devices of a spot; empty where
// there are none or no filter tells them.
func (g *graph) devicesAt(by string, at spot) string {
	if g.spots[at] == 0 || at.zone == "" || at.zone[0] == '~' {
		return ""
	}
	q := url.Values{}
	switch {
	case by == byDepartment:
		q.Set("department", at.zone)
	case by == byLocation:
		q.Set("text", at.zone)
	case by == byPrefix:
		q.Set("text", dotted(at.zone))
	default:
		return ""
	}
	switch {
	case at.kind != "":
		q.Set("kind", at.kind)
	case g.kinds:
		q.Set("unknown", "yes")
	}
	return "/devices?" + q.Encode()
}

// dotted is the beginning of the addresses of a prefix, as a search finds them.
func dotted(prefix string) string {
	addr, bits, _ := strings.Cut(prefix, "/")
	parts := strings.Split(addr, ".")
	n, err := strconv.Atoi(bits)
	if err != nil || len(parts) != 4 || n%8 != 0 || n == 0 || n == 32 {
		return strings.TrimSuffix(addr, ":")
	}
	return strings.Join(parts[:n/8], ".") + "."
}
