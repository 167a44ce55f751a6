package exposure

import (
	"regexp"

	"ward/vuln/advisory"
)

var firmwareRe = regexp.MustCompile(`(?i)\b(firmware|operating system|software|os)\b`)

// related understands "A installed on B" (CSAF 2.0 section 3.2.2.4): the device
// is B. Where A is B's firmware its versions decide, else A is a condition that
// must be looked up on the device.
func (l *lexicon) related(a *advisory.Advisory, p, part, host *advisory.Product) entry {
	e := l.entry(a, host)
	e.product = p
	if e.skip != "" {
		return e
	}
	if firmwareRe.MatchString(part.Name) || part.Name == host.Name || part.Name == "" {
		if v, t := versionsOf(part); part.Version != "" {
			e.main, e.text = v, t
		}
		return e
	}
	for i := range e.names {
		if e.names[i].needs == "" {
			e.names[i].needs = "with " + firstOf(part.Text, part.Name)
		}
	}
	return e
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
