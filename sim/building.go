package sim

import (
	"encoding/binary"
	"time"

	"ward/internal/canary"
)

const bacnetPort = 47808

// building plays the management station: it looks for controllers, reads them
// and the power supply.
func (h *Hospital) building(d *Host) {
	h.boot(d, func(at time.Duration) {
		controller, ups := h.one(d.ward, "bacnet"), h.one(d.ward, "ups")
		h.every(at, h.around(60*time.Second), func(at time.Duration) {
			h.subnetCast(at, "bacnet", d, bacnetPort, bacnetPort, []byte{0x81, 0x0b, 0, 8, 1, 0, 0x10, 0x08}) // Who-Is
			h.subnetCast(at+30*time.Millisecond, "bacnet", controller, bacnetPort, bacnetPort, iAm(321001, 7))
			h.subnetCast(at+45*time.Millisecond, "bacnet", d, bacnetPort, bacnetPort, iAm(1, 7))
		})
		h.every(at+3*time.Second, h.around(45*time.Second), func(at time.Duration) {
			h.session("bacnet", d, controller, "udp", bacnetPort)
			for i, property := range []string{bacModel, bacFirmware, bacVendor, bacValue} {
				at += 20 * time.Millisecond
				h.udp(at, d, controller, d.VLAN, bacnetPort, bacnetPort, readProperty(byte(i), property[0]))
				h.udp(at+5*time.Millisecond, controller, d, d.VLAN, bacnetPort, bacnetPort, propertyAck(byte(i), property[0], property[1:]))
			}
		})
		h.every(at+10*time.Second, h.around(20*time.Second), func(at time.Duration) { h.modbus(at, d, ups) })
		h.windowsClient(at, d)
	})
}

// Properties read: number, then the tagged value (ASHRAE 135 clause 20.2).
const (
	bacModel    = "\x46\x75\x0d\x00PXC36.1-E.D "
	bacFirmware = "\x2c\x75\x0e\x00FW=V6.00.320 "
	bacVendor   = "\x79\x75\x0c\x00Siemens BT "
	bacValue    = "\x55\x44\x41\xa8\x00\x00"
)

// iAm is clause 16.10.2: device, largest APDU, no segmentation, vendor.
func iAm(instance uint32, vendor byte) []byte {
	b := []byte{0x81, 0x0b, 0, 0, 1, 0, 0x10, 0x00, 0xc4}
	b = binary.BigEndian.AppendUint32(b, 8<<22|instance)
	b = append(b, 0x22, 0x05, 0xc4, 0x91, 3, 0x21, vendor)
	b[3] = byte(len(b))
	return b
}

// readProperty is a confirmed request, clause 15.5.
func readProperty(invoke, property byte) []byte {
	b := []byte{0x81, 0x0a, 0, 0, 1, 4, 0, 5, invoke, 12, 0x0c}
	b = binary.BigEndian.AppendUint32(b, 8<<22|321001)
	b = append(b, 0x19, property)
	b[3] = byte(len(b))
	return b
}

func propertyAck(invoke, property byte, value string) []byte {
	b := []byte{0x81, 0x0a, 0, 0, 1, 0, 0x30, invoke, 12, 0x0c}
	b = binary.BigEndian.AppendUint32(b, 8<<22|321001)
	b = append(b, 0x19, property, 0x3e)
	b = append(append(b, value...), 0x3f)
	b[3] = byte(len(b))
	return b
}

// modbus reads registers and, once in a while, the device identification.
func (h *Hospital) modbus(at time.Duration, d, ups *Host) {
	s := h.dial(at, "modbus", d, ups, 502)
	adu := func(body ...byte) []byte {
		return append([]byte{0, 1, 0, 0, 0, byte(len(body))}, body...)
	}
	s.send(adu(1, 3, 0, 100, 0, 4)).reply(adu(1, 3, 8, 0, 230, 0, 50, 3, 232, 0, 12))
	if h.turn("modbus", 4) {
		objects := []byte{1, 0x2b, 0x0e, 1, 1, 0, 0, 3}
		for i, text := range []string{"APC", "SMT3000RMI2U", "UPS 09.6"} {
			objects = append(append(objects, byte(i), byte(len(text))), text...)
		}
		s.send(adu(1, 0x2b, 0x0e, 1, 0)).reply(adu(objects...))
	}
	s.close()
}

// power plays the power supply: found by SNMP, default login on FTP and Telnet.
func (h *Hospital) power(d *Host) {
	h.boot(d, func(at time.Duration) {
		h.snmpPolls(at, d, "APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.9.6 PN:apc_hw05_aos_696.bin AF1:v6.9.6 MN:AP9630 HR:08 SN: 5A1920T12345)", "1.3.6.1.4.1.318.1.3.27")
		nms := h.one(d.ward, "nms")
		h.plan(at+20*time.Second, func(at time.Duration) {
			s := h.dial(at, "ftp", nms, d, 21)
			s.reply([]byte("220 AP9630 Network Management Card AOS v6.9.6 FTP server ready.\r\n"))
			s.send([]byte("USER " + canary.User + "\r\n")).reply([]byte("331 User name okay, need password.\r\n"))
			s.send([]byte("PASS " + canary.Secret + "\r\n")).reply([]byte("530 Not logged in.\r\n"))
			s.send([]byte("USER apc\r\n")).reply([]byte("331 User name okay, need password.\r\n"))
			s.send([]byte("PASS apc\r\n")).reply([]byte("230 User logged in, proceed.\r\n"))
			s.send([]byte("QUIT\r\n")).reply([]byte("221 Thank you for visiting.\r\n")).close()
		})
	})
}
