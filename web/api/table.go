package api

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ward/people"
	"ward/store"
	"ward/web/ui"
)

const csvType = "text/csv; charset=utf-8"

// tables are the lists as CSV (RFC 4180), for spreadsheets.
func tables(s *service) {
	add(s, tableOf("devices", people.See), func(ctx context.Context, in *DeviceQuery) (*huma.StreamResponse, error) {
		f := in.filter(ctx)
		return s.table(ctx, "device.export", "devices", deviceColumns, func(row func(...string) error) error {
			return s.Store.EachDevice(ctx, f, func(d *store.DeviceLine) error { return row(deviceRow(d)...) })
		})
	})
	add(s, tableOf("findings", people.See), func(ctx context.Context, in *FindingQuery) (*huma.StreamResponse, error) {
		f := in.filter(ctx)
		if f.Device != "" {
			if _, err := s.mine(ctx, f.Device); err != nil {
				return nil, err
			}
		}
		f.Brief = true
		return s.table(ctx, "finding.export", "findings", findingColumns, func(row func(...string) error) error {
			return s.Store.EachFinding(ctx, f, func(x *store.Finding) error { return row(findingRow(x)...) })
		})
	})
	add(s, tableOf("work", people.See), func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
		return s.table(ctx, "work.export", "work", workColumns, func(row func(...string) error) error {
			return s.eachWork(ctx, func(x *store.Work) error { return row(workRow(x)...) })
		})
	})
	add(s, tableOf("audit", people.SeeAudit), func(ctx context.Context, in *AuditQuery) (*huma.StreamResponse, error) {
		if err := everywhere(ctx); err != nil {
			return nil, err
		}
		return s.table(ctx, "audit.export", "audit", auditColumns, func(row func(...string) error) error {
			return s.eachEntry(ctx, in.filter(), func(e *store.Entry) error {
				return row(strconv.FormatInt(e.Seq, 10), stamp(e.At), e.Actor.ID, e.Actor.Name, e.Actor.From, e.Verb, e.Object, e.Detail, e.Hash)
			})
		})
	})
}

func tableOf(noun string, may people.Permission) operation {
	o := get("export-"+noun, "/exports/"+noun+".csv", may, "The list of "+noun+" as CSV")
	o.Type = "text/csv"
	return o
}

// table streams a CSV file.
func (s *service) table(ctx context.Context, verb, noun string, head []string, rows func(row func(...string) error) error) (*huma.StreamResponse, error) {
	file := noun + "-" + s.Store.Now().Format(time.DateOnly) + ".csv"
	return s.export(ctx, verb, noun, "api", csvType, file, func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(head); err != nil {
			return err
		}
		err := rows(func(cells ...string) error {
			for i := range cells {
				cells[i] = harmless(cells[i])
			}
			return out.Write(cells)
		})
		if out.Flush(); err == nil {
			err = out.Error()
		}
		return err
	})
}

var (
	deviceColumns = []string{"id", "name", "asset_id", "manufacturer", "model", "version", "kind", "tier", "os", "serial", "mac", "addresses",
		"location", "department", "owner", "on_wire", "first_seen", "last_seen", "internet", "cleartext", "findings", "score", "band"}
	findingColumns = []string{"device", "vulnerability", "advisory", "status", "match", "product", "score", "low", "high", "band", "first_seen", "last_seen", "closed", "decision"}
	workColumns    = []string{"key", "rank", "action", "kind", "band", "devices", "removes", "hours", "state", "assignee", "due", "first_seen"}
	auditColumns   = []string{"seq", "at", "actor", "name", "from", "verb", "object", "detail", "hash"}
)

func deviceRow(d *store.DeviceLine) []string {
	return []string{string(d.ID), d.Name, d.AssetID, d.Manufacturer, d.Model, d.Version, d.Kind, string(d.Tier), d.OS, d.Serial, d.MAC,
		strings.Join(d.Addresses, " "), d.Location, d.Department, d.Owner, strconv.FormatBool(d.OnWire), stamp(d.First), stamp(d.Last),
		strconv.FormatBool(d.Internet), strconv.FormatBool(d.Cleartext), strconv.Itoa(d.Findings), points(d.Score), string(d.Band)}
}

func findingRow(f *store.Finding) []string {
	a := &f.Assessment
	return []string{string(f.Device), f.Vulnerability, f.Advisory, string(f.Status), string(f.Match), f.Product, points(a.Score), points(a.Low), points(a.High),
		string(a.Band), stamp(f.First), stamp(f.Last), stamp(f.Closed), f.Decision}
}

func workRow(w *store.Work) []string {
	return []string{w.Key, strconv.Itoa(w.Rank), w.Action.Action, string(w.Kind), string(w.Band), strconv.Itoa(len(w.Devices)), points(w.Removes), points(w.Hours),
		string(w.State), w.Assignee, stamp(w.Due), stamp(w.First)}
}

func points(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

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
