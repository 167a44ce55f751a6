package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// What a device's page shows at once.
const (
	maxFindings = 20
	maxClaims   = 200
	maxHistory  = 40
	weekBack    = 35 * 24 * time.Hour
)

// deviceData is one device with everything known about it.
type deviceData struct {
	*device.Device
	Name      string
	Identity  []fieldClaims
	Findings  []store.Finding
	Open      int
	Worst     *store.Finding
	Work      []store.Work
	History   []store.Change
	Decisions []store.Decision
	Comments  []store.Comment
	Names     map[string]string
	Picture   picture
	Week      *week
	Fields    []device.Field
	Kinds     []device.Kind
	MaxDays   int
	Me        string
}

// fieldClaims are the claims about one field, the surest first.
type fieldClaims struct {
	Field  device.Field
	Claims []device.Claim
}

// showDevice shows who a device is and how Ward knows, where it is, what it
// talks to, its risk, findings, work, history. It is audited.
func (s *Server) showDevice(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.mine(r, device.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := s.noteView(r, d.ID); err != nil {
		return err
	}
	data := deviceData{Device: d, Name: shortName(d), Identity: byField(d.Claims), Fields: labelFields, Kinds: device.Kinds(),
		MaxDays: store.MaxAcceptDays, Me: people.FromContext(ctx).Person.ID}
	found, err := s.Store.Findings(ctx, store.FindingFilter{Device: d.ID, Limit: maxFindings, Departments: scope(r)})
	if err != nil {
		return err
	}
	data.Findings, data.Open = found.Findings, found.Total
	if len(found.Findings) > 0 {
		data.Worst = &found.Findings[0]
	}
	if err := s.aroundDevice(r, &data); err != nil {
		return err
	}
	data.Picture = drawPeers(data.Name, d.Peers, s.peerNames(r, d.Peers))
	s.UI.Page(w, r, http.StatusOK, "device_show", data.Name, data)
	return nil
}

func (s *Server) aroundDevice(r *http.Request, data *deviceData) error {
	ctx, id := r.Context(), data.ID
	todo, err := s.Store.Worklist(ctx, store.WorkFilter{Device: string(id), Departments: scope(r), Limit: 20})
	if err != nil {
		return err
	}
	data.Work = todo.Work
	if data.History, err = s.Store.Changes(ctx, store.ChangeFilter{Device: id, Departments: scope(r), Limit: maxHistory}); err != nil {
		return err
	}
	if data.Decisions, err = s.Store.Decisions(ctx, store.DecisionFilter{Device: id, Limit: maxHistory}); err != nil {
		return err
	}
	if data.Comments, err = s.Store.Comments(ctx, "device:"+string(id)); err != nil {
		return err
	}
	if data.Names, _, err = s.names(r); err != nil {
		return err
	}
	if s.Week != nil {
		until := s.Store.Now() // or when it was last seen: an old capture shows a week as well
		if last := data.Device.Last; !last.IsZero() && last.Before(until) {
			until = last
		}
		hours, err := s.Week(ctx, id, until.Add(-weekBack))
		if err != nil {
			return err
		}
		data.Week = drawWeek(hours)
	}
	return nil
}

// byField sorts the claims by what they are about.
func byField(claims []device.Claim) []fieldClaims {
	at := map[device.Field]int{}
	var out []fieldClaims
	for _, c := range claims[:min(len(claims), maxClaims)] {
		i, ok := at[c.Field]
		if !ok {
			i = len(out)
			at[c.Field] = i
			out = append(out, fieldClaims{Field: c.Field})
		}
		out[i].Claims = append(out[i].Claims, c)
	}
	for _, f := range out {
		slices.SortStableFunc(f.Claims, func(a, b device.Claim) int { return cmp.Compare(b.Confidence, a.Confidence) })
	}
	return out
}

// peerNames gives the names of the peers that are drawn; devices of departments
// that the person does not see keep their address.
func (s *Server) peerNames(r *http.Request, peers []device.Peer) map[device.ID]string {
	out := map[device.ID]string{}
	for _, p := range topPeers(peers) {
		if p.Device == "" {
			continue
		}
		if d, err := s.mine(r, p.Device); err == nil { // a peer that is gone keeps its address, too
			out[p.Device] = shortName(d)
		}
	}
	return out
}
