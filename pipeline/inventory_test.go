package pipeline

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/wire/session"
)

// TestGapsOfTheRecord counts what only one of wire and record knows.
func TestGapsOfTheRecord(t *testing.T) {
	a, err := begin(Request{Inputs: []string{"a.pcap"}, Assets: "cmms.csv"})
	if err != nil {
		t.Fatal(err)
	}
	a.inventory = device.NewInventory(a.identity.Options(nil, nil))
	for i, addr := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"} {
		peer := session.Endpoint{Addr: netip.MustParseAddr("10.0.0.1"), Port: 104, Packets: 1}
		a.inventory.Session(&session.Session{ID: session.ID(i), Transport: session.UDP, Orig: session.Endpoint{Addr: netip.MustParseAddr(addr), Port: 5000, Packets: 1}, Resp: peer}, nil)
	}
	a.inventory.Join([]device.Asset{
		{Line: 2, File: "cmms.csv", Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.2")}, Values: map[device.Field]string{device.FieldAssetID: "A"}},
		{Line: 3, File: "cmms.csv", Values: map[device.Field]string{device.FieldAssetID: "B"}},
	})
	a.devices()
	want := []string{"of 3 devices on the wire, 2 not in the maintenance record", "of the devices in the maintenance record, 1 not seen on the wire"}
	if diff := cmp.Diff(want, a.result.Warnings); diff != "" {
		t.Error(diff)
	}
}
