package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"

	"ward/wire/capture"
	"ward/wire/packet"
)

// child runs what is measured as a process of its own.
func child(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "version":
		fmt.Println("of this tree,", runtime.Version())
		return nil
	case len(args) == 2 && args[0] == "floor":
		return floor(args[1])
	case len(args) == 3 && args[0] == "match":
		return matchChild(args[1], args[2])
	case len(args) == 3 && args[0] == "prepare":
		return prepareChild(args[1], args[2])
	case len(args) == 2 && args[0] == "hub":
		return hubMain(args[1])
	}
	return fmt.Errorf("unknown child %q", args)
}

// flow is what the floor keeps of a flow: no reassembly, no protocol.
type flow struct {
	packets, bytes uint64
	first, last    int64
	head           [32]byte
}

// floor is the least that any flow tool must do: read each frame, decode the
// headers, find the flow in a table, count, keep the first bytes.
func floor(file string) error {
	r, err := capture.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	type key struct {
		a, b   [16]byte
		ap, bp uint16
		proto  uint8
	}
	index := map[key]uint32{}
	var flows []flow
	var batch capture.Batch
	var p packet.Packet
	for {
		if err := r.Batch(&batch); err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			break
		}
		for i := range batch.Frames {
			p.Decode(&batch.Frames[i])
			if p.Kind != packet.TCP && p.Kind != packet.UDP {
				continue
			}
			k := key{p.Src.As16(), p.Dst.As16(), p.SrcPort, p.DstPort, p.IPProto}
			if p.Dst.Less(p.Src) || p.Src == p.Dst && p.DstPort < p.SrcPort {
				k.a, k.b, k.ap, k.bp = k.b, k.a, k.bp, k.ap
			}
			at, ok := index[k]
			if !ok {
				at = uint32(len(flows))
				flows = append(flows, flow{first: p.Time})
				copy(flows[at].head[:], p.Payload)
				index[k] = at
			}
			f := &flows[at]
			f.packets++
			f.bytes += uint64(p.Length)
			f.last = p.Time
		}
	}
	fmt.Printf("%d flows\n", len(flows))
	return nil
}
