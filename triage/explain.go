package triage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"ward/asset/device"
	"ward/store"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// Explain tells why a CVE or advisory matches a device, or why it does not.
// ErrNoDevice.
func (t *Triage) Explain(ctx context.Context, id device.ID, about string) ([]exposure.Evidence, error) {
	d, err := t.deps.Store.Device(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrNoDevice
	}
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.site.assessor.Explain(d, about), nil
}

// Spared are devices of a maker that an advisory names, which it does not
// concern, and why. They are alike in all that matching reads.
type Spared struct {
	Devices []device.ID         `json:"devices"` // some of them
	Count   int                 `json:"count"`
	Name    string              `json:"name"` // maker, model, version
	Why     []exposure.Evidence `json:"why"`
}

const (
	// maxSpared bounds the list, maxSparedDevices the devices of one entry.
	maxSpared        = 50
	maxSparedDevices = 5
)

// Spared lists the devices of the makers named by an advisory that it does not
// concern: what an analyst asks first. The most devices come first; whole is how
// many entries there are.
func (t *Triage) Spared(id string) (list []Spared, whole int) {
	return t.SparedAmong(id, func(device.ID) bool { return true })
}

// SparedAmong is Spared for the devices that keep chooses: a person may see the
// devices of some departments only.
func (t *Triage) SparedAmong(id string, keep func(device.ID) bool) (list []Spared, whole int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.site
	a := s.advisory(id)
	if a == nil {
		return nil, 0
	}
	type kept struct {
		*likeness
		ids []device.ID
	}
	var near []kept
	for _, l := range s.likes {
		if !s.sameMaker(l.sample, a) || concerns(s.assessor.Findings(l.sample), id) {
			continue
		}
		if ids := l.among(keep); len(ids) > 0 {
			near = append(near, kept{l, ids})
		}
	}
	slices.SortFunc(near, func(a, b kept) int { return cmp.Or(len(b.ids)-len(a.ids), cmp.Compare(a.ids[0], b.ids[0])) })
	for _, l := range near[:min(len(near), maxSpared)] {
		list = append(list, Spared{Devices: l.ids[:min(len(l.ids), maxSparedDevices)], Count: len(l.ids), Why: s.assessor.Explain(l.sample, id),
			Name: strings.Join(strings.Fields(l.sample.Manufacturer+" "+l.sample.Model+" "+l.sample.Version), " ")})
	}
	return list, len(near)
}

func (s *site) advisory(id string) *advisory.Advisory {
	list := s.assessor.Advisories()
	at, ok := slices.BinarySearchFunc(list, id, func(a advisory.Advisory, id string) int { return strings.Compare(a.ID, id) })
	if !ok {
		return nil
	}
	return &list[at]
}

func (s *site) sameMaker(d *device.Device, a *advisory.Advisory) bool {
	if d.Manufacturer == "" {
		return false
	}
	tried := ""
	for i := range a.Products {
		if v := a.Products[i].Vendor; v != "" && v != tried {
			if tried = v; s.speller.SameMaker(d.Manufacturer, v) {
				return true
			}
		}
	}
	return false
}

func concerns(list []exposure.Finding, id string) bool {
	return slices.ContainsFunc(list, func(f exposure.Finding) bool { return f.Advisory == id })
}

// among gives the devices that are kept, in order.
func (l *likeness) among(keep func(device.ID) bool) []device.ID {
	var out []device.ID
	for m := range l.members {
		if keep(m.id) {
			out = append(out, m.id)
		}
	}
	slices.Sort(out)
	return out
}
