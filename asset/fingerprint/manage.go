package fingerprint

import (
	"ward/asset/device"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/modbus"
	"ward/wire/proto/ntp"
	"ward/wire/proto/snmp"
)

// snmpSystem reads sysDescr and sysName of a response (RFC 3418 section 2).
func (r *Reader) snmpSystem(f snmp.System) {
	at := r.from()
	r.describe(at, f.Description)
	r.host(at, f.Name, "snmp.name", "SNMP sysName", device.Strong)
	if f.Description != "" && len(f.Description) <= maxModelText {
		r.claim(at, device.FieldModel, f.Description, "snmp.description", device.Weak, "SNMP sysDescr")
	}
}

// maxModelText is how long a description may be to be taken as a model name.
const maxModelText = 40

func (r *Reader) snmpMessage(f snmp.Message) {
	if f.Default && f.PDU == "response" {
		r.login(r.from(), "snmp", true, true)
	}
}

func (r *Reader) ntp(f ntp.Message) {
	switch {
	case f.Mode == "server":
		r.claim(r.from(), device.FieldRole, "ntp_server", "ntp.server", device.Strong, "answers NTP requests")
	case f.Monlist:
		r.claim(r.from(), device.FieldRole, "ntp_monlist_client", "ntp.monlist", device.Medium, "asks for an NTP peer list")
	}
}

// bacnetIAm reads the I-Am service (ASHRAE 135 clause 16.10).
func (r *Reader) bacnetIAm(f bacnet.IAm) {
	at := r.from()
	r.claim(at, device.FieldKind, "building_controller", "bacnet.iam", device.Strong, "BACnet I-Am")
	r.claim(at, device.FieldManufacturer, f.Vendor, "bacnet.iam", device.Strong, "vendor id of BACnet I-Am")
}

func (r *Reader) bacnetProperties(f bacnet.Properties) {
	at := r.from()
	say := func(field device.Field, value, saw string) {
		r.claim(at, field, value, "bacnet.properties", device.Strong, "BACnet property "+saw)
	}
	say(device.FieldManufacturer, f.VendorName, "vendor name")
	say(device.FieldModel, f.ModelName, "model name")
	say(device.FieldSerial, f.Serial, "serial number")
	if hostLike(f.ObjectName) {
		say(device.FieldHostname, f.ObjectName, "object name")
	}
	say(device.FieldVersion, f.Firmware, "firmware revision")
	if f.Software != "" && f.ModelName != "" {
		r.software(at, f.ModelName+" application", f.Software, "bacnet.properties", device.Strong, "BACnet property application software version")
	}
	say(device.FieldKind, "building_controller", "values of a device object")
}

// modbusIdentification reads function 43/14 (Modbus application protocol 6.21).
func (r *Reader) modbusIdentification(f modbus.Identification) {
	at := r.from()
	model := f.Model
	if model == "" {
		model = f.ProductName
	}
	r.claim(at, device.FieldManufacturer, f.Vendor, "modbus.identification", device.Strong, "Modbus device identification, vendor")
	r.claim(at, device.FieldModel, model, "modbus.identification", device.Strong, "Modbus device identification, product")
	r.claim(at, device.FieldModelNumber, f.ProductCode, "modbus.identification", device.Strong, "Modbus device identification, product code")
	r.claim(at, device.FieldVersion, f.Revision, "modbus.identification", device.Strong, "Modbus device identification, revision")
}
