package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ward/web/ui"
)

// Bounds of the chart.
const (
	chartServices = 6
	chartPoints   = 800 // then hours are put together
	chartAllDays  = 90  // where no span of days is chosen
)

// chart is the traffic by service and hour, for the browser.
type chart struct {
	Times  []int64  `json:"times"` // seconds since 1970
	Step   int64    `json:"step"`  // seconds that one point stands for
	Series []series `json:"series"`
}

type series struct {
	Name  string   `json:"name"`
	Bytes []uint64 `json:"bytes"`
	Total uint64   `json:"total"`
}

// chartTraffic gives the chart as JSON. It is of the whole hospital, so those
// who see some departments alone get an empty one.
func (s *Server) chartTraffic(w http.ResponseWriter, r *http.Request) error {
	if len(scope(r)) > 0 {
		return answerJSON(w, chart{Times: []int64{}, Series: []series{}})
	}
	days := cmp.Or(networkQuery(r).Days, chartAllDays)
	until, err := trafficEnd(r.Context(), s.Store)
	if err != nil {
		return err
	}
	hours, err := s.Store.ServiceHours(r.Context(), until.AddDate(0, 0, -days))
	if err != nil {
		return err
	}
	total, low, high := map[string]uint64{}, int64(0), int64(0)
	for _, h := range hours {
		total[h.Service] += h.Bytes
		if t := h.Hour.Unix(); low == 0 || t < low {
			low = t
		}
		high = max(high, h.Hour.Unix())
	}
	names := slices.SortedFunc(maps.Keys(total), func(a, b string) int { return cmp.Or(cmp.Compare(total[b], total[a]), strings.Compare(a, b)) })
	names = names[:min(len(names), chartServices)]
	out := newChart(low, high, len(hours) > 0)
	for _, n := range names {
		out.Series = append(out.Series, series{Name: ui.Neutral(cmp.Or(n, s.UI.T(r, "not recognised"))), Bytes: make([]uint64, len(out.Times)), Total: total[n]})
	}
	rest := series{Name: s.UI.T(r, "all others"), Bytes: make([]uint64, len(out.Times))}
	for _, h := range hours {
		of := &rest
		if i := slices.Index(names, h.Service); i >= 0 {
			of = &out.Series[i]
		} else {
			rest.Total += h.Bytes
		}
		of.Bytes[(h.Hour.Unix()-low)/out.Step] += h.Bytes
	}
	if rest.Total > 0 {
		out.Series = append(out.Series, rest)
	}
	return answerJSON(w, out)
}

// newChart gives the points from low to high, at most chartPoints.
func newChart(low, high int64, some bool) *chart {
	const hour = int64(time.Hour / time.Second)
	c := &chart{Times: []int64{}, Step: hour, Series: []series{}}
	if !some {
		return c
	}
	for (high-low)/c.Step >= chartPoints {
		c.Step += hour
	}
	for t := low; t <= high; t += c.Step {
		c.Times = append(c.Times, t)
	}
	return c
}
