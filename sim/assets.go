package sim

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
)

// spelling is how the biomedical department writes makers and models.
var spelling = map[string]struct{ maker, model string }{
	"alaris":          {"CareFusion", "Alaris PCU 8015"},
	"spectrum":        {"BAXTER", "SIGMA Spectrum 35700BAX"},
	"pump_server":     {"BD", "Alaris System Manager"},
	"mx800":           {"Phillips", "Intellivue MX800"},
	"mx450":           {"Philips Healthcare", "MX450"},
	"mp50":            {"Philips", "IntelliVue MP50 M8004A"},
	"philips_central": {"Philips", "PIC iX"},
	"b650":            {"GE Healthcare", "Carescape B650"},
	"dash":            {"GE Med Sys", "DASH 4000"},
	"ge_central":      {"GE", "CIC Pro Clinical Information Center"},
	"xtr":             {"Space Labs", "XTR 96280"},
	"ct":              {"SIEMENS", "Somatom Definition AS"},
	"ultrasound":      {"General Electric", "Logiq E9"},
	"pacs":            {"Philips (Carestream)", "VUE PACS"},
	"bga":             {"Siemens Healthcare Diagnostics", "RapidPoint 500"},
	"evita":           {"Dräger", "Evita V800"},
}

// unrecorded are the catalogue rows that the maintenance record does not know.
var unrecorded = map[string]bool{
	"gateway": true, "switch": true, "internet": true, "camera": true, "bms": true, "bacnet": true, "ups": true, "nms": true,
	"infra": true, "dc": true, "engine": true, "ehr": true, "lis": true, "poc_manager": true, "far_ultrasound": true,
}

// Rows of devices that stand in the record and not on the wire.
var unwiredRows = [][]string{
	{"B-0907", "Hamilton Medical", "HAMILTON-C6", "2.3.1", "7431", "", "", "Ventilator", "ICU 1 store", "Biomed", "", ""},
}

// forgotten are the devices whose row got lost.
func forgotten(i int, d *Host) bool {
	return d.row.key == "dash" || d.row.key == "analyser" || i > 60 && i%13 == 0
}

func unwired() []string {
	var ids []string
	for _, r := range unwiredRows {
		ids = append(ids, r[0])
	}
	return ids
}

// conflicts are the planted disagreements: the record is older than the wire.
func (h *Hospital) conflicts() []Conflict {
	if d := h.outdated(); d != nil {
		return []Conflict{{Device: d.Name, Field: "os", Record: "Windows 10", Wire: d.OS}}
	}
	return nil
}

// outdated is the workstation whose record says Windows 10.
func (h *Hospital) outdated() *Host {
	for _, d := range h.hosts {
		if d.row.key == "win7" {
			return d
		}
	}
	return nil
}

// WriteAssets writes the maintenance (CMMS) export as a biomedical department
// would: makers are spelled as people spell them, rows are missing, one is wrong.
func (h *Hospital) WriteAssets(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(f)
	w := csv.NewWriter(buffered)
	w.Write([]string{"Asset No", "Mfr", "Model", "SW Version", "Serial No", "MAC", "Hostname", "Device Type", "Location", "Department", "OS", "IP"})
	for i, d := range h.hosts {
		if !unrecorded[d.row.key] && !forgotten(i, d) {
			w.Write(h.assetRow(d))
		}
	}
	w.WriteAll(unwiredRows)
	if err := firstError(w.Error(), buffered.Flush()); err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", path, err)
	}
	return f.Close()
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *Hospital) assetRow(d *Host) []string {
	maker, model := d.Manufacturer, d.Model
	if s, ok := spelling[d.row.key]; ok {
		maker, model = s.maker, s.model
	}
	os := d.OS
	if d == h.outdated() {
		os = "Windows 10"
	}
	mac, ip := "", ""
	if d.row.boot.fixed {
		ip = d.IP.String()
	} else {
		mac = strings.ToUpper(strings.ReplaceAll(d.record().MAC, ":", "-"))
	}
	return []string{d.AssetID, maker, model, d.Version, d.Serial, mac, d.Hostname, strings.ReplaceAll(d.Kind, "_", " "), d.Location, department(d), os, ip}
}

func department(d *Host) string {
	switch {
	case d.ward.number > 0 && d.row.medical:
		return "Biomed"
	case d.ward.number > 0:
		return "IT Clients"
	}
	return "IT Servers"
}
