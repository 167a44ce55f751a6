package notify

import (
	"strconv"
	"strings"
	"time"
)

// minuteOf reads "22:30" as the minute of the day.
func minuteOf(text string) (int, bool) {
	h, m, ok := strings.Cut(text, ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	return hour*60 + minute, true
}

// awake gives when the role may be interrupted: at itself, or the end of the
// quiet hours that it lies in (SR-55).
func (r Route) awake(at time.Time, zone *time.Location) time.Time {
	from, ok1 := minuteOf(r.QuietFrom)
	to, ok2 := minuteOf(r.QuietTo)
	if !ok1 || !ok2 || from == to {
		return at
	}
	local := at.In(zone)
	now := local.Hour()*60 + local.Minute()
	day := local.Day()
	switch {
	case from < to && (now < from || now >= to), from > to && now < from && now >= to:
		return at
	case now >= to: // the quiet hours end tomorrow
		day++
	}
	return time.Date(local.Year(), local.Month(), day, to/60, to%60, 0, 0, zone).UTC()
}

// shiftOf gives the shift that a time lies in.
func (v *Settings) shiftOf(at time.Time, zone *time.Location) (from, to time.Time) {
	local := at.In(zone)
	var starts []time.Time
	for day := -1; day <= 1; day++ {
		for _, h := range v.Shifts {
			starts = append(starts, time.Date(local.Year(), local.Month(), local.Day()+day, h, 0, 0, 0, zone))
		}
	}
	for i := len(starts) - 1; i > 0; i-- {
		if !starts[i-1].After(at) && starts[i].After(at) {
			return starts[i-1], starts[i]
		}
	}
	last := starts[len(starts)-1]
	return last, last.Add(24 * time.Hour)
}

// digestAt gives the newest time at which a digest was due.
func (v *Settings) digestAt(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	at := time.Date(local.Year(), local.Month(), local.Day(), v.DigestHour, 0, 0, 0, zone)
	if at.After(now) {
		at = time.Date(local.Year(), local.Month(), local.Day()-1, v.DigestHour, 0, 0, 0, zone)
	}
	return at.UTC()
}
