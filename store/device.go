package store

import (
	"time"

	"ward/asset/device"
	"ward/vuln/risk"
)

// DeviceLine is a device as it stands in a list: what a table shows and sorts.
type DeviceLine struct {
	ID           device.ID       `json:"id"`
	Name         string          `json:"name"` // the best short name: host name, else asset number, else address
	AssetID      string          `json:"asset_id,omitempty"`
	Manufacturer string          `json:"manufacturer,omitempty"`
	Model        string          `json:"model,omitempty"`
	Version      string          `json:"version,omitempty"`
	Kind         string          `json:"kind,omitempty"`
	Tier         device.TierName `json:"tier,omitempty"`
	OS           string          `json:"os,omitempty"`
	Serial       string          `json:"serial,omitempty"`
	MAC          string          `json:"mac,omitempty"`
	Addresses    []string        `json:"addresses"`
	Location     string          `json:"location,omitempty"`
	Department   string          `json:"department,omitempty"`
	Owner        string          `json:"owner,omitempty"`
	OnWire       bool            `json:"on_wire"`
	First        time.Time       `json:"first_seen,omitzero"`
	Last         time.Time       `json:"last_seen,omitzero"`
	Conflicts    int             `json:"conflicts,omitempty"`
	Internet     bool            `json:"internet,omitempty"`  // exchanges data with the internet
	Cleartext    bool            `json:"cleartext,omitempty"` // speaks unencrypted services
	Score        float64         `json:"score"`               // of its worst open finding, 0 none
	Band         risk.Band       `json:"band,omitempty"`
	Findings     int             `json:"findings"` // open ones
}

// DeviceFilter chooses devices; zero values choose all.
type DeviceFilter struct {
	Text          string            // searched in name, maker, model, address, MAC, serial, asset number, location
	Tiers         []device.TierName //
	Kinds         []string          //
	Bands         []risk.Band       // band of the worst finding
	Location      string            // exact
	Department    string            // exact
	Manufacturer  string            // exact
	Model         string            // exact
	Vulnerability string            // devices with an open finding of it
	OnWire        *bool             //
	Internet      bool              // only those that talk with the internet
	Cleartext     bool              // only those that speak unencrypted
	Unknown       bool              // only those whose kind nobody knows
	Conflicts     bool              // only those with claims that contradict
	Departments   []string          // scope of the person who asks; nil: all
	Sort          string            // score (default), name, kind, tier, location, last_seen; "-" before it reverses
	Offset, Limit int               // Limit 0: 50
}

// DevicePage is one page of a list.
type DevicePage struct {
	Devices []DeviceLine `json:"devices"`
	Total   int          `json:"total"`
}

// Facet counts devices by one value of a field.
type Facet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Facets are the counts beside a list: what one can filter by.
type Facets struct {
	Tiers, Kinds, Bands, Locations, Departments, Manufacturers []Facet
	Total, OnWire, Unknown, Internet, Cleartext, Conflicts     int
}

// DeviceChanges says what a fold changed.
type DeviceChanges struct {
	New, Changed, Gone []device.ID
	Renamed            map[device.ID]device.ID // former ID to ID: the same device, better known
}
