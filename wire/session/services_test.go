package session

import (
	"testing"

	"ward/wire/proto"
)

// Each codec of the list can be used, and no two claim the same thing.
func TestServices(t *testing.T) {
	list := Services()
	if len(list) > maxCodecs {
		t.Fatalf("%d codecs, there is room for %d", len(list), maxCodecs)
	}
	names, numbers := map[string]bool{}, map[[2]uint16]string{}
	for _, c := range list {
		if c.Name == "" || names[c.Name] {
			t.Errorf("codec %q is listed twice or has no name", c.Name)
		}
		names[c.Name] = true
		if c.New == nil || len(c.Facts) == 0 {
			t.Errorf("%s: no parser or no facts", c.Name)
		}
		if c.Stream == nil && c.Datagram == nil && len(c.EtherTypes)+len(c.IPProtos) == 0 {
			t.Errorf("%s: recognises nothing", c.Name)
		}
		for _, n := range c.EtherTypes {
			claim(t, numbers, [2]uint16{0, n}, c.Name)
		}
		for _, n := range c.IPProtos {
			claim(t, numbers, [2]uint16{1, uint16(n)}, c.Name)
		}
		if c.Stream != nil && c.Stream(nil, nil, proto.Ports{}) == proto.Yes {
			t.Errorf("%s: sure of no bytes at all", c.Name)
		}
	}
}

func claim(t *testing.T, numbers map[[2]uint16]string, n [2]uint16, name string) {
	if other := numbers[n]; other != "" {
		t.Errorf("%s and %s claim the same number %#x", other, name, n[1])
	}
	numbers[n] = name
}
