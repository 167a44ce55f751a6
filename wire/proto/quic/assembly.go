package quic

// assembly joins CRYPTO data that comes in any order: browsers cut the hello
// and shuffle the parts on purpose.
type assembly struct {
	buf   []byte
	parts []part
}

type part struct{ from, to int }

const maxParts = 64

func (a *assembly) add(off uint64, data []byte) {
	if off > maxCrypto || int(off)+len(data) > maxCrypto || len(a.parts) >= maxParts || len(data) == 0 {
		return
	}
	p := part{int(off), int(off) + len(data)}
	if p.to > len(a.buf) {
		a.buf = append(a.buf, make([]byte, p.to-len(a.buf))...)
	}
	copy(a.buf[p.from:], data)
	a.parts = append(a.parts, p)
}

// complete tells whether the handshake message from offset 0 is all there.
func (a *assembly) complete() bool {
	reach := 0
	for range a.parts {
		before := reach
		for _, p := range a.parts {
			if p.from <= reach && p.to > reach {
				reach = p.to
			}
		}
		if reach == before {
			break
		}
	}
	if reach < 4 {
		return false
	}
	return reach >= 4+int(a.buf[1])<<16+int(a.buf[2])<<8+int(a.buf[3])
}
