package sip

import (
	"bytes"
	"strconv"
	"strings"
)

const (
	maxHead    = 8 << 10 // bytes of start line and headers
	maxHeaders = 128
)

// reader cuts one direction into heads and skips bodies. A segment or datagram
// that starts with a message is taken as one, whatever came before.
type reader struct {
	buf  []byte
	skip int
	lost bool
}

// write calls read with each complete head; read gives the size of the body.
func (r *reader) write(b []byte, read func(head []byte) (body int, ok bool)) {
	if _, ok := parseStart(firstLine(b)); ok {
		r.buf, r.skip, r.lost = r.buf[:0], 0, false
	}
	for len(b) > 0 && !r.lost {
		if r.skip > 0 {
			n := min(r.skip, len(b))
			r.skip, b = r.skip-n, b[n:]
			continue
		}
		if len(r.buf) == 0 { // empty lines between messages keep a session alive
			if b = bytes.TrimLeft(b, "\r\n\x00"); len(b) == 0 {
				return
			}
		}
		old := len(r.buf)
		r.buf = append(r.buf, b[:min(len(b), maxHead-old)]...)
		end := bytes.Index(r.buf, []byte("\r\n\r\n"))
		if end < 0 {
			r.lost = len(r.buf) == maxHead
			return
		}
		body, ok := read(r.buf[:end+2])
		b = b[end+4-old:]
		r.buf, r.skip, r.lost = r.buf[:0], body, !ok
	}
}

// headers calls keep with each header, its name in lower case and long form,
// and gives the Content-Length.
func headers(b []byte, keep func(key string, value []byte)) (body int) {
	for n := 0; n < maxHeaders && len(b) > 0; n++ {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte("\n"))
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(key) > 32 {
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
