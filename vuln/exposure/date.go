package exposure

import (
	"strconv"
	"strings"
	"time"
)

var months = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,

	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

// parseDate reads the dates advisories limit products by: "July 1 2017",
// "May 2018", "August 28", "8/30/2024", "2025-06-25".
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02", "2006-Jan-2", "1/2/2006", "2006/01/02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	var year, day int
	var month time.Month
	for _, t := range tokens(s) {
		switch n, err := strconv.Atoi(t.text); {
		case err == nil && n >= 1990 && n < 2100 && year == 0:
			year = n
		case err == nil && n >= 1 && n <= 31 && day == 0:
			day = n
		case err == nil:
			return time.Time{}, false
		default:
			m, ok := monthOf(t.text)
			if !ok || month != 0 {
				return time.Time{}, false
			}
			month = m
		}
	}
	if month == 0 {
		return time.Time{}, false
	}
	return time.Date(max(year, 1), month, max(day, 1), 0, 0, 0, 0, time.UTC), true
}

func monthOf(w string) (time.Month, bool) {
	if len(w) < 3 {
		return 0, false
	}
	m, ok := months[w[:3]]
	return m, ok && strings.HasPrefix(strings.ToLower(m.String()), w)
}
