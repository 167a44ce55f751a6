package device

import (
	"slices"
	"strings"
)

// windowsWords are the words that tell one Windows from another; editions and
// builds do not.
var windowsWords = []string{"ce", "nt", "2000", "xp", "vista", "7", "8", "8.1", "10", "11", "server", "2003", "2008", "2012", "2016", "2019", "2022", "2025", "r2"}

// sameWindows tells whether two names may mean one system: "Windows 10 1809 or
// Server 2019" and "Windows Server 2019 Standard" may.
func sameWindows(a, b string) bool {
	for x := range strings.SplitSeq(a, " or ") {
		for y := range strings.SplitSeq(b, " or ") {
			if within(windows(x), windows(y)) || within(windows(y), windows(x)) {
				return true
			}
		}
	}
	return false
}

func windows(s string) []string {
	return slices.DeleteFunc(words(s), func(w string) bool { return !slices.Contains(windowsWords, w) })
}

// within tells whether all words of a are in b. A desktop is not within a server.
func within(a, b []string) bool {
	return !slices.ContainsFunc(a, func(w string) bool { return !slices.Contains(b, w) }) &&
		(len(a) == 0 || slices.Contains(a, "server") == slices.Contains(b, "server"))
}
