package capture

import (
	"errors"
	"io"
)

// Merged gives the frames of several inputs in time order: the parts of one
// rotated capture one after another, two taps of one network side by side.
// Frames of equal time come in the order of the inputs. Within one input the
// order of the file stands.
type Merged struct {
	readers []*Reader
	heads   []Frame // the next frame of each input
	heap    []int   // inputs with a head, earliest first
	current int     // the input whose head was given last, -1 for none
	started bool
	errs    []error // by input, nil unless it ended before its clean end
}

// Merge takes the readers over and numbers them: Frame.Input is the index.
func Merge(readers []*Reader) *Merged {
	m := &Merged{readers: readers, heads: make([]Frame, len(readers)), errs: make([]error, len(readers)), current: -1}
	for i, r := range readers {
		r.Input = i
	}
	return m
}

// Next gives the next frame of all inputs, io.EOF after the last. A damaged
// input drops out, the others go on; see Errors.
func (m *Merged) Next(f *Frame) error {
	m.advance()
	if len(m.heap) == 0 {
		return io.EOF
	}
	m.current = m.heap[0]
	*f = m.heads[m.current]
	return nil
}

// Batch is Next for many frames at a time. Frames of the last input left, or
// the only one, are not copied.
func (m *Merged) Batch(b *Batch) error {
	if !m.started && len(m.readers) == 1 {
		m.started, m.heap, m.current = true, []int{0}, 0
	}
	if len(m.heap) == 1 && m.current == m.heap[0] {
		if err := m.readers[m.current].Batch(b); err != nil {
			m.drop(err)
			return io.EOF
		}
		return nil
	}
	return m.copyInto(b)
}

// copyInto copies frames until the next one does not fit.
func (m *Merged) copyInto(b *Batch) error {
	b.Frames = b.Frames[:0]
	for used := 0; ; {
		m.advance()
		if len(m.heap) == 0 {
			break
		}
		f := m.heads[m.heap[0]]
		if len(b.Frames) == 0 && len(b.buf) < max(bufferSize, len(f.Data)) {
			b.buf = make([]byte, max(bufferSize, len(f.Data)))
		}
		if len(f.Data) > len(b.buf)-used || len(b.Frames) == maxCopied {
			break
		}
		n := copy(b.buf[used:], f.Data)
		f.Data = b.buf[used : used+n : used+n]
		used += n
		b.Frames = append(b.Frames, f)
		m.current = m.heap[0]
	}
	if len(b.Frames) == 0 {
		return io.EOF
	}
	return nil
}

// maxCopied bounds the frames of one batch where they are small or empty.
const maxCopied = 4096

// advance makes heap[0] the input with the next frame.
func (m *Merged) advance() {
	switch {
	case !m.started:
		m.started = true
		for i := range m.readers {
			m.join(i)
		}
	case m.current >= 0: // it is still the root
		if err := m.readers[m.current].Next(&m.heads[m.current]); err != nil {
			m.drop(err)
		} else {
			m.sink()
		}
	}
	m.current = -1
}

// join adds an input with its first frame.
func (m *Merged) join(i int) {
	if err := m.readers[i].Next(&m.heads[i]); err != nil {
		m.fail(i, err)
		return
	}
	m.heap = append(m.heap, i)
	for at := len(m.heap) - 1; at > 0; {
		parent := (at - 1) / 2
		if !m.before(m.heap[at], m.heap[parent]) {
			return
		}
		m.heap[at], m.heap[parent] = m.heap[parent], m.heap[at]
		at = parent
	}
}

// drop removes the root, whose input has no more frames.
func (m *Merged) drop(err error) {
	m.fail(m.heap[0], err)
	last := len(m.heap) - 1
	m.heap[0] = m.heap[last]
	m.heap = m.heap[:last]
	m.current = -1
	m.sink()
}

func (m *Merged) fail(i int, err error) {
	if err != io.EOF {
		m.errs[i] = err
	}
	m.readers[i].release()
}

// sink moves the root down to where its time belongs.
func (m *Merged) sink() {
	for at := 0; ; {
		least := at
		for _, child := range [...]int{2*at + 1, 2*at + 2} {
			if child < len(m.heap) && m.before(m.heap[child], m.heap[least]) {
				least = child
			}
		}
		if least == at {
			return
		}
		m.heap[at], m.heap[least] = m.heap[least], m.heap[at]
		at = least
	}
}

func (m *Merged) before(a, b int) bool {
	if s, t := m.heads[a].Time, m.heads[b].Time; s != t {
		return s < t
	}
	return a < b
}

// Errors tells, by input, why it ended early; nil where it did not.
func (m *Merged) Errors() []error { return m.errs }

// Progress sums what Reader.Progress gives. The total is 0 where one is unknown.
func (m *Merged) Progress() (done, total int64) {
	known := true
	for _, r := range m.readers {
		d, t := r.Progress()
		done, total = done+d, total+t
		known = known && t > 0
	}
	if !known {
		total = 0
	}
	return done, total
}

// Close closes all inputs.
func (m *Merged) Close() error {
	var errs []error
	for _, r := range m.readers {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}
