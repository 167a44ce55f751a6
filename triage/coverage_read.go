package triage

import (
	"context"

	"ward/vuln/risk"
)

// Coverage tells how long and on how many taps was watched, and what share of
// the frames is known to be lost.
func (t *Triage) Coverage(ctx context.Context) (risk.Coverage, error) { return t.coverage(ctx) }
