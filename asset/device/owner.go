package device

// Owner gives, for what was folded so far, the device that a party on the wire
// belongs to; empty for the internet, groups and hearsay.
func (v *Inventory) Owner() func(Subject) ID {
	r := v.resolve()
	return func(at Subject) ID {
		if at.MAC.IsGroup() {
			return ""
		}
		if i, ok := v.index[at]; ok {
			return r.ids[i]
		}
		return ""
	}
}
