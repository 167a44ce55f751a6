package ui

import "time"

// ago says how long ago something was.
func (f format) ago(t time.Time) string {
	if t.IsZero() {
		return f.t("never")
	}
	d := f.u.Now().Sub(t)
	switch {
	case d < -time.Minute:
		return f.date(t)
	case d < time.Minute:
		return f.t("just now")
	case d < time.Hour:
		return f.tn(int(d.Minutes()), "%d minute ago", "%d minutes ago")
	case d < 24*time.Hour:
		return f.tn(int(d.Hours()), "%d hour ago", "%d hours ago")
	case d < 60*24*time.Hour:
		return f.tn(int(d.Hours()/24), "%d day ago", "%d days ago")
	}
	return f.day(t)
}

// until says how long it is until something.
func (f format) until(t time.Time) string {
	d := t.Sub(f.u.Now())
	switch {
	case t.IsZero():
		return ""
	case d < 0:
		return f.t("overdue since %s", f.day(t))
	case d < 24*time.Hour:
		return f.t("today")
	case d < 48*time.Hour:
		return f.t("tomorrow")
	case d < 60*24*time.Hour:
		return f.tn(int(d.Hours()/24), "in %d day", "in %d days")
	}
	return f.day(t)
}

// date shows a day and time in the zone of the site.
func (f format) date(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	if f.lang == "de" {
		return t.In(f.u.Zone).Format("02.01.2006 15:04")
	}
	return t.In(f.u.Zone).Format("2 Jan 2006 15:04")
}

// day shows a day in the zone of the site.
func (f format) day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	if f.lang == "de" {
		return t.In(f.u.Zone).Format("02.01.2006")
	}
	return t.In(f.u.Zone).Format("2 Jan 2006")
}
