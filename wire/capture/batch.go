package capture

// Batch is many frames and the memory they lie in, to be handed to a worker as
// one. Reuse it once the worker is done; the zero value is ready.
type Batch struct {
	Frames []Frame
	buf    []byte
}

// Batch reads at least one frame and as many more as are at hand, without
// copying them. It returns what Next would where there is no frame. The frames
// stay valid until b is filled again, whatever happens to the Reader.
func (r *Reader) Batch(b *Batch) error {
	b.Frames = b.Frames[:0]
	if r.err != nil {
		return r.err
	}
	r.lend(b)
	for r.err == nil {
		n := len(b.Frames)
		b.Frames = append(b.Frames, Frame{})
		need := r.parse(&b.Frames[n])
		if need == 0 {
			continue
		}
		b.Frames = b.Frames[:n]
		if n > 0 { // more would move the buffer under the frames
			break
		}
		r.more(need)
	}
	r.takeBack(b)
	if len(b.Frames) == 0 {
		return r.err
	}
	return nil
}

// lend makes the batch's memory the reader's buffer.
func (r *Reader) lend(b *Batch) {
	if size := max(bufferSize, r.end-r.pos); len(b.buf) < size {
		b.buf = make([]byte, size)
	}
	r.base += int64(r.pos)
	n := copy(b.buf, r.buf[r.pos:r.end])
	r.buf, r.pos, r.end, r.lent = b.buf, 0, n, true
}

// takeBack copies what is left, less than a frame, into the reader's own buffer.
func (r *Reader) takeBack(b *Batch) {
	b.buf = r.buf // it may have grown
	if len(r.own) < r.end-r.pos {
		r.own = make([]byte, r.end-r.pos)
	}
	r.base += int64(r.pos)
	n := copy(r.own, b.buf[r.pos:r.end])
	r.buf, r.pos, r.end, r.lent = r.own, 0, n, false
}
