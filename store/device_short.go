package store

import (
	"context"
	"database/sql"

	"ward/asset/device"
)

// DeviceLine gives what lists show of one device, by its ID or a former one,
// without reading the whole of it. ErrNotFound.
func (s *Store) DeviceLine(ctx context.Context, id device.ID) (DeviceLine, error) {
	n, err := s.number(ctx, id)
	if err != nil {
		return DeviceLine{}, err
	}
	found, err := list(ctx, s, func(r *sql.Rows, l *DeviceLine) error { return scanLine(r, l) }, "SELECT "+lineColumns+" FROM device d WHERE d.num = ? AND d.gone = 0", n)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return DeviceLine{}, err
	}
	return found[0], nil
}
