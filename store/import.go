package store

import "time"

// ImportState is how far an input has come.
type ImportState string

// States of an import.
const (
	ImportReceiving ImportState = "receiving" // an upload that is not complete
	ImportQueued    ImportState = "queued"
	ImportReading   ImportState = "reading"
	ImportDone      ImportState = "done"
	ImportFailed    ImportState = "failed"
	ImportUndone    ImportState = "undone" // taken back by a person
)

// Import is one input: a capture, a log, a maintenance export, an hour of a sensor.
type Import struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Kind     string      `json:"kind"` // pcap, pcapng, zeek, eve, assets, sessions
	Via      string      `json:"via"`  // upload, drop, bus, cli
	SHA256   string      `json:"sha256,omitempty"`
	Size     int64       `json:"size"`
	Received int64       `json:"received"` // bytes that are safe so far
	Done     int64       `json:"done"`     // bytes read
	State    ImportState `json:"state"`
	Error    string      `json:"error,omitempty"`
	Warnings []string    `json:"warnings,omitempty"`
	Frames   uint64      `json:"frames"`
	Sessions uint64      `json:"sessions"`
	First    time.Time   `json:"first,omitzero"`
	Last     time.Time   `json:"last,omitzero"`
	Tap      string      `json:"tap,omitempty"` // where it was captured, a person's word
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
	Finished time.Time   `json:"finished,omitzero"`
	Same     string      `json:"same,omitempty"` // ID of the earlier import with the same content
}

// Evidence is what one import told about devices: a part of the inventory in the
// encoding of asset/device, compressed. The inventory is the sum of all parts.
type Evidence struct {
	Import string
	Kind   string // inventory, assets
	Blob   []byte
}
