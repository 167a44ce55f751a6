package session

import (
	"ward/wire/packet"
	"ward/wire/proto"
)

// maxCodecs is the width of the sets in which codecs are kept.
const maxCodecs = 64

// codecs is the list of a run with the sets the detection asks.
type codecs struct {
	list             []*proto.Codec
	stream, datagram uint64
	etherTypes       map[uint16]int
	ipProtos         map[uint16]int
}

func newCodecs(list []*proto.Codec) codecs {
	list = list[:min(len(list), maxCodecs)]
	c := codecs{list: list, etherTypes: map[uint16]int{}, ipProtos: map[uint16]int{}}
	for i, codec := range list {
		if codec.Stream != nil {
			c.stream |= 1 << i
		}
		if codec.Datagram != nil {
			c.datagram |= 1 << i
		}
		for _, n := range codec.EtherTypes {
			c.etherTypes[n] = i
		}
		for _, n := range codec.IPProtos {
			c.ipProtos[uint16(n)] = i
		}
	}
	return c
}

// number gives the codec of an EtherType or IP protocol, -1 where there is none.
func (c *codecs) number(kind packet.Kind, n uint16) int {
	numbers := c.ipProtos
	if kind == packet.ARP || kind == packet.Ethernet {
		numbers = c.etherTypes
	}
	if i, ok := numbers[n]; ok {
		return i
	}
	return -1
}
