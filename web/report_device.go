package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"ward/asset/device"
	"ward/report/paper"
	"ward/store"
	"ward/vuln/risk"
	"ward/web/ui"
)

// reportDevice gives everything about one device, for paper.
func (s *Server) reportDevice(r *http.Request) (*paper.Device, error) {
	ctx := r.Context()
	d, err := s.mine(r, device.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	h, err := s.reportHead(r, "Device report")
	if err != nil {
		return nil, err
	}
	h.Scope = ""
	out := &paper.Device{Head: h, Name: shortName(d), Back: ui.DeviceLink(d.ID), Lead: leadOf(&h, d), Facts: factsOf(&h, d)}
	for _, c := range d.Conflicts {
		out.Warnings = append(out.Warnings, c.Text)
	}
	out.Warnings = append(out.Warnings, d.Warnings...)
	found, err := s.Store.Findings(ctx, store.FindingFilter{Device: d.ID, Limit: paper.MaxFindings, Departments: scope(r)})
	if err != nil {
		return nil, err
	}
	out.Total = found.Total
	for i := range found.Findings {
		out.Findings = append(out.Findings, findingOf(&h, &found.Findings[i]))
	}
	if len(found.Findings) > 0 {
		out.Risk = riskOf(&h, &found.Findings[0].Assessment)
	}
	return out, s.reportDone(r, d.ID, out)
}

// reportDone adds what people do and decided about the device.
func (s *Server) reportDone(r *http.Request, id device.ID, out *paper.Device) error {
	names, _, err := s.names(r)
	if err != nil {
		return err
	}
	todo, err := s.Store.Worklist(r.Context(), store.WorkFilter{Device: string(id), Departments: scope(r), Limit: paper.MaxWork})
	if err != nil {
		return err
	}
	for i := range todo.Work {
		w, err := s.reportWork(r, &out.Head, &todo.Work[i], names)
		if err != nil {
			return err
		}
		out.Work = append(out.Work, w)
	}
	decisions, err := s.Store.Decisions(r.Context(), store.DecisionFilter{Device: id, Limit: paper.MaxFindings})
	if err != nil {
		return err
	}
	for i := range decisions {
		out.Decisions = append(out.Decisions, s.decisionOf(&out.Head, &decisions[i], names))
	}
	return nil
}

// leadOf is the line below the name.
func leadOf(h *paper.Head, d *device.Device) string {
	var parts []string
	for _, p := range []string{string(d.Tier), kindText(h, d.Kind), strings.TrimSpace(d.Manufacturer + " " + d.Model), d.Location, d.Department} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// factsOf lists what is known and how; of several claims for a field the surest.
func factsOf(h *paper.Head, d *device.Device) []paper.Fact {
	var out []paper.Fact
	for _, f := range byField(d.Claims) {
		c := &f.Claims[0]
		value := strings.TrimSpace(c.Name + " " + c.Value)
		if f.Field == device.FieldKind {
			value = kindText(h, c.Value)
		}
		where := c.Source.Place()
		if !c.Seen.IsZero() {
			where = strings.TrimPrefix(where+", "+c.Seen.UTC().Format(time.DateTime)+" UTC", ", ")
		}
		out = append(out, paper.Fact{Name: fieldText(h, f.Field), Value: value, How: strings.TrimSpace(c.Source.Rule + ": " + c.Source.Saw), Where: where, Sure: c.Confidence})
	}
	known := func(name, value string) {
		if value != "" {
			out = append(out, paper.Fact{Name: name, Value: value})
		}
	}
	var addresses []string
	for _, a := range d.Addresses {
		addresses = append(addresses, a.String())
	}
	known("ID", string(d.ID))
	known(h.T("Asset number"), d.AssetID)
	known(h.T("Address"), strings.Join(addresses, " "))
	known(h.T("First seen"), day(d.First))
	known(h.T("Last seen"), day(d.Last))
	return out
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func findingOf(h *paper.Head, f *store.Finding) paper.Finding {
	var texts []string
	for _, e := range f.Evidence {
		texts = append(texts, e.Text)
	}
	return paper.Finding{Score: f.Assessment.Score, Band: h.T(f.Assessment.Band.Words()), Vulnerability: f.Vulnerability, Advisory: f.Advisory,
		Match: stateText(h, fmt.Sprint(f.Match)), Evidence: strings.Join(texts, "; "), Why: f.Why}
}

// riskOf takes the worst finding apart into its three factors.
func riskOf(h *paper.Head, a *risk.Assessment) *paper.Risk {
	out := &paper.Risk{Score: a.Score, Low: a.Low, High: a.High, Band: h.T(a.Band.Words()), Vulnerability: a.Vulnerability, FindOut: a.FindOut}
	for _, f := range []paper.Factor{{Letter: "R", Title: h.T("How bad the flaw is"), Value: a.R}, {Letter: "L", Title: h.T("How likely it is here"), Value: a.L},
		{Letter: "K", Title: h.T("How much the device matters"), Value: a.K}} {
		for _, why := range a.Why {
			if !strings.HasPrefix(why.Factor, f.Letter) {
				continue
			}
			text := why.Text
			if why.Unknown {
				text = h.T("not known:") + " " + text
			}
			f.Text = append(f.Text, text)
		}
		out.Factors = append(out.Factors, f)
	}
	return out
}

func (s *Server) decisionOf(h *paper.Head, d *store.Decision, names map[string]string) paper.Decision {
	what := stateText(h, string(d.Kind))
	if d.Field != "" {
		what += ": " + fieldText(h, d.Field)
	}
	for _, more := range []string{d.Vulnerability, d.Value} {
		if more != "" {
			what += ": " + more
		}
	}
	by := names[d.By]
	if second := names[d.SecondBy]; second != "" {
		by += ", " + second
	}
	reason := d.Reason
	if d.SecondReason != "" {
		reason += "; " + d.SecondReason
	}
	return paper.Decision{What: what, Reason: reason, State: stateText(h, string(d.State)), By: by, At: day(d.At), Expires: day(d.Expires)}
}

// printDevice shows the report of a device as it is printed.
func (s *Server) printDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := s.reportDevice(r)
	if err != nil {
		return err
	}
	if err := s.printed(r, "device:"+r.PathValue("id")); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "report_device", d.Name, d)
	return nil
}

// sendDevice gives the report of a device as PDF.
func (s *Server) sendDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := s.reportDevice(r)
	if err != nil {
		return err
	}
	return s.sendPDF(w, r, "device", "device:"+r.PathValue("id"), d.PDF)
}
