package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ward/internal/shareddata"
	"ward/vuln/feed/fetch/fetchtest"
)

// TestFeedsUpdate runs the program against a publisher on this machine that
// serves the real feeds; its certificate is trusted by SSL_CERT_FILE.
func TestFeedsUpdate(t *testing.T) {
	vuln := filepath.Join(shareddata.Dir(t), "vuln")
	s := fetchtest.New(t)
	n := s.Provider(t, filepath.Join(vuln, "csaf-icsma"))
	kev, err := os.ReadFile(filepath.Join(vuln, "kev", "known_exploited_vulnerabilities.json"))
	if err != nil {
		t.Fatal(err)
	}
	s.Put("/kev.json", kev)
	s.Fault("/epss.csv.gz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>sign in</html>") })
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "feeds"), Setup: func(e *testscript.Env) error {
		roots := filepath.Join(e.WorkDir, "roots.pem")
		e.Setenv("SSL_CERT_FILE", roots)
		e.Setenv("URL", s.URL)
		e.Setenv("DOCUMENTS", fmt.Sprint(n))
		return os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate}), 0o600)
	}})
}
