package store

import (
	"path/filepath"
	"testing"

	"ward/asset/device"
)

// TestFacetCache: kept counts are those of now, whatever changed, and a caller's
// copy is its own.
func TestFacetCache(t *testing.T) {
	s := get(Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "ward.db"), Key: make([]byte, 32)}))(t)
	defer s.Close()
	count := func(f DeviceFilter) int { return get(s.DeviceFacets(t.Context(), f))(t).Total }
	have := func(list ...*device.Device) {
		get(s.PutDevices(t.Context(), "x", func(put func(*device.Device) error) error {
			for _, d := range list {
				if err := put(d); err != nil {
					return err
				}
			}
			return nil
		}))(t)
	}
	have(pump(1))
	yes, no := true, false
	for range 2 {
		if on, off := count(DeviceFilter{OnWire: &yes}), count(DeviceFilter{OnWire: &no}); on+off != 1 || on == off {
			t.Errorf("%d on the wire, %d not", on, off)
		}
	}
	first := get(s.DeviceFacets(t.Context(), DeviceFilter{}))(t)
	first.Kinds[0].Count = 99
	if again := get(s.DeviceFacets(t.Context(), DeviceFilter{}))(t); again.Kinds[0].Count != 1 {
		t.Error("a caller changed what is kept")
	}
	have(pump(1), pump(2))
	if n := count(DeviceFilter{}); n != 2 {
		t.Errorf("%d devices after the second came", n)
	}
	_, age, _ := s.facets.get("x")
	s.facets.forget()
	s.facets.put("x", age, Facets{Total: 7})
	if _, _, found := s.facets.get("x"); found {
		t.Error("counts from before a change were kept")
	}
}
