package prototest

import (
	"encoding/binary"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// file gives the frames of a well-formed pcap or pcapng held in memory. The
// product's own reader stands elsewhere; this one keeps codec tests apart from it.
type file struct {
	data  []byte
	order binary.ByteOrder
	ng    bool
	link  layers.LinkType
}

func open(b []byte) (*file, bool) {
	if len(b) < 24 {
		return nil, false
	}
	switch binary.LittleEndian.Uint32(b) {
	case 0xa1b2c3d4, 0xa1b23c4d:
		return &file{data: b[24:], order: binary.LittleEndian, link: layers.LinkType(b[20])}, true
	case 0xd4c3b2a1, 0x4d3cb2a1:
		return &file{data: b[24:], order: binary.BigEndian, link: layers.LinkType(b[23])}, true
	case 0x0a0d0d0a:
		f := &file{data: b, order: binary.LittleEndian, ng: true}
		if b[8] == 0x1a {
			f.order = binary.BigEndian
		}
		return f, true
	}
	return nil, false
}

// ReadPacketData makes file a gopacket.PacketDataSource.
func (f *file) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	for len(f.data) >= 16 {
		if !f.ng {
			n := int(f.order.Uint32(f.data[8:]))
			if n > len(f.data)-16 {
				break
			}
			frame := f.data[16 : 16+n]
			f.data = f.data[16+n:]
			return frame, gopacket.CaptureInfo{}, nil
		}
		kind, n := f.order.Uint32(f.data), int(f.order.Uint32(f.data[4:]))
		if n < 12 || n > len(f.data) {
			break
		}
		block := f.data[8 : n-4]
		f.data = f.data[n:]
		switch {
		case kind == 1:
			f.link = layers.LinkType(f.order.Uint16(block))
		case kind == 6 && len(block) >= 20:
			size := int(f.order.Uint32(block[12:]))
			return block[20:min(20+size, len(block))], gopacket.CaptureInfo{}, nil
		case kind == 3 && len(block) >= 4:
			return block[4:], gopacket.CaptureInfo{}, nil
		}
	}
	return nil, gopacket.CaptureInfo{}, io.EOF
}
