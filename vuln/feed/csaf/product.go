package csaf

import (
	"strings"

	document "ward/spec/csaf"
	"ward/vuln/advisory"
)

// product gathers the branches above a full product name into one Product.
func product(place document.Place) advisory.Product {
	h := place.Product.Helper
	p := advisory.Product{
		ID: place.Product.ID, Text: place.Product.Name, CPE: strings.TrimSpace(h.CPE), PURL: strings.TrimSpace(h.PURL),
		Models: cleaned(h.Models), SKUs: cleaned(h.SKUs), Serials: cleaned(h.Serials),
		Parts: place.Parts, Relation: place.Relation, Path: place.Pointer,
	}
	if p.PURL == "" && len(h.PURLs) > 0 {
		p.PURL, p.PURLs = h.PURLs[0], h.PURLs[1:]
	}
	for _, file := range h.Hashes {
		for _, d := range file.Digests {
			p.Hashes = append(p.Hashes, d.Algorithm+":"+d.Value)
		}
	}
	for _, b := range place.Branches {
		branch(&p, b.Category, clean(b.Name))
	}
	p.Name = name(p)
	return p
}

// branch adds one level of the tree. A vendor below a vendor is the maker that
// counts; several names of one kind are joined from the root downwards.
func branch(p *advisory.Product, category, name string) {
	if name == "" {
		return
	}
	switch category {
	case document.Vendor:
		p.Vendor = name
	case document.ProductFamily:
		p.Family = joined(p.Family, name)
	case document.ProductName:
		p.Name = joined(p.Name, name)
	case document.Version, document.ServicePack, document.PatchLevel:
		p.Version = joined(p.Version, name)
	case document.VersionRange:
		p.Version, p.Range = joined(p.Version, name), true
	default:
		p.Details = append(p.Details, category+": "+name)
	}
}

// name is what the product is called where no product_name branch says it: the
// family, else the full product name.
func name(p advisory.Product) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Family != "":
		return p.Family
	}
	return clean(p.Text)
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}
