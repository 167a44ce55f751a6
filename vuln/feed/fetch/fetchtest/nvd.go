package fetchtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Record makes a record of the NVD API.
func Record(id, status string, modified time.Time) json.RawMessage {
	return fmt.Appendf(nil, `{"id":%q,"lastModified":%q,"vulnStatus":%q,"descriptions":[{"lang":"en","value":"text of %s"}]}`,
		id, modified.Format("2006-01-02T15:04:05.000"), status, id)
}

const longest = 120 * 24 * time.Hour

// nvd answers as the NVD API 2.0: pages, windows of dates, 404 for longer ones.
func (s *Server) nvd(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	start, _ := strconv.Atoi(q.Get("startIndex"))
	size, _ := strconv.Atoi(q.Get("resultsPerPage"))
	from, to := q.Get("lastModStartDate"), q.Get("lastModEndDate")
	records := s.NVD
	if from != "" || to != "" {
		a, err := time.Parse("2006-01-02T15:04:05.000Z", from)
		b, err2 := time.Parse("2006-01-02T15:04:05.000Z", to)
		if err != nil || err2 != nil || b.Sub(a) > longest {
			http.Error(w, "dates", http.StatusNotFound)
			return
		}
		records = between(s.NVD, a, b)
	}
	rest := records[min(start, len(records)):]
	rest = rest[:min(size, len(rest))]
	out := make([]map[string]json.RawMessage, len(rest))
	for i, cve := range rest {
		out[i] = map[string]json.RawMessage{"cve": cve}
	}
	json.NewEncoder(w).Encode(map[string]any{"resultsPerPage": len(rest), "startIndex": start, "totalResults": len(records),
		"format": "NVD_CVE", "version": "2.0", "timestamp": "2026-01-01T00:00:00.000", "vulnerabilities": out})
}

func between(records []json.RawMessage, a, b time.Time) (out []json.RawMessage) {
	for _, r := range records {
		var head struct {
			Modified string `json:"lastModified"`
		}
		if json.Unmarshal(r, &head) != nil {
			continue
		}
		at, err := time.Parse("2006-01-02T15:04:05.000", head.Modified)
		if err == nil && !at.Before(a) && !at.After(b) {
			out = append(out, r)
		}
	}
	return out
}
