package cve5

import (
	"fmt"
	"strings"

	"ward/vuln/advisory"
	"ward/vuln/feed/nvd"
)

// document is the part of a CVE record (schema 5.1) that is used.
type document struct {
	Meta struct {
		ID        string `json:"cveId"`
		State     string `json:"state"`
		Assigner  string `json:"assignerShortName"`
		Published string `json:"datePublished"`
		Updated   string `json:"dateUpdated"`
	} `json:"cveMetadata"`
	Containers struct {
		CNA container   `json:"cna"`
		ADP []container `json:"adp"`
	} `json:"containers"`
}

type container struct {
	Title        string              `json:"title"`
	Provider     provider            `json:"providerMetadata"`
	Affected     []affected          `json:"affected"`
	Applicable   []nvd.Configuration `json:"cpeApplicability"`
	Descriptions []text              `json:"descriptions"`
	Metrics      []metric            `json:"metrics"`
	Problems     []problem           `json:"problemTypes"`
}

type provider struct {
	Name string `json:"shortName"`
}

type text struct {
	Lang  string `json:"lang"`
	Value string `json:"value"`
}

type problem struct {
	Descriptions []struct {
		CWE string `json:"cweId"`
	} `json:"descriptions"`
}

type cvss struct {
	Version string  `json:"version"`
	Vector  string  `json:"vectorString"`
	Base    float64 `json:"baseScore"`
}

type metric struct {
	V40   cvss `json:"cvssV4_0"`
	V31   cvss `json:"cvssV3_1"`
	V30   cvss `json:"cvssV3_0"`
	V20   cvss `json:"cvssV2_0"`
	Other struct {
		Type    string `json:"type"`
		Content struct {
			Options []map[string]any `json:"options"`
		} `json:"content"`
	} `json:"other"`
}

type affected struct {
	Vendor   string    `json:"vendor"`
	Product  string    `json:"product"`
	CPEs     []string  `json:"cpes"`
	Default  string    `json:"defaultStatus"`
	Versions []version `json:"versions"`
}

type version struct {
	Version    string `json:"version"`
	Status     string `json:"status"`
	Less       string `json:"lessThan"`
	LessEquals string `json:"lessThanOrEqual"`
}

// Limits of one record.
const (
	maxProducts = 20_000
	maxOptions  = 20
)

// add joins what one container says to the record.
func (c container) add(a *advisory.Advisory, v *advisory.Vulnerability, place string) {
	for i, product := range c.Affected {
		product.add(a, v, fmt.Sprintf("%s/affected/%d", place, i))
	}
	v.Configurations = append(v.Configurations, nvd.Convert(c.Applicable)...)
	for _, d := range c.Descriptions {
		if v.Description == "" || strings.HasPrefix(d.Lang, "en") && place == "/containers/cna" {
			v.Description = d.Value
		}
	}
	for _, p := range c.Problems {
		for _, d := range p.Descriptions {
			if d.CWE != "" {
				v.CWEs = append(v.CWEs, d.CWE)
			}
		}
	}
	for _, m := range c.Metrics {
		for _, s := range []cvss{m.V40, m.V31, m.V30, m.V20} {
			if s != (cvss{}) {
				v.Scores = append(v.Scores, advisory.Score{Version: s.Version, Vector: s.Vector, Base: s.Base, Source: c.Provider.Name})
			}
		}
	}
}

// add turns one affected product into one Product for each version entry.
func (p affected) add(a *advisory.Advisory, v *advisory.Vulnerability, place string) {
	if p.Product == "" || strings.EqualFold(p.Product, "n/a") {
		return
	}
	versions, pointers := p.Versions, true
	if len(versions) == 0 {
		versions, pointers = []version{{Status: p.Default, Version: "*"}}, false
	}
	for i, entry := range versions {
		if len(a.Products) >= maxProducts {
			return
		}
		product := advisory.Product{ID: place, Vendor: p.Vendor, Name: p.Product, Path: place}
		if strings.EqualFold(p.Vendor, "n/a") {
			product.Vendor = ""
		}
		if pointers {
			product.Path = fmt.Sprintf("%s/versions/%d", place, i)
			product.ID = product.Path
		}
		product.Version, product.Range = entry.text()
		product.Text = strings.Join(strings.Fields(product.Vendor+" "+p.Product+" "+product.Version), " ")
		if len(p.CPEs) > 0 {
			product.CPE = p.CPEs[0]
		}
		a.Products = append(a.Products, product)
		v.Status = append(v.Status, advisory.ProductStatus{Product: product.ID, Status: status(entry.Status)})
	}
}

func status(s string) advisory.Status {
	switch s {
	case "affected":
		return advisory.KnownAffected
	case "unaffected":
		return advisory.KnownNotAffected
	}
	return advisory.UnknownStatus
}

// text writes a version entry as a version expression.
func (v version) text() (expression string, isRange bool) {
	from := v.Version
	switch strings.ToLower(strings.TrimSpace(from)) {
	case "", "*", "0", "unspecified", "n/a", "all":
		from = ""
	}
	end := ""
	switch {
	case v.Less != "" && v.Less != "*":
		end = "< " + v.Less
	case v.LessEquals != "" && v.LessEquals != "*":
		end = "<= " + v.LessEquals
	case v.Less == "" && v.LessEquals == "":
		if from == "" {
			return "vers:all/*", true
		}
		return from, false
	}
	switch {
	case from == "" && end == "":
		return "vers:all/*", true
	case from == "":
		return end, true
	case end == "":
		return ">= " + from, true
	}
	return ">= " + from + " | " + end, true
}

// ssvc reads the decision points CISA adds (SSVC 2.0.3 in an "other" metric).
func (c container) ssvc() (advisory.Threat, bool) {
	for _, m := range c.Metrics {
		if m.Other.Type != "ssvc" {
			continue
		}
		var t advisory.Threat
		for _, option := range m.Other.Content.Options[:min(maxOptions, len(m.Other.Content.Options))] {
			for name, target := range map[string]*string{"Exploitation": &t.Exploitation, "Automatable": &t.Automatable, "Technical Impact": &t.Impact} {
				if value, ok := option[name].(string); ok {
					*target = strings.ToLower(value)
				}
			}
		}
		return t, t.Exploitation != ""
	}
	return advisory.Threat{}, false
}
