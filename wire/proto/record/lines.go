package record

import "bytes"

// MaxLine is the most bytes of one line that Lines holds; the rest of a longer
// line is dropped.
const MaxLine = 4 << 10

// Lines cuts one direction into text lines ended by LF or CR LF.
type Lines struct {
	buf []byte
}

// Pending gives the bytes of the line that has not ended yet.
func (l *Lines) Pending() []byte { return l.buf }

// Held gives the bytes held, also those only reserved.
func (l *Lines) Held() int { return cap(l.buf) }

// Reset drops the line that has not ended yet.
func (l *Lines) Reset() { l.buf = l.buf[:0] }

// Next takes one line from b. ok is false when b ends before the line does; the
// part is held then. The line is valid until the next call and has no line end.
func (l *Lines) Next(b []byte) (line, rest []byte, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		l.hold(b)
		return nil, nil, false
	}
	if len(l.buf) == 0 {
		return trimCR(b[:min(i, MaxLine)]), b[i+1:], true
	}
	l.hold(b[:i])
	line = trimCR(l.buf)
	l.buf = l.buf[:0]
	return line, b[i+1:], true
}

func (l *Lines) hold(b []byte) {
	l.buf = append(l.buf, b[:min(len(b), MaxLine-len(l.buf))]...)
}

func trimCR(b []byte) []byte { return bytes.TrimSuffix(b, []byte{'\r'}) }
