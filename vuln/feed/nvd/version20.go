package nvd

import "ward/vuln/advisory"

// item20 is the part of a 2.0 record that is used.
type item20 struct {
	CVE struct {
		ID            string          `json:"id"`
		Published     string          `json:"published"`
		Modified      string          `json:"lastModified"`
		Status        string          `json:"vulnStatus"`
		KEVName       string          `json:"cisaVulnerabilityName"`
		KEVAdded      string          `json:"cisaExploitAdd"`
		KEVDue        string          `json:"cisaActionDue"`
		Descriptions  []text          `json:"descriptions"`
		Metrics       metrics         `json:"metrics"`
		Weaknesses    []weakness      `json:"weaknesses"`
		Configuration []Configuration `json:"configurations"`
	} `json:"cve"`
}

type text struct {
	Lang  string `json:"lang"`
	Value string `json:"value"`
}

type weakness struct {
	Description []text `json:"description"`
}

type metrics struct {
	V40 []metric `json:"cvssMetricV40"`
	V31 []metric `json:"cvssMetricV31"`
	V30 []metric `json:"cvssMetricV30"`
	V2  []metric `json:"cvssMetricV2"`
}

type metric struct {
	Source string `json:"source"`
	Data   cvss   `json:"cvssData"`
}

type cvss struct {
	Version string  `json:"version"`
	Vector  string  `json:"vectorString"`
	Base    float64 `json:"baseScore"`
}

func version20(data []byte) (Record, error) {
	var item item20
	if err := unmarshal(data, &item); err != nil {
		return Record{}, err
	}
	c := &item.CVE
	a, err := newAdvisory(c.ID, c.Published, c.Modified)
	if err != nil {
		return Record{}, err
	}
	v := advisory.Vulnerability{ID: a.ID, Title: c.KEVName, Description: english(c.Descriptions), Configurations: Convert(c.Configuration)}
	for _, w := range c.Weaknesses {
		v.CWEs = addCWEs(v.CWEs, w.Description)
	}
	for _, list := range [][]metric{c.Metrics.V40, c.Metrics.V31, c.Metrics.V30, c.Metrics.V2} {
		for _, m := range list {
			v.Scores = append(v.Scores, advisory.Score{Version: m.Data.Version, Vector: m.Data.Vector, Base: m.Data.Base, Source: m.Source})
		}
	}
	a.Vulnerabilities = []advisory.Vulnerability{v}
	return Record{Advisory: a, KEVAdded: Date(c.KEVAdded), KEVDue: Date(c.KEVDue), Withdrawn: c.Status == "Rejected"}, nil
}

func english(list []text) string {
	for _, t := range list {
		if t.Lang == "en" || t.Lang == "en-US" {
			return t.Value
		}
	}
	if len(list) > 0 {
		return list[0].Value
	}
	return ""
}

// addCWEs adds real CWE ids once each; NVD also writes NVD-CWE-noinfo.
func addCWEs(cwes []string, list []text) []string {
next:
	for _, t := range list {
		if len(t.Value) < 5 || t.Value[:4] != "CWE-" {
			continue
		}
		for _, have := range cwes {
			if have == t.Value {
				continue next
			}
		}
		cwes = append(cwes, t.Value)
	}
	return cwes
}
