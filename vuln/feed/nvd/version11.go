package nvd

import (
	"strings"

	"ward/vuln/advisory"
)

// item11 is the part of a 1.1 record that is used.
type item11 struct {
	CVE struct {
		Meta struct {
			ID string `json:"ID"`
		} `json:"CVE_data_meta"`
		Description struct {
			Data []text `json:"description_data"`
		} `json:"description"`
		Problem struct {
			Data []weakness `json:"problemtype_data"`
		} `json:"problemtype"`
	} `json:"cve"`
	Configurations struct {
		Nodes []node11 `json:"nodes"`
	} `json:"configurations"`
	Impact struct {
		V3 struct {
			CVSS cvss `json:"cvssV3"`
		} `json:"baseMetricV3"`
		V2 struct {
			CVSS cvss `json:"cvssV2"`
		} `json:"baseMetricV2"`
	} `json:"impact"`
	Published string `json:"publishedDate"`
	Modified  string `json:"lastModifiedDate"`
}

type node11 struct {
	Operator string    `json:"operator"`
	Negate   bool      `json:"negate"`
	Children []node11  `json:"children"`
	Matches  []match11 `json:"cpe_match"`
}

type match11 struct {
	Match
	URI string `json:"cpe23Uri"`
}

func version11(data []byte) (Record, error) {
	var item item11
	if err := unmarshal(data, &item); err != nil {
		return Record{}, err
	}
	a, err := newAdvisory(item.CVE.Meta.ID, item.Published, item.Modified)
	if err != nil {
		return Record{}, err
	}
	v := advisory.Vulnerability{ID: a.ID, Description: english(item.CVE.Description.Data)}
	for _, w := range item.CVE.Problem.Data {
		v.CWEs = addCWEs(v.CWEs, w.Description)
	}
	for _, c := range []cvss{item.Impact.V3.CVSS, item.Impact.V2.CVSS} {
		if c.Vector != "" || c.Base != 0 {
			v.Scores = append(v.Scores, advisory.Score{Version: c.Version, Vector: c.Vector, Base: c.Base, Source: "nvd@nist.gov"})
		}
	}
	for _, n := range item.Configurations.Nodes {
		v.Configurations = append(v.Configurations, configurations(n.expression(0))...)
	}
	a.Vulnerabilities = []advisory.Vulnerability{v}
	return Record{Advisory: a, Withdrawn: strings.HasPrefix(v.Description, "** REJECT **")}, nil
}

func (n node11) expression(depth int) expression {
	e := expression{and: strings.EqualFold(n.Operator, "AND"), negate: n.Negate}
	for _, m := range n.Matches {
		e.matches = append(e.matches, m.convert(m.URI))
	}
	for _, child := range n.Children {
		if depth < maxDepth {
			e.children = append(e.children, child.expression(depth+1))
		}
	}
	return e
}
