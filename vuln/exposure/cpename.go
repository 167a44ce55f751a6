package exposure

import "ward/spec/cpe"

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
