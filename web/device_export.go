package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ward/store"
	"ward/web/ui"
)

// exportDevices writes the chosen devices as CSV (RFC 4180), and into the audit
// trail that it did.
func (s *Server) exportDevices(w http.ResponseWriter, r *http.Request) error {
	f := deviceFilter(r)
	f.Offset, f.Limit = 0, 0
	if err := s.Store.Audit(r.Context(), actor(r), "device.export", "devices", r.URL.RawQuery); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="devices-`+s.Store.Now().Format(time.DateOnly)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(w)
	out.Write(exportHead)
	err := s.Store.EachDevice(r.Context(), f, func(d *store.DeviceLine) error { return out.Write(exportRow(d)) })
	if out.Flush(); err == nil {
		err = out.Error()
	}
	if err != nil { // half a file must not look whole
		s.Log.Error("export ended early", "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

var exportHead = []string{"id", "name", "asset_id", "manufacturer", "model", "version", "kind", "tier", "os", "serial", "mac", "addresses",
	"location", "department", "owner", "on_wire", "first_seen", "last_seen", "internet", "cleartext", "findings", "score", "band"}

func exportRow(d *store.DeviceLine) []string {
	row := []string{string(d.ID), d.Name, d.AssetID, d.Manufacturer, d.Model, d.Version, d.Kind, string(d.Tier), d.OS, d.Serial, d.MAC,
		strings.Join(d.Addresses, " "), d.Location, d.Department, d.Owner, strconv.FormatBool(d.OnWire), stamp(d.First), stamp(d.Last),
		strconv.FormatBool(d.Internet), strconv.FormatBool(d.Cleartext), strconv.Itoa(d.Findings), strconv.FormatFloat(d.Score, 'f', 1, 64), string(d.Band)}
	for i := range row {
		row[i] = harmless(row[i])
	}
	return row
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// harmless keeps spreadsheets from reading a cell as a formula: the text of a
// device's name is an attacker's to choose.
func harmless(cell string) string {
	cell = ui.Neutral(strings.ReplaceAll(cell, "\t", " "))
	if t := strings.TrimLeft(cell, " \r\n"); t != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(t)[0]) {
		return "'" + cell
	}
	return cell
}
