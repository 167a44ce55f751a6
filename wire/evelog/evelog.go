// Package evelog turns Suricata's EVE log (one JSON object a line, versions 4 to
// 8) into Sessions with Facts: flow events give the sessions, named by flow_id;
// events of protocols add Facts as parts of them. Rotated and packed files are
// read one by one.
//
// EVE counts the bytes of whole frames: link, network and transport headers
// without options are taken off, so payload bytes come out a little too high.
// Some events name the sender first, not the originator; they are turned round
// where the protocol's own port tells.
//
// It refuses alerts (they are no sessions), packets, payloads and files, and
// what no keep-list names: URLs, user names, passwords, mail and file names.
package evelog

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"ward/wire/logfile"
	"ward/wire/session"
)

// ErrNoEvents says that a file holds no EVE events.
var ErrNoEvents = errors.New("evelog: no Suricata events")

const (
	headSize  = 64 << 10 // what Is looks at
	headLines = 8        // lines that Is looks at
)

// Is tells whether a file is an EVE log. It reads the first KiB only.
func Is(path string) bool {
	head := logfile.Head(path, headSize)
	for range headLines {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		if whole && len(bytes.TrimSpace(line)) > 0 {
			return looksEVE(line)
		}
		if !whole {
			return looksEVE(line)
		}
		head = rest
	}
	return false
}

// looksEVE wants an object with a timestamp and a type of event.
func looksEVE(line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	var e struct {
		Timestamp string `json:"timestamp"`
		Type      string `json:"event_type"`
	}
	if decode(line, &e) != nil || e.Type == "" {
		return false
	}
	_, ok := stamp(e.Timestamp)
	return ok
}

// Read reads one EVE log and emits its sessions in the same order every time.
func Read(ctx context.Context, path string, emit func(*session.Session)) (logfile.Summary, error) {
	l, err := logfile.Open(path)
	if err != nil {
		return logfile.Summary{}, err
	}
	r := &reader{parts: logfile.Parts{Emit: emit}, ftpUsers: map[session.ID]string{}}
	err = l.Each(ctx, func(line []byte, number uint64) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || r.line(line, number) {
			return
		}
		r.sum.Broken++
		why := "it is no EVE event, or an address or time in it is none"
		if l.Cut() {
			why = "the last line is cut off; was the log still being written?"
		}
		r.warn.Add("%s:%d: line passed over: %s", path, number, why)
	})
	if err == nil {
		r.sum.SHA256, err = l.Sum()
	}
	l.Close(&r.sum, &r.warn)
	r.parts.Close(&r.warn)
	r.sum.Warnings = r.warn.List()
	if err == nil && r.events == 0 {
		err = fmt.Errorf("%w in %s: give the eve.json that Suricata writes, with the types flow, dns, http, tls and dhcp switched on", ErrNoEvents, path)
	}
	return r.sum, err
}
