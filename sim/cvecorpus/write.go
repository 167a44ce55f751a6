package cvecorpus

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Write20 writes the CVEs of a year as one NVD JSON 2.0 document.
func (c Corpus) Write20(w io.Writer, year int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	start, end := c.span(year)
	fmt.Fprintf(out, `{"resultsPerPage":%d,"startIndex":0,"totalResults":%d,"format":"NVD_CVE","version":"2.0","timestamp":"%d-12-31T00:00:00.000","vulnerabilities":[`,
		end-start, end-start, LastYear)
	for i := start; i < end; i++ {
		if i > start {
			out.WriteByte(',')
		}
		write20(out, c.Record(i))
	}
	out.WriteString("]}\n")
	return out.Flush()
}

// Write11 writes the CVEs of a year as one NVD JSON 1.1 document.
func (c Corpus) Write11(w io.Writer, year int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	start, end := c.span(year)
	fmt.Fprintf(out, `{"CVE_data_type":"CVE","CVE_data_format":"MITRE","CVE_data_version":"4.0","CVE_data_numberOfCVEs":"%d","CVE_data_timestamp":"%d-12-31T00:00Z","CVE_Items":[`,
		end-start, LastYear)
	for i := start; i < end; i++ {
		if i > start {
			out.WriteByte(',')
		}
		write11(out, c.Record(i))
	}
	out.WriteString("]}\n")
	return out.Flush()
}

func (c Corpus) span(year int) (start, end int) {
	if year < FirstYear || year > LastYear {
		return 0, 0
	}
	if year == LastYear {
		return c.first(year), c.cves
	}
	return c.first(year), c.first(year + 1)
}

func write20(out *bufio.Writer, r Record) {
	fmt.Fprintf(out, `{"cve":{"id":"%s","sourceIdentifier":"nobody@example.org","published":"%[2]sT00:00:00.000","lastModified":"%[2]sT00:00:00.000","vulnStatus":"Analyzed",`, r.ID, r.Modified)
	fmt.Fprintf(out, `"descriptions":[{"lang":"en","value":"%s"}],"metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"version":"3.1","vectorString":"%s","baseScore":%g,"baseSeverity":"HIGH"},"exploitabilityScore":3.9,"impactScore":5.9}]},`,
		r.Text, r.Vector, r.Base)
	fmt.Fprintf(out, `"weaknesses":[{"source":"nvd@nist.gov","type":"Primary","description":[{"lang":"en","value":"%s"}]}]`, r.CWE)
	if len(r.Matches) > 0 {
		out.WriteString(`,"configurations":[{`)
		if len(r.Platforms) > 0 {
			out.WriteString(`"operator":"AND",`)
		}
		out.WriteString(`"nodes":[{"operator":"OR","negate":false,"cpeMatch":`)
		writeMatches(out, r.Matches, true, "criteria")
		if len(r.Platforms) > 0 {
			out.WriteString(`},{"operator":"OR","negate":false,"cpeMatch":`)
			writeMatches(out, r.Platforms, false, "criteria")
		}
		out.WriteString(`}]}]`)
	}
	fmt.Fprintf(out, `,"references":[{"url":"https://example.org/%s","source":"nobody@example.org","tags":["Vendor Advisory"]}]}}`, r.ID)
}

func write11(out *bufio.Writer, r Record) {
	fmt.Fprintf(out, `{"cve":{"data_type":"CVE","data_format":"MITRE","data_version":"4.0","CVE_data_meta":{"ID":"%s","ASSIGNER":"nobody@example.org"},`, r.ID)
	fmt.Fprintf(out, `"problemtype":{"problemtype_data":[{"description":[{"lang":"en","value":"%s"}]}]},"references":{"reference_data":[{"url":"https://example.org/%s","name":"n","refsource":"MISC","tags":["Vendor Advisory"]}]},`, r.CWE, r.ID)
	fmt.Fprintf(out, `"description":{"description_data":[{"lang":"en","value":"%s"}]}},"configurations":{"CVE_data_version":"4.0","nodes":[`, r.Text)
	switch {
	case len(r.Platforms) > 0:
		out.WriteString(`{"operator":"AND","children":[{"operator":"OR","children":[],"cpe_match":`)
		writeMatches(out, r.Matches, true, "cpe23Uri")
		out.WriteString(`},{"operator":"OR","children":[],"cpe_match":`)
		writeMatches(out, r.Platforms, false, "cpe23Uri")
		out.WriteString(`}],"cpe_match":[]}`)
	case len(r.Matches) > 0:
		out.WriteString(`{"operator":"OR","children":[],"cpe_match":`)
		writeMatches(out, r.Matches, true, "cpe23Uri")
		out.WriteByte('}')
	}
	fmt.Fprintf(out, `]},"impact":{"baseMetricV3":{"cvssV3":{"version":"3.1","vectorString":"%s","baseScore":%g,"baseSeverity":"HIGH"},"exploitabilityScore":3.9,"impactScore":5.9}},`, r.Vector, r.Base)
	fmt.Fprintf(out, `"publishedDate":"%[1]sT00:00Z","lastModifiedDate":"%[1]sT00:00Z"}`, r.Modified)
}

func writeMatches(out *bufio.Writer, list []Match, vulnerable bool, key string) {
	for i, m := range list {
		sep := byte(',')
		if i == 0 {
			sep = '['
		}
		out.WriteByte(sep)
		out.WriteString(`{"vulnerable":`)
		out.WriteString(strconv.FormatBool(vulnerable))
		for _, limit := range [...][2]string{{key, m.CPE}, {"versionStartIncluding", m.StartIncluding},
			{"versionEndIncluding", m.EndIncluding}, {"versionEndExcluding", m.EndExcluding}} {
			if limit[1] != "" {
				out.WriteString(`,"` + limit[0] + `":"` + limit[1] + `"`)
			}
		}
		out.WriteByte('}')
	}
	out.WriteByte(']')
}
