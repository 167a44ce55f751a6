package store

import "testing"

func TestDeviceTiers(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			s, _ := openTest(t, db)
			fill(t, s)
			all := get(s.Devices(t.Context(), DeviceFilter{}))(t)
			sum := 0
			for _, n := range get(s.DeviceTiers(t.Context(), DeviceFilter{}))(t) {
				sum += n.Devices
			}
			if sum == 0 || sum != all.Total {
				t.Errorf("%d counted, %d there", sum, all.Total)
			}
			if n := get(s.DeviceTiers(t.Context(), DeviceFilter{Departments: []string{"nowhere"}}))(t); len(n) != 0 {
				t.Error("counted in another department:", n)
			}
		})
	}
}
