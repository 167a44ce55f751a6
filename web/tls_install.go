package web

import (
	"net/http"
	"time"

	"ward/store"
)

// installData is what the page shows that makes a computer trust this hub.
type installData struct {
	Fingerprint, Words string
	Expires            time.Time
	Host               string
}

// showInstall explains how to trust the hub's own authority. It needs no
// sign-in: whoever reads it does not trust the hub yet.
func (s *Server) showInstall(w http.ResponseWriter, r *http.Request) error {
	if s.Authority == nil {
		return store.ErrNotFound
	}
	s.UI.Page(w, r, http.StatusOK, "tls_install", "Trust this hub", installData{s.Authority.Fingerprint(), s.Authority.Words(), s.Authority.Expires(), r.Host})
	return nil
}

// giveAuthority gives the authority's certificate as DER, which Windows, macOS,
// iOS and Android open with one click (RFC 2585, section 3).
func (s *Server) giveAuthority(w http.ResponseWriter, r *http.Request) error {
	if s.Authority == nil {
		return store.ErrNotFound
	}
	return certificate(w, "ward-ca.crt", "application/x-x509-ca-cert", s.Authority.DER())
}

// giveAuthorityPEM gives the same as PEM, for Linux and for programs.
func (s *Server) giveAuthorityPEM(w http.ResponseWriter, r *http.Request) error {
	if s.Authority == nil {
		return store.ErrNotFound
	}
	return certificate(w, "ward-ca.pem", "application/x-pem-file", s.Authority.PEM())
}

func certificate(w http.ResponseWriter, name, kind string, b []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Write(b) // a reader that went away is no fault
	return nil
}
