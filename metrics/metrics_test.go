package metrics

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocumented: every name that is served is documented, and the other way.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/reference/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	m := New()
	m.Requests.WithLabelValues("/", "200").Observe(.1)
	m.Findings.WithLabelValues("act_now").Set(1)
	m.FeedAge.WithLabelValues("kev").Set(1)
	m.Notices.WithLabelValues("mail", "sent").Inc()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	served := map[string]bool{}
	for _, n := range regexp.MustCompile(`(?m)^# TYPE (ward_\w+)`).FindAllStringSubmatch(w.Body.String(), -1) {
		served[n[1]] = true
		if !strings.Contains(string(doc), "`"+n[1]+"`") {
			t.Errorf("%s is not documented", n[1])
		}
	}
	for _, n := range regexp.MustCompile("`(ward_\\w+)`").FindAllStringSubmatch(string(doc), -1) {
		if !served[n[1]] {
			t.Errorf("%s is documented but not served", n[1])
		}
	}
}
