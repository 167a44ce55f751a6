package store

import (
	"context"
	"database/sql"
	"strings"

	"ward/asset/device"
)

// deviceSorts are the orders of a list, each with the ID as the last word.
var deviceSorts = map[string]string{
	"":          "d.score DESC, d.id",
	"score":     "d.score DESC, d.id",
	"name":      "lower(d.name), d.id",
	"kind":      "d.kind, d.id",
	"tier":      "d.tier = '', d.tier, d.id",
	"location":  "d.location, d.id",
	"last_seen": "d.last DESC, d.id",
}

// order gives the words after ORDER BY; an unknown sort is the default.
func (f *DeviceFilter) order() string {
	name, reverse := strings.CutPrefix(f.Sort, "-")
	o, ok := deviceSorts[name]
	if !ok {
		return deviceSorts[""]
	}
	if !reverse {
		return o
	}
	terms := strings.Split(o, ", ")
	for i, t := range terms {
		if up, down := strings.CutSuffix(t, " DESC"); down {
			terms[i] = up
		} else {
			terms[i] = t + " DESC"
		}
	}
	return strings.Join(terms, ", ")
}

// clause gives the conditions of the filter. without leaves the field of a
// facet out.
func (f *DeviceFilter) clause(d dialect) clause {
	var c clause
	c.and("d.gone = 0")
	in(&c, "d.department", f.Departments)
	c.words(d, "d.search", f.Text)
	inWords(&c, "d.tier", f.Tiers)
	in(&c, "d.kind", f.Kinds)
	in(&c, "d.band", codesOf(bandCodes, f.Bands))
	for _, is := range []struct{ column, value string }{{"d.location", f.Location}, {"d.department", f.Department},
		{"d.manufacturer", f.Manufacturer}, {"d.model", f.Model}} {
		if is.value != "" {
			c.and(is.column+" = ?", is.value)
		}
	}
	if f.OnWire != nil {
		c.and("d.on_wire = ?", bit(*f.OnWire))
	}
	for _, is := range []struct {
		on   bool
		term string
	}{{f.Internet, "d.internet = 1"}, {f.Cleartext, "d.cleartext = 1"}, {f.Unknown, "d.kind = ''"}, {f.Conflicts, "d.conflicts > 0"}} {
		if is.on {
			c.and(is.term)
		}
	}
	if f.Vulnerability != "" {
		c.and(`d.num IN (SELECT f.device FROM finding f JOIN vulnerability v ON v.num = f.vulnerability
			WHERE v.id = ? AND f.closed = 0)`, f.Vulnerability)
	}
	return c
}

// Devices lists devices.
func (s *Store) Devices(ctx context.Context, f DeviceFilter) (DevicePage, error) {
	c := f.clause(s.dialect)
	limit, offset := page(f.Limit, f.Offset)
	var p DevicePage
	if err := s.row(ctx, "SELECT count(*) FROM device d"+c.where(), c.args...).Scan(&p.Total); err != nil {
		return p, err
	}
	var err error
	p.Devices, err = list(ctx, s, scanLine, "SELECT "+lineColumns+" FROM device d"+c.where()+" ORDER BY "+f.order()+" LIMIT ? OFFSET ?",
		append(c.args, limit, offset)...)
	return p, err
}

// EachDevice calls f for every chosen device without paging, e.g. for an export.
func (s *Store) EachDevice(ctx context.Context, f DeviceFilter, use func(*DeviceLine) error) error {
	c := f.clause(s.dialect)
	return each(ctx, s, func(r *sql.Rows) error {
		var l DeviceLine
		if err := scanLine(r, &l); err != nil {
			return err
		}
		return use(&l)
	}, "SELECT "+lineColumns+" FROM device d"+c.where()+" ORDER BY "+f.order(), c.args...)
}

// number gives the number of a device by its ID or a former one.
func number(from interface {
	one(query string, args ...any) *sql.Row
}, id device.ID) (int64, error) {
	var n int64
	err := one(from.one(`SELECT num FROM device WHERE id = ? UNION ALL
		SELECT device FROM device_former WHERE id = ? LIMIT 1`, string(id), string(id)), &n)
	return n, err
}

func (t *tx) one(query string, args ...any) *sql.Row { return t.row(query, args...) }

// rowsOf reads single rows of a Store under a context.
type rowsOf struct {
	s   *Store
	ctx context.Context
}

func (r rowsOf) one(query string, args ...any) *sql.Row { return r.s.row(r.ctx, query, args...) }

func (s *Store) number(ctx context.Context, id device.ID) (int64, error) {
	return number(rowsOf{s, ctx}, id)
}

// Device gives one whole device. A former ID of it will do: the device's own ID
// tells. ErrNotFound.
func (s *Store) Device(ctx context.Context, id device.ID) (*device.Device, error) {
	n, err := s.number(ctx, id)
	if err != nil {
		return nil, err
	}
	d := new(device.Device)
	return d, one(s.row(ctx, "SELECT x.document FROM device_document x JOIN device d ON d.num = x.device WHERE d.num = ? AND d.gone = 0", n), packed{d})
}

// EachDeviceDocument calls f with each whole device, in the order of their IDs.
// The device belongs to f.
func (s *Store) EachDeviceDocument(ctx context.Context, use func(*device.Device) error) error {
	return each(ctx, s, func(r *sql.Rows) error {
		d := new(device.Device)
		if err := r.Scan(packed{d}); err != nil {
			return err
		}
		return use(d)
	}, "SELECT x.document FROM device d JOIN device_document x ON x.device = d.num WHERE d.gone = 0 ORDER BY d.id")
}
