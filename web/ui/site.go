package ui

import "sync/atomic"

// name is a text that may change while pages are made.
type name struct{ now atomic.Pointer[string] }

func (n *name) text() string {
	if n == nil {
		return ""
	}
	if s := n.now.Load(); s != nil {
		return *s
	}
	return ""
}

// SetSite sets the name of the hospital or site that stands on every page.
func (u *UI) SetSite(site string) { u.site.now.Store(&site) }
