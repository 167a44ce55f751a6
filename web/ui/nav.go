package ui

import "ward/people"

// Place is one entry of the navigation.
type Place struct {
	Text string // English
	Path string
	Need people.Permission
}

// places are the entries in their order.
var places = []Place{
	{"Worklist", "/", people.See},
	{"Devices", "/devices", people.See},
	{"Vulnerabilities", "/vulnerabilities", people.See},
	{"Network", "/network", people.See},
	{"Feeds", "/feeds", people.See},
	{"Imports", "/imports", people.See},
	{"Audit", "/audit", people.SeeAudit},
	{"People", "/people", people.ManagePeople},
	{"Settings", "/settings", people.ManageSite},
	{"About", "/about", people.See},
}

// Places gives the entries that the person may open.
func (q request) Places() []Place {
	var out []Place
	for _, p := range places {
		if q.Who.May(p.Need) {
			out = append(out, p)
		}
	}
	return out
}
