package web

import "net/url"

// maxLink bounds an address that a publisher gives, in bytes.
const maxLink = 2000

// webLink gives an address back if it leads to the web and names a host; any
// other, e.g. javascript: or one with a password in it, is no link.
func webLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxLink || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return address
}
