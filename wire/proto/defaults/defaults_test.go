package defaults

import (
	"testing"

	"ward/internal/canary"
)

func TestKnown(t *testing.T) {
	for _, c := range []struct {
		user, password string
		want           bool
	}{
		{"admin", "admin", true},
		{"Admin", "1234", true},
		{"root", "", true},
		{"service", "service", true},
		{"admin", "Admin", false},
		{"nobody", "nobody", false},
		{canary.User, canary.Secret, false},
	} {
		if got := Known(c.user, c.password); got != c.want {
			t.Errorf("Known(%q, %q) = %v", c.user, c.password, got)
		}
	}
}
