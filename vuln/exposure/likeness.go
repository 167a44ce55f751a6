package exposure

import (
	"fmt"
	"strings"

	"ward/asset/device"
)

// Likeness tells which devices are matched alike: two devices with the same
// Likeness have the same findings, but for products that are limited to serial
// numbers.
func (s *Speller) Likeness(d *device.Device) string {
	var b strings.Builder
	for _, who := range s.identities(d) {
		fmt.Fprintf(&b, "%q\n", who)
	}
	for _, p := range d.Software {
		fmt.Fprintf(&b, "%q %q %q %q\n", p.Name, p.Version, p.CPE, p.PURL)
	}
	for _, n := range namesOf(d) {
		fmt.Fprintf(&b, "%s|%q|%q\n", n.name, n.what, n.open)
	}
	return b.String()
}

// Sample is the device with no more than what it is matched by: it stands for
// all of its Likeness and holds little memory. It has no serial number.
func Sample(d *device.Device) *device.Device {
	out := &device.Device{ID: d.ID, Hostname: d.Hostname, Manufacturer: d.Manufacturer, Model: d.Model, ModelNumber: d.ModelNumber,
		Kind: d.Kind, OS: d.OS, OSCPEs: d.OSCPEs, Version: d.Version, Software: d.Software, Extra: d.Extra}
	for _, c := range d.Claims {
		if c.Field == device.FieldManufacturer || c.Field == device.FieldModel || c.Field == device.FieldVersion {
			out.Claims = append(out.Claims, c)
		}
	}
	return out
}

// Open tells whether a finding with this status is a matter of concern.
func (s Status) Open() bool { return s == Affected || s == UnderInvestigation }
