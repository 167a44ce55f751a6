package store

import (
	"context"
	"database/sql"
	"slices"

	"ward/asset/device"
)

// Basis is a digest of what the findings of a device were worked out from, so
// that a restart knows which devices need not be assessed again.
type Basis struct {
	Device device.ID
	Matter []byte // of the device as it was assessed, from DeviceMatter
	Sum    []byte // of everything else; triage's own
}

// DeviceMatter gives one whole device as Device does, with the digest of what
// matters to its findings.
func (s *Store) DeviceMatter(ctx context.Context, id device.ID) (*device.Device, []byte, error) {
	n, err := s.number(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	d, matter := new(device.Device), []byte(nil)
	return d, matter, one(s.row(ctx, "SELECT x.document, d.matter FROM device_document x JOIN device d ON d.num = x.device WHERE d.num = ? AND d.gone = 0", n), packed{d}, &matter)
}

// EachDeviceBasis calls f with each whole device and its Basis, in the order of
// their IDs. Sum is empty where the device changed since, or was never assessed.
// The device belongs to f.
func (s *Store) EachDeviceBasis(ctx context.Context, use func(*device.Device, Basis) error) error {
	return each(ctx, s, func(r *sql.Rows) error {
		d := new(device.Device)
		var b Basis
		if err := r.Scan(packed{d}, &b.Matter, &b.Sum); err != nil {
			return err
		}
		b.Device = d.ID
		return use(d, b)
	}, `SELECT x.document, d.matter, b.basis FROM device d JOIN device_document x ON x.device = d.num
		LEFT JOIN device_basis b ON b.device = d.num AND b.matter = d.matter WHERE d.gone = 0 ORDER BY d.id`)
}

// PutBases stores what findings rest on, after they are stored. A device that
// nobody knows is left out.
func (s *Store) PutBases(ctx context.Context, list []Basis) error {
	return s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnInventory); err != nil {
			return err
		}
		for part := range slices.Chunk(list, rowsAtOnce) {
			nums := map[device.ID]int64{}
			args := make([]any, len(part))
			for i := range part {
				args[i] = string(part[i].Device)
			}
			err := each(ctx, t, func(r *sql.Rows) error {
				var id device.ID
				var num int64
				err := r.Scan(&id, &num)
				nums[id] = num
				return err
			}, "SELECT id, num FROM device WHERE gone = 0 AND id IN ("+marks(len(args))+")", args...)
			if err != nil {
				return err
			}
			var rows [][]any
			for _, b := range part {
				if n, there := nums[b.Device]; there {
					rows = append(rows, []any{n, b.Matter, b.Sum})
				}
			}
			if err := t.insert("device_basis (device, matter, basis)",
				"ON CONFLICT (device) DO UPDATE SET matter = excluded.matter, basis = excluded.basis", rows); err != nil {
				return err
			}
		}
		return nil
	})
}

// forgetBasis makes the next start assess a device whose findings are moved or
// closed by the inventory.
func (t *tx) forgetBasis(num int64) error {
	_, err := t.exec("DELETE FROM device_basis WHERE device = ?", num)
	return err
}

// TriageState reads what triage noted about itself into v; ErrNotFound.
func (s *Store) TriageState(ctx context.Context, v any) error {
	return one(s.row(ctx, "SELECT document FROM triage_state WHERE one = 1"), document{v})
}

// PutTriageState stores what triage notes about itself.
func (s *Store) PutTriageState(ctx context.Context, v any) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO triage_state (one, document) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET document = excluded.document", asJSON(v))
		return err
	})
}
