package capture

import (
	"errors"
	"fmt"
)

// Reasons an input cannot be read, to be tested with errors.Is. A cut or
// failing input carries io.ErrUnexpectedEOF or the error of the system instead.
var (
	ErrNoCapture = errors.New("capture: no capture file")
	ErrDamaged   = errors.New("capture: damaged")
	ErrTooLarge  = errors.New("capture: length beyond any real frame")
)

// Error says where an input stopped being readable. All frames before it were given.
type Error struct {
	Input  string // name of the file, or "standard input"
	Offset int64  // byte in the unpacked stream where the bad part starts
	Frame  uint64 // number of frames given before it
	Hint   string // what to do next, a sentence; may be empty
	Err    error
}

func (e *Error) Error() string {
	if errors.Is(e.Err, ErrNoCapture) {
		return fmt.Sprintf("%s: no capture: %s", e.Input, e.Hint)
	}
	s := fmt.Sprintf("%s: after frame %d, at byte %d: %v", e.Input, e.Frame, e.Offset, e.Err)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }
