package web

import (
	"cmp"
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ward/report/paper"
	"ward/store"
	"ward/vuln/remedy"
	"ward/web/ui"
)

// reportPage is how much work is read at a time.
const reportPage = 200

// reportWorklist gives what is on the worklist now, for paper.
func (s *Server) reportWorklist(r *http.Request) (*paper.Worklist, error) {
	h, err := s.reportHead(r, "Worklist")
	if err != nil {
		return nil, err
	}
	l := &paper.Worklist{Head: h}
	f := workFilter(r)
	f.Offset, f.Limit = 0, paper.MaxWork
	page, err := s.Store.Worklist(r.Context(), f)
	if err != nil {
		return nil, err
	}
	names, _, err := s.names(r)
	if err != nil {
		return nil, err
	}
	l.Total = page.Total
	for i := range page.Work {
		w, err := s.reportWork(r, &h, &page.Work[i], names)
		if err != nil {
			return nil, err
		}
		l.Work, l.Hours = append(l.Work, w), l.Hours+w.Hours
	}
	return l, nil
}

// reportWork puts one piece of work into words.
func (s *Server) reportWork(r *http.Request, h *paper.Head, x *store.Work, names map[string]string) (paper.Work, error) {
	w := paper.Work{Key: x.Key, Link: ui.WorkLink(x.Key), Rank: x.Rank, Band: h.T(x.Band.Words()), Kind: h.T(x.Kind.Words()), State: stateText(h, string(x.State)),
		Action: x.Action.Action, Devices: len(x.Devices), Hours: x.Hours, Findings: x.Findings, Verify: x.Verify, Assignee: names[x.Assignee]}
	if !x.Due.IsZero() {
		w.Due = x.Due.In(s.UI.Zone).Format(time.DateOnly)
	}
	w.Why = x.Why
	if len(x.Effects) > 0 {
		worst := slices.MaxFunc(x.Effects, func(a, b remedy.Effect) int { return cmp.Compare(a.Before, b.Before) })
		w.Before, w.After = worst.Before, worst.After
		told, err := s.plainly(r, worst)
		if err != nil {
			return w, err
		}
		if len(told) > 0 {
			w.Why = []string{strings.Join(told, ". ") + "."}
		}
	}
	for _, st := range x.Steps {
		w.Steps = append(w.Steps, paper.Step{Text: st.Text, Source: st.Source.ID})
	}
	for _, id := range x.Devices[:min(len(x.Devices), paper.MaxWhere)] {
		d, err := s.line(r, id)
		if err != nil {
			return w, err
		}
		w.Where = append(w.Where, paper.Place{Link: ui.DeviceLink(d.ID), Name: d.Name, Location: d.Location})
	}
	return w, nil
}

// printWorklist shows the worklist as it is printed.
func (s *Server) printWorklist(w http.ResponseWriter, r *http.Request) error {
	l, err := s.reportWorklist(r)
	if err != nil {
		return err
	}
	if err := s.printed(r, "worklist"); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "report_worklist", "Worklist", l)
	return nil
}

// sendWorklist gives the worklist as PDF.
func (s *Server) sendWorklist(w http.ResponseWriter, r *http.Request) error {
	l, err := s.reportWorklist(r)
	if err != nil {
		return err
	}
	return s.sendPDF(w, r, "worklist", "worklist", l.PDF)
}

var workHead = []string{"rank", "band", "kind", "action", "why", "devices", "where", "device_ids", "hours", "score_before", "score_after", "findings",
	"source", "state", "assigned_to", "due", "first_seen", "key"}

// exportWork writes all the work chosen as CSV (RFC 4180).
func (s *Server) exportWork(w http.ResponseWriter, r *http.Request) error {
	h, err := s.reportHead(r, "Worklist")
	if err != nil {
		return err
	}
	names, _, err := s.names(r)
	if err != nil {
		return err
	}
	if err := s.Store.Audit(r.Context(), actor(r), "work.export", "worklist", r.URL.RawQuery); err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="worklist-`+s.Store.Now().Format(time.DateOnly)+`.csv"`)
	header.Set("Cache-Control", "no-store")
	if err := s.writeWork(w, r, &h, names); err != nil { // half a file must not look whole
		s.Log.Error("export ended early", "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *Server) writeWork(w io.Writer, r *http.Request, h *paper.Head, names map[string]string) error {
	out := csv.NewWriter(w)
	out.Write(workHead)
	f := workFilter(r)
	f.Limit = reportPage
	for f.Offset = 0; ; {
		page, err := s.Store.Worklist(r.Context(), f)
		if err != nil {
			return err
		}
		for i := range page.Work {
			x, err := s.reportWork(r, h, &page.Work[i], names)
			if err != nil {
				return err
			}
			if err := out.Write(workRow(&page.Work[i], &x)); err != nil {
				return err
			}
		}
		if f.Offset += len(page.Work); len(page.Work) == 0 || f.Offset >= page.Total {
			break
		}
	}
	out.Flush()
	return out.Error()
}

func workRow(x *store.Work, p *paper.Work) []string {
	var where, ids, sources []string
	for _, d := range p.Where {
		where = append(where, strings.TrimSpace(d.Name+" "+d.Location))
	}
	for _, id := range x.Devices {
		ids = append(ids, string(id))
	}
	for _, st := range p.Steps {
		sources = append(sources, st.Source)
	}
	one := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	row := []string{strconv.Itoa(x.Rank), string(x.Band), string(x.Kind), p.Action, strings.Join(p.Why, " "), strconv.Itoa(p.Devices), strings.Join(where, "; "),
		strings.Join(ids, " "), one(p.Hours), one(p.Before), one(p.After), strconv.Itoa(p.Findings), strings.Join(sources, "; "), string(x.State), p.Assignee, p.Due, stamp(x.First), x.Key}
	for i := range row {
		row[i] = harmless(row[i])
	}
	return row
}
