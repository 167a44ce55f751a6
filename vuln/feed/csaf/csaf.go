// Package csaf turns CSAF 2.0 and 2.1 documents (read by spec/csaf) into
// Advisories: one Product for each product of the tree, one ProductStatus for
// each product and status, group ids written out as product ids.
//
// Names lose broken encoding and stray blanks; Product.Text keeps the full
// product name as published. Nothing is guessed: a product without a version
// branch has no Version.
package csaf

import (
	"fmt"
	"strings"
	"time"

	document "ward/spec/csaf"
	"ward/vuln/advisory"
)

// Feed is the value of Advisory.Feed.
const Feed = "csaf"

// Parse reads and converts one file.
func Parse(file string, data []byte) (advisory.Advisory, error) {
	doc, err := document.Parse(file, data)
	if err != nil {
		return advisory.Advisory{}, err
	}
	return Convert(file, doc), nil
}

// Convert turns a document into an Advisory.
func Convert(file string, doc document.Document) advisory.Advisory {
	t := doc.Meta.Tracking
	a := advisory.Advisory{
		ID: clean(t.ID), Title: clean(doc.Meta.Title), Publisher: clean(doc.Meta.Publisher.Name),
		Feed: Feed, File: file, Released: date(t.Initial), Revised: date(t.Current), Revision: clean(t.Version),
		URL: self(doc.Meta.References),
	}
	for place := range doc.Tree.Places() {
		a.Products = append(a.Products, product(place))
	}
	g := newGroups(doc.Tree)
	for i, v := range doc.Vulnerabilities {
		a.Vulnerabilities = append(a.Vulnerabilities, vulnerability(v, g, a.ID, i))
	}
	return a
}

// groups writes group ids out as product ids.
type groups map[string][]string

func newGroups(t document.Tree) groups {
	g := make(groups, len(t.Groups))
	for _, group := range t.Groups {
		g[group.ID] = append(g[group.ID], group.Products...)
	}
	return g
}

// expand joins product ids and group ids, each product once. A group that does
// not exist stays as its own id, so that it never turns into "all products".
func (g groups) expand(products, ids []string) []string {
	if len(ids) == 0 {
		return products
	}
	var out []string
	seen := map[string]bool{}
	add := func(list ...string) {
		for _, id := range list {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	add(products...)
	for _, id := range ids {
		if members, ok := g[id]; ok {
			add(members...)
		} else {
			add(id)
		}
	}
	return out
}

// self is the link to the document itself, a page rather than JSON.
func self(refs []document.Reference) string {
	url := ""
	for _, r := range refs {
		if r.Category != "self" {
			continue
		}
		if url == "" || strings.HasSuffix(url, ".json") {
			url = strings.TrimSpace(r.URL)
		}
	}
	return url
}

// date reads a time as publishers write it; zero where it is none.
func date(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// identity names the flaw: CVE id, else the first other id, else its place.
func identity(v document.Vulnerability, doc string, index int) string {
	if cve := strings.ToUpper(strings.TrimSpace(v.CVE)); cve != "" {
		return cve
	}
	for _, id := range v.IDs {
		if text := clean(id.Text); text != "" {
			return text
		}
	}
	return fmt.Sprintf("%s#%d", doc, index+1)
}
