package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ward/asset/device"
	"ward/wire/capture"
	"ward/wire/evelog"
	"ward/wire/zeeklog"
)

// Kinds of imports.
const (
	kindZeek     = "zeek"
	kindEVE      = "eve"
	kindAssets   = "assets"
	kindSessions = "sessions"
)

const readable = "Ward reads captures (pcap, pcapng, also .gz and .zst), Zeek logs, Suricata eve.json and maintenance exports (CSV)"

// Recognise tells the kind of a file or folder by its content: pcap, pcapng,
// zeek, eve or assets. ErrContent says what it looks like and what can be read.
func Recognise(path string) (kind string, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return kindZeek, nil
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%w: it is no ordinary file", ErrContent)
	case zeeklog.Is(path):
		return kindZeek, nil
	case evelog.Is(path):
		return kindEVE, nil
	}
	r, err := capture.Open(path)
	if err == nil {
		defer r.Close()
		return string(r.Kind()), nil
	}
	if isAssets(path) {
		return kindAssets, nil
	}
	return "", fmt.Errorf("%w: %s; %s", ErrContent, hintOf(err, path), readable)
}

// isAssets looks for a header that names columns of a maintenance export.
func isAssets(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, early))
	if err != nil || isBinary(head) {
		return false
	}
	rows, _, err := device.ReadAssets(bytes.NewReader(head), "")
	return err == nil && (len(rows) > 0 || len(head) < early)
}

// isBinary tells what is no text: control characters, but for UTF-16.
func isBinary(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return false
	}
	return bytes.ContainsAny(head, "\x01\x02\x03\x04\x05\x06\x0e\x0f")
}

// hintOf takes the words of an error without the place on our disk.
func hintOf(err error, path string) string {
	if e := new(capture.Error); errors.As(err, &e) && e.Hint != "" {
		return e.Hint
	}
	return without(err.Error(), path, "")
}

// without replaces paths of our disk by the name that people know.
func without(text, path, name string) string {
	text = strings.ReplaceAll(text, path, name)
	return strings.TrimPrefix(strings.ReplaceAll(text, filepath.Dir(path)+string(filepath.Separator), ""), ": ")
}
