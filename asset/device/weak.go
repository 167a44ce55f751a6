package device

import "slices"

// weaknesses tells each offered service what is weak about it.
func (d *Device) weaknesses() {
	for i := range d.Services {
		d.Services[i].Weak = nil
	}
	for _, c := range d.Claims {
		if c.Field != FieldWeakness {
			continue
		}
		for i := range d.Services {
			if s := &d.Services[i]; s.Answers && s.Name == c.Name && !slices.Contains(s.Weak, c.Value) {
				s.Weak = append(s.Weak, c.Value)
			}
		}
	}
	for i := range d.Services {
		slices.Sort(d.Services[i].Weak)
	}
}
