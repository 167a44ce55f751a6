package api

import (
	"context"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// DeviceQuery chooses devices by the same words as the page Devices.
type DeviceQuery struct {
	Text          string   `query:"text" maxLength:"200" doc:"searched in name, maker, model, address, MAC, serial, asset number, location"`
	Tier          []string `query:"tier,explode" nullable:"false" enum:"T0,T1,T2,T3,T4" doc:"criticality tiers"`
	Kind          []string `query:"kind,explode" nullable:"false" maxItems:"50" doc:"kinds of devices"`
	Band          []string `query:"band,explode" nullable:"false" enum:"track,schedule,next_window,act_now" doc:"bands of the worst finding"`
	Location      string   `query:"location" maxLength:"200"`
	Department    string   `query:"department" maxLength:"200"`
	Manufacturer  string   `query:"manufacturer" maxLength:"200"`
	Model         string   `query:"model" maxLength:"200"`
	Vulnerability string   `query:"vulnerability" maxLength:"200" doc:"devices with an open finding of it"`
	OnWire        string   `query:"on_wire" enum:"true,false" doc:"seen on the wire, or known to the maintenance system only"`
	Internet      bool     `query:"internet" doc:"only those that talk with the internet"`
	Cleartext     bool     `query:"cleartext" doc:"only those that speak unencrypted"`
	Unknown       bool     `query:"unknown" doc:"only those whose kind nobody knows"`
	Conflicts     bool     `query:"conflicts" doc:"only those with claims that contradict"`
	Sort          string   `query:"sort" enum:"score,name,kind,tier,location,last_seen,-score,-name,-kind,-tier,-location,-last_seen" doc:"- before it reverses"`
}

func (q *DeviceQuery) filter(ctx context.Context) store.DeviceFilter {
	f := store.DeviceFilter{Text: q.Text, Tiers: as[device.TierName](q.Tier), Kinds: q.Kind, Bands: as[risk.Band](q.Band), Location: q.Location,
		Department: q.Department, Manufacturer: q.Manufacturer, Model: q.Model, Vulnerability: q.Vulnerability, Internet: q.Internet,
		Cleartext: q.Cleartext, Unknown: q.Unknown, Conflicts: q.Conflicts, Sort: q.Sort, Departments: scope(ctx)}
	if q.OnWire != "" {
		on := q.OnWire == "true"
		f.OnWire = &on
	}
	return f
}

// ByID names one thing.
type ByID struct {
	ID string `path:"id" maxLength:"500"`
}

// facets are those of the store, as JSON.
type facets struct {
	Tiers         []store.Facet `json:"tiers"`
	Kinds         []store.Facet `json:"kinds"`
	Bands         []store.Facet `json:"bands"`
	Locations     []store.Facet `json:"locations"`
	Departments   []store.Facet `json:"departments"`
	Manufacturers []store.Facet `json:"manufacturers"`
	Total         int           `json:"total"`
	OnWire        int           `json:"on_wire"`
	Unknown       int           `json:"unknown"`
	Internet      int           `json:"internet"`
	Cleartext     int           `json:"cleartext"`
	Conflicts     int           `json:"conflicts"`
}

func devices(s *service) {
	add(s, get("list-devices", "/devices", people.See, "List devices"), func(ctx context.Context, in *struct {
		DeviceQuery
		Paging
	}) (*page[store.DevicePage], error) {
		f := in.filter(ctx)
		f.Limit, f.Offset = in.Limit, in.Offset
		p, err := s.Store.Devices(ctx, f)
		return &page[store.DevicePage]{in.next("/devices", p.Total), p}, err
	})
	add(s, get("count-devices", "/devices/facets", people.See, "Count devices by what one can filter by"), func(ctx context.Context, in *DeviceQuery) (*answer[facets], error) {
		f, err := s.Store.DeviceFacets(ctx, in.filter(ctx))
		return give(facets(f), err)
	})
	add(s, get("get-device", "/devices/{id}", people.See, "One device with all that is known about it"), func(ctx context.Context, in *ByID) (*answer[device.Device], error) {
		d, err := s.seen(ctx, in.ID, "")
		if err != nil {
			return nil, err
		}
		return &answer[device.Device]{*d}, nil
	})
	add(s, get("list-claims", "/devices/{id}/claims", people.See, "How Ward knows: the claims about a device"), func(ctx context.Context, in *ByID) (*answer[claimList], error) {
		d, err := s.seen(ctx, in.ID, "claims")
		if err != nil {
			return nil, err
		}
		return &answer[claimList]{claimList{d.Claims, d.Conflicts}}, nil
	})
	add(s, get("explain-device", "/devices/{id}/explain", people.See, "Why a CVE or an advisory concerns a device, or why it does not"), s.explain)
}

type claimList struct {
	Claims    []device.Claim    `json:"claims"`
	Conflicts []device.Conflict `json:"conflicts,omitempty"`
}

type evidenceList struct {
	Evidence []exposure.Evidence `json:"evidence"`
}

func (s *service) explain(ctx context.Context, in *struct {
	ByID
	About string `query:"about" required:"true" minLength:"1" maxLength:"200" doc:"a CVE or the ID of an advisory"`
}) (*answer[evidenceList], error) {
	d, err := s.seen(ctx, in.ID, "explain "+in.About)
	if err != nil {
		return nil, err
	}
	if s.Triage == nil {
		return nil, absent("explanations")
	}
	list, err := s.Triage.Explain(ctx, d.ID, in.About)
	return give(evidenceList{list}, err)
}
