package api

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"ward/people"
	"ward/store"
	"ward/vuln/exposure"
)

// openVEX is an OpenVEX document (OpenVEX specification 0.2.0, section
// "Document Struct Fields"): what Ward and the team say about each device.
type openVEX struct {
	Context    string         `json:"@context"`
	ID         string         `json:"@id"`
	Author     string         `json:"author"`
	Role       string         `json:"role,omitempty"`
	Timestamp  time.Time      `json:"timestamp"`
	Version    int            `json:"version"`
	Tooling    string         `json:"tooling,omitempty"`
	Statements []vexStatement `json:"statements"`
}

// vexStatement is one status of one vulnerability on one device. affected has an
// action_statement, not_affected a justification or an impact_statement.
type vexStatement struct {
	Vulnerability vexVulnerability `json:"vulnerability"`
	Timestamp     time.Time        `json:"timestamp"`
	Products      []vexProduct     `json:"products"`
	Status        string           `json:"status" enum:"not_affected,affected,fixed,under_investigation"`
	StatusNotes   string           `json:"status_notes,omitempty"`
	Justification string           `json:"justification,omitempty"`
	Impact        string           `json:"impact_statement,omitempty"`
	Action        string           `json:"action_statement,omitempty"`
}

type vexVulnerability struct {
	Name string `json:"name"`
}

type vexProduct struct {
	ID string `json:"@id" doc:"urn:ward:device: and the device's ID"`
}

const vexContext = "https://openvex.dev/ns/v0.2.0"

// statements are the export of decisions and findings as OpenVEX.
func statements(s *service) {
	o := get("export-openvex", "/exports/openvex.json", people.See, "Findings and decisions as OpenVEX 0.2.0")
	o.Type, o.Schema = "application/json", openVEX{}
	add(s, o, func(ctx context.Context, in *FindingQuery) (*huma.StreamResponse, error) {
		f := in.filter(ctx)
		if f.Device != "" {
			if _, err := s.mine(ctx, f.Device); err != nil {
				return nil, err
			}
		}
		f.Brief = true
		file := "openvex-" + s.Store.Now().Format(time.DateOnly) + ".json"
		return s.export(ctx, "vex.export", "findings", "openvex", "application/json", file, func(w io.Writer) error { return s.openVEX(ctx, w, f) })
	})
}

func (s *service) openVEX(ctx context.Context, w io.Writer, f store.FindingFilter) error {
	actions := map[string]string{} // the first of the worklist for each vulnerability
	err := s.eachWork(ctx, func(x *store.Work) error {
		for _, v := range x.Vulnerabilities {
			actions[v] = cmp.Or(actions[v], x.Action.Action)
		}
		return nil
	})
	if err != nil {
		return err
	}
	d := newDocument(w)
	d.value("@context", vexContext)
	d.value("@id", "urn:uuid:"+uuid.NewString())
	d.value("author", cmp.Or(actor(ctx).Name, actor(ctx).ID))
	d.value("role", "operator of the devices")
	d.value("timestamp", s.Store.Now().UTC())
	d.value("version", 1)
	d.value("tooling", "Ward "+s.Version)
	d.list("statements", func(entry func(any) error) error {
		return s.Store.EachFinding(ctx, f, func(x *store.Finding) error {
			st, err := s.statement(ctx, x, actions[x.Vulnerability])
			if err != nil {
				return err
			}
			return entry(st)
		})
	})
	return d.end()
}

// statement says what holds for one finding: a person's decision before Ward's
// word.
func (s *service) statement(ctx context.Context, f *store.Finding, action string) (*vexStatement, error) {
	st := &vexStatement{Vulnerability: vexVulnerability{f.Vulnerability}, Timestamp: f.Changed.UTC(), Status: string(f.Status),
		Products: []vexProduct{{"urn:ward:device:" + url.PathEscape(string(f.Device))}}}
	if f.Match != exposure.Confirmed && f.Status == exposure.Affected {
		st.Status, st.StatusNotes = string(exposure.UnderInvestigation), "the match is "+cmp.Or(string(f.Match), "not sure")
	}
	if f.Decision != "" {
		d, err := s.Store.Decision(ctx, f.Decision)
		if err != nil {
			return nil, err
		}
		decidedVEX(st, &d)
	}
	switch st.Status {
	case string(exposure.Affected):
		st.Action = cmp.Or(st.Action, action, "Nothing is planned yet.")
	case string(exposure.NotAffected):
		st.Justification = cmp.Or(st.Justification, f.Flag)
		if st.Justification == "" {
			st.Impact = cmp.Or(st.Impact, "The advisory "+f.Advisory+" says so.")
		}
	}
	return st, nil
}

// decidedVEX puts a decision into a statement.
func decidedVEX(st *vexStatement, d *store.Decision) {
	switch d.Kind {
	case store.NotAffected:
		st.Status, st.Justification, st.Impact, st.StatusNotes = string(exposure.NotAffected), d.Value, d.Reason, ""
		st.Timestamp = d.At.UTC()
	case store.AcceptRisk:
		st.Status, st.Action = string(exposure.Affected), "The risk is accepted until "+d.Expires.UTC().Format(time.DateOnly)+": "+d.Reason
		st.Timestamp = d.At.UTC()
	case store.OverrideScore:
		st.StatusNotes = "score set to " + d.Value + ": " + d.Reason
	}
}
