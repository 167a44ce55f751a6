//go:build !(linux || darwin || freebsd)

package intake

// freeSpace is not known here.
func freeSpace(string) (n int64, known bool) { return 0, false }
