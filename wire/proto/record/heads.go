package record

import (
	"bytes"
	"strconv"
	"strings"

	"ward/wire/proto"
)

const (
	// MaxHead is the most bytes of start line and headers that Heads holds.
	MaxHead = 8 << 10
	// MaxHeaders is the most headers of one message that are read.
	MaxHeaders = 128
	maxKey     = 32
)

// Heads cuts one direction into heads (start line and headers) and skips the
// bodies. A segment or datagram that begins with a start line is taken as a new
// message, whatever came before.
type Heads struct {
	// Starts tells a start line of the protocol.
	Starts func(line []byte) bool
	// Media skips the interleaved data of RFC 2326, section 10.12.
	Media bool

	buf  []byte
	skip int
	lost bool
}

// Lost waits for the next segment that begins with a start line.
func (h *Heads) Lost() { h.buf, h.skip, h.lost = nil, 0, true }

// Held gives the bytes held, also those only reserved.
func (h *Heads) Held() int { return cap(h.buf) }

// Data calls read with each complete head; read gives the size of the body.
func (h *Heads) Data(b []byte, read func(head []byte) (body int, ok bool)) {
	if h.Starts(FirstLine(b)) {
		h.buf, h.skip, h.lost = h.buf[:0], 0, false
	}
	for len(b) > 0 && !h.lost {
		if h.skip > 0 {
			n := min(h.skip, len(b))
			h.skip, b = h.skip-n, b[n:]
			continue
		}
		if len(h.buf) == 0 { // empty lines between messages keep a session alive
			if b = bytes.TrimLeft(b, "\r\n\x00"); len(b) == 0 {
				return
			}
		}
		old := len(h.buf)
		if h.Media && (old == 0 && b[0] == '$' || old > 0 && h.buf[0] == '$') {
			b = h.media(b)
			continue
		}
		h.buf = append(h.buf, b[:min(len(b), MaxHead-old)]...)
		end := bytes.Index(h.buf, []byte("\r\n\r\n"))
		if end < 0 {
			h.lost = len(h.buf) == MaxHead
			return
		}
		body, ok := read(h.buf[:end+2])
		b = b[end+4-old:]
		h.buf, h.skip, h.lost = h.buf[:0], body, !ok
	}
}

// media skips one block: "$", channel, length u16, data.
func (h *Heads) media(b []byte) (rest []byte) {
	const header = 4
	n := min(header-len(h.buf), len(b))
	h.buf, b = append(h.buf, b[:n]...), b[n:]
	if len(h.buf) == header {
		h.skip = int(h.buf[2])<<8 | int(h.buf[3])
		h.buf = h.buf[:0]
	}
	return b
}

// FirstLine gives the first line of b without its end, empty lines left out.
func FirstLine(b []byte) []byte {
	b = bytes.TrimLeft(b[:min(len(b), MaxHead)], "\r\n")
	line, _, _ := bytes.Cut(b, []byte("\r\n"))
	return line
}

// MatchStart judges whether b begins with a start line. It says Maybe to one
// that has not come in whole, as long as its first word may be one of words.
// A start line begins with a capital letter.
func MatchStart(b []byte, starts func(line []byte) bool, words map[string]bool, version string) proto.Match {
	if len(b) > 0 && b[0] != '\r' && b[0] != '\n' && (b[0] < 'A' || b[0] > 'Z') {
		return proto.No
	}
	line := FirstLine(b)
	if starts(line) {
		return proto.Yes
	}
	if len(line) < len(b) || len(b) >= MaxHead || len(b) > 0 && !couldStart(b, words, version) {
		return proto.No
	}
	return proto.Maybe
}

func couldStart(b []byte, words map[string]bool, version string) bool {
	word, _, whole := strings.Cut(string(b[:min(len(b), maxKey)]), " ")
	if whole {
		return words[word] || strings.HasPrefix(word, version)
	}
	for w := range words {
		if strings.HasPrefix(w, word) {
			return true
		}
	}
	return strings.HasPrefix(word, version) || strings.HasPrefix(version, word)
}

// Headers calls keep with each header, its name in lower case, and gives the
// Content-Length ("l" is its short form, RFC 3261 section 7.3.3).
func Headers(b []byte, keep func(key string, value []byte)) (body int) {
	for n := 0; n < MaxHeaders && len(b) > 0; n++ {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte("\n"))
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(key) > maxKey {
			continue
		}
		value = bytes.TrimSpace(value)
		switch name := strings.ToLower(string(bytes.TrimSpace(key))); name {
		case "content-length", "l":
			if v, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				body = int(v)
			}
		default:
			keep(name, value)
		}
	}
	return body
}
