package store

import (
	"context"
	"database/sql"

	"ward/asset/device"
)

// TierCount is the number of devices of one department and tier.
type TierCount struct {
	Department string
	Tier       device.TierName
	Devices    int
}

// DeviceTiers counts the chosen devices by department and tier.
func (s *Store) DeviceTiers(ctx context.Context, f DeviceFilter) ([]TierCount, error) {
	c := f.clause(s.dialect)
	return list(ctx, s, func(r *sql.Rows, n *TierCount) error {
		return r.Scan(&n.Department, &n.Tier, &n.Devices)
	}, "SELECT d.department, d.tier, count(*) FROM device d"+c.where()+" GROUP BY d.department, d.tier ORDER BY d.department, d.tier", c.args...)
}
