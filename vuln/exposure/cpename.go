package exposure

import (
	"ward/asset/device"
	"ward/spec/cpe"
)

// cpeName is a CPE of a product or of a device's software; ok is false where
// there was none.
type cpeName struct {
	ok   bool
	name cpe.Name
}

func readCPE(s string) cpeName {
	if s == "" {
		return cpeName{}
	}
	n, err := cpe.Parse(s)
	return cpeName{ok: err == nil, name: n}
}

// covers tells whether the product's CPE names the device's software.
func (c cpeName) covers(other cpeName) bool {
	return c.ok && other.ok && c.name.Vendor == other.name.Vendor && c.name.Product == other.name.Product &&
		cpe.Compare(c.name, other.name).Covers()
}

// deviceCPEs gives the CPE names and purls of a device's software.
func deviceCPEs(d *device.Device) (names []cpeName, purls []string) {
	for _, s := range d.Software {
		if c := readCPE(s.CPE); c.ok {
			names = append(names, c)
		}
		if s.PURL != "" {
			purls = append(purls, s.PURL)
		}
	}
	return names, purls
}
