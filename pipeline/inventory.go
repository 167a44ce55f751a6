package pipeline

import "fmt"

// devices takes the devices out of the inventory and says what is missing: what
// was beyond its limits, and where wire and maintenance record do not meet.
func (a *analysis) devices() {
	a.result.Devices = a.inventory.Devices()
	sightings, exchanges := a.inventory.Lost()
	if sightings > 0 {
		a.warn(fmt.Sprintf("%d sightings of new addresses were beyond the limit of the inventory: devices may be missing", sightings))
	}
	if exchanges > 0 {
		a.warn(fmt.Sprintf("%d sessions between further pairs of devices were beyond the limit of the inventory: peers and services may be missing", exchanges))
	}
	if a.Assets == "" {
		return
	}
	seen, unrecorded, unseen := 0, 0, 0
	for _, d := range a.result.Devices {
		switch {
		case !d.OnWire:
			unseen++
		case d.Recorded():
			seen++
		default:
			seen++
			unrecorded++
		}
	}
	if unrecorded > 0 {
		a.warn(fmt.Sprintf("of %d devices on the wire, %d not in the maintenance record", seen, unrecorded))
	}
	if unseen > 0 && len(a.Inputs) > 0 {
		a.warn(fmt.Sprintf("of the devices in the maintenance record, %d not seen on the wire", unseen))
	}
}
