package risk

import (
	"fmt"
	"sort"

	"ward/asset/device"
)

// acuity of the tiers, vulnerability-priority.md section 5 [E].
var acuity = map[device.TierName]float64{"T0": 1, "T1": 0.9, "T2": 0.7, "T3": 0.5, "T4": 0.2}

// minDependents is how many devices must use a server before its share of a
// service means something.
const minDependents = 3

// Dependence says how much of a service stops with one device.
type Dependence struct {
	Service string
	Share   float64 // of the clinical devices that use the service, [0,1]
	Count   int     // devices that use it here
}

// clinicalServices are those whose loss a clinician notices.
var clinicalServices = map[string]bool{"dicom": true, "hl7": true, "poct1a": true, "lis2a2": true, "intellivue": true, "carescape": true, "sdc": true, "fhir": true}

// Dependences finds for each device the clinical service of which it carries
// the largest share, from who was seen talking to whom.
func Dependences(devices []*device.Device) map[device.ID]Dependence {
	users := map[string]map[device.ID]bool{}                // service -> devices that use it
	served := map[device.ID]map[string]map[device.ID]bool{} // server -> service -> its users
	for _, d := range devices {
		for _, p := range d.Peers {
			if !p.Inbound || p.Device == "" || !clinicalServices[p.Service] {
				continue
			}
			add(users, p.Service, p.Device)
			if served[d.ID] == nil {
				served[d.ID] = map[string]map[device.ID]bool{}
			}
			add(served[d.ID], p.Service, p.Device)
		}
	}
	out := map[device.ID]Dependence{}
	for id, services := range served {
		names := make([]string, 0, len(services))
		for name := range services {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			dep := Dependence{Service: name, Count: len(services[name]), Share: float64(len(services[name])) / float64(len(users[name]))}
			if dep.Count >= minDependents && dep.Share > out[id].Share {
				out[id] = dep
			}
		}
	}
	return out
}

func add(m map[string]map[device.ID]bool, key string, id device.ID) {
	if m[key] == nil {
		m[key] = map[device.ID]bool{}
	}
	m[key][id] = true
}

// significance gives K with its reasons.
func significance(d *device.Device, dep Dependence, spare float64, spareKnown bool) (a, dependency float64, why []Reason) {
	a, ok := acuity[d.Tier]
	r := Reason{Factor: "K.acuity", Value: a, Text: fmt.Sprintf("tier %s", d.Tier)}
	if d.Kind != "" && d.Kind != "unknown" {
		r.Text += ", " + words(d.Kind)
	}
	if !ok {
		a = acuity["T3"]
		r = Reason{Factor: "K.acuity", Value: a, Text: "tier not known, counted as T3", Unknown: true}
	}
	if d.Location != "" {
		r.Text += ", " + d.Location
	}
	why = append(why, r)
	if dep.Share > 0 {
		why = append(why, Reason{Factor: "K.dependency", Value: dep.Share,
			Text: fmt.Sprintf("%d devices use its %s, %.0f %% of those seen", dep.Count, dep.Service, 100*dep.Share)})
	}
	if spareKnown {
		why = append(why, Reason{Factor: "K.spare", Value: spare, Text: fmt.Sprintf("spare %.1f from the maintenance record", spare)})
	} else {
		why = append(why, Reason{Factor: "K.spare", Value: 0, Text: "no spare recorded"})
	}
	return a, dep.Share, why
}

// Served gives the peers of a device that Dependences reads: who uses a clinical
// service of it. Devices with these peers alone have the same Dependences.
func Served(d *device.Device) []device.Peer {
	var out []device.Peer
	for _, p := range d.Peers {
		if p.Inbound && p.Device != "" && clinicalServices[p.Service] {
			out = append(out, p)
		}
	}
	return out
}
