package device

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/wire/packet"
)

// TestVirtualRouter: the address of a VRRP group is a router, what is behind it
// is known by address, and the real router that also answers for the group's
// address is in no conflict with it.
func TestVirtualRouter(t *testing.T) {
	vrrp := packet.MAC{0, 0, 0x5e, 0, 1, 7}
	v := NewInventory(Options{})
	behind := end(1, "10.9.0.5", 104, 63)
	behind.MAC = vrrp
	s := udp(0, "dicom", end(1, "10.0.0.1", 5000, 64), behind)
	gateway := netip.MustParseAddr("10.0.0.254")
	v.Session(s, &Observation{Bindings: []Binding{{vrrp, gateway, BindARP, t0}, {mac(2), gateway, BindARP, t0}}})
	d := v.Devices()
	want := []string{"ip:10.9.0.5 10.9.0.5", "mac:00:09:fb:01:02:01 10.0.0.1", "mac:00:09:fb:01:02:02 10.0.0.254"}
	if diff := cmp.Diff(want, ids(d)); diff != "" {
		t.Error(diff)
	}
	for _, x := range d {
		if len(x.Warnings) > 0 {
			t.Errorf("%s: %v", x.ID, x.Warnings)
		}
	}
}

// TestOwnNetworks: public addresses of the site are devices, others are not.
func TestOwnNetworks(t *testing.T) {
	for _, tt := range []struct {
		networks []netip.Prefix
		want     []string
	}{
		{nil, []string{"ip:10.0.0.1 10.0.0.1"}},
		{[]netip.Prefix{netip.MustParsePrefix("141.1.0.0/16")}, []string{"ip:10.0.0.1 10.0.0.1", "ip:141.1.2.3 141.1.2.3"}},
	} {
		v := NewInventory(Options{Networks: tt.networks})
		v.Session(udp(0, "dns", end(0, "10.0.0.1", 5000, 64), end(0, "141.1.2.3", 53, 60)), nil)
		d := v.Devices()
		if diff := cmp.Diff(tt.want, ids(d)); diff != "" {
			t.Error(diff)
		}
		if p := d[0].Peers[0]; p.Internet == (tt.networks != nil) || (p.Device == "") != p.Internet {
			t.Errorf("peer %+v", p)
		}
	}
}

// TestAzureGateway: all other machines of a virtual network stand behind one MAC.
func TestAzureGateway(t *testing.T) {
	v := NewInventory(Options{})
	other := end(0, "172.18.38.5", 88, 128)
	other.MAC = azureGateway
	v.Session(udp(0, "kerberos", end(1, "172.18.39.5", 5000, 128), other), nil)
	if diff := cmp.Diff([]string{"ip:172.18.38.5 172.18.38.5", "mac:00:09:fb:01:02:01 172.18.39.5", "mac:12:34:56:78:9a:bc router"}, ids(v.Devices())); diff != "" {
		t.Error(diff)
	}
}

// TestLeasedHost: a host that got its address by DHCP and also sends from an
// address of its own other network (its access point in set-up) is no router.
func TestLeasedHost(t *testing.T) {
	for _, tt := range []struct {
		kind BindingKind
		want []string
	}{
		{BindARP | BindDHCP, []string{"mac:00:09:fb:01:02:01 10.10.10.158 10.22.22.2", "mac:00:09:fb:01:02:02 10.10.10.1"}},
		{BindARP, []string{"ip:10.22.22.2 10.22.22.2", "mac:00:09:fb:01:02:01 10.10.10.158 router", "mac:00:09:fb:01:02:02 10.10.10.1"}},
	} {
		v := NewInventory(Options{})
		v.Session(udp(0, "dns", end(1, "10.10.10.158", 5000, 64), end(2, "10.10.10.1", 53, 64)),
			&Observation{Bindings: []Binding{{mac(1), netip.MustParseAddr("10.10.10.158"), tt.kind, t0}}})
		v.Session(udp(1, "dns", end(1, "10.22.22.2", 5000, 63), end(2, "10.10.10.1", 53, 64)), nil)
		if diff := cmp.Diff(tt.want, ids(v.Devices())); diff != "" {
			t.Error(diff)
		}
	}
}
