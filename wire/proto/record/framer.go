// Package record cuts the in-order bytes of one direction into records, lines
// or message heads, within fixed bounds, and makes owned text of foreign bytes.
// Codecs whose messages carry a length in front use Framer, those of text lines
// use Lines, those with headers and a body (RFC 822 style) use Heads.
//
// It refuses to store more of a record than the codec reads: the rest of a long
// record is counted past and never held.
package record

import "ward/wire/proto"

// Framer cuts one direction into length-prefixed records. The three exported
// fields are set once; the zero value of the others is ready to use.
type Framer struct {
	// Head is how many bytes of a record tell its size.
	Head int
	// Keep is the most bytes of one record that are handed on (and held).
	Keep int
	// Size gives the whole size in bytes, head included. Less than Head means
	// that this is no record: the direction is given up.
	Size func(head []byte) int

	buf  []byte
	size int // of the current record, 0 while unknown
	past int // bytes of the current record beyond Keep that were counted past
	// ready: the record in buf was handed on and goes with the next call.
	ready bool
	bad   bool
}

// Bad tells whether the direction lost its framing.
func (f *Framer) Bad() bool { return f.bad }

// Lost gives the direction up, after a gap whose end is not known.
func (f *Framer) Lost() { f.bad, f.buf = true, nil }

// Held gives the bytes held, also those only reserved.
func (f *Framer) Held() int { return cap(f.buf) }

// Data reads b and calls use for each complete record with its first bytes (at
// most Keep) and its whole size. The bytes are valid only during the call; when
// use returns false the rest of b is left alone. Data returns false when the
// framing is lost or use said stop.
func (f *Framer) Data(b []byte, use func(rec []byte, size int) bool) bool {
	for len(b) > 0 && !f.bad {
		var rec []byte
		var size int
		if rec, size, b = f.Next(b); rec != nil && !use(rec, size) {
			return false
		}
	}
	return !f.bad
}

// Next takes bytes of one record from b and gives what follows it. rec is nil
// while the record is not complete; it is valid until the next call.
func (f *Framer) Next(b []byte) (rec []byte, size int, rest []byte) {
	if f.ready {
		f.buf, f.size, f.past, f.ready = f.buf[:0], 0, 0, false
	}
	if f.bad || len(b) == 0 {
		return nil, 0, nil
	}
	if f.size == 0 {
		if len(f.buf) == 0 && len(b) >= f.Head {
			if rec, size := f.whole(b); rec != nil {
				return rec, size, b[size:]
			}
		}
		n := min(f.Head-len(f.buf), len(b))
		f.buf, b = append(f.buf, b[:n]...), b[n:]
		if len(f.buf) < f.Head {
			return nil, 0, b
		}
		if f.size = f.Size(f.buf); f.size < f.Head {
			f.Lost()
			return nil, 0, nil
		}
	}
	want := min(f.size, f.Keep)
	n := min(max(want-len(f.buf), 0), len(b))
	f.buf, b = append(f.buf, b[:n]...), b[n:]
	if len(f.buf) < want {
		return nil, 0, b
	}
	skip := min(f.size-len(f.buf)-f.past, len(b))
	f.past, b = f.past+skip, b[skip:]
	if len(f.buf)+f.past < f.size {
		return nil, 0, b
	}
	f.ready = true
	return f.buf, f.size, b
}

// whole gives the record that stands complete at the start of b, without a copy.
func (f *Framer) whole(b []byte) (rec []byte, size int) {
	size = f.Size(b[:f.Head])
	if size < f.Head || size > len(b) {
		return nil, 0
	}
	return b[:min(size, f.Keep)], size
}

// Both joins what a codec says of each direction: No from either side decides,
// Yes needs both sides: one consistent message in each direction.
func Both(orig, resp proto.Match) proto.Match {
	if orig == proto.No || resp == proto.No {
		return proto.No
	}
	return min(orig, resp)
}
