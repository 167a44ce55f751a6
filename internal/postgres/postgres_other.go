//go:build !unix

package postgres

import "testing"

// New skips: the server of the tests runs on Unix.
func New(t testing.TB) string {
	t.Skip("the PostgreSQL of the tests needs Unix")
	return ""
}
