package pipeline

import (
	"time"

	"ward/asset/device"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// Result is everything one analysis found. Its JSON is the stable document of
// `ward analyze --format json`: the same input gives the same bytes.
type Result struct {
	Ward        Program            `json:"ward"`
	Inputs      []Input            `json:"inputs"`
	Feeds       []Feed             `json:"feeds"`
	Warnings    []string           `json:"warnings"`
	Coverage    risk.Coverage      `json:"coverage"`
	Devices     []*device.Device   `json:"devices"`
	Findings    []exposure.Finding `json:"findings"`
	Assessments []risk.Assessment  `json:"assessments"`
	Worklist    []remedy.Action    `json:"worklist"`
	Sessions    SessionCount       `json:"sessions"`
	Hours       float64            `json:"hours,omitempty"` // the working time that was given
	// Damage repeats those warnings that name input or feeds that could not be
	// read: the program then ends with status 1.
	Damage []string `json:"-"`
	// Explain says why a CVE or advisory matches a device, or why it does not.
	Explain func(d *device.Device, id string) []exposure.Evidence `json:"-"`
}

// Program names the program that wrote the document.
type Program struct {
	Version string `json:"version"`
}

// Input is one capture or log that was read.
type Input struct {
	Path   string    `json:"path"`
	Kind   string    `json:"kind"` // pcap, pcapng, zeek, eve
	Frames uint64    `json:"frames"`
	Bytes  uint64    `json:"bytes"` // on the wire, or of the log
	First  time.Time `json:"first,omitzero"`
	Last   time.Time `json:"last,omitzero"`
	SHA256 string    `json:"sha256"`
}

// Feed is one vulnerability source that was read.
type Feed struct {
	Name    string    `json:"name"`
	Kind    string    `json:"kind"`
	Date    time.Time `json:"date,omitzero"`
	Records int       `json:"records"`
	SHA256  string    `json:"sha256"`
}

// SessionCount counts the sessions that crossed the wire.
type SessionCount struct {
	Count     uint64            `json:"count"`
	ByService map[string]uint64 `json:"by_service"`
}
