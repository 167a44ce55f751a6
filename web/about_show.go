package web

import (
	_ "embed"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// licence is the text of LICENSE; a test compares them.
//
//go:embed about_licence.txt
var licence string

// aboutData is what the page About shows.
type aboutData struct {
	Version, Go, Platform string
	Parts                 []part
}

// showAbout shows what Ward is, what it never does, and what it is made of.
func (s *Server) showAbout(w http.ResponseWriter, r *http.Request) error {
	parts, err := parts()
	if err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "about_show", "About Ward", aboutData{s.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, parts})
	return nil
}

// showLicence gives the licence as text.
func (s *Server) showLicence(w http.ResponseWriter, r *http.Request) error {
	return plain(w, licence)
}

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	strings.NewReader(text).WriteTo(w) // a reader that went away is no fault
	return nil
}

// exportBill gives the bill of materials of this program as CycloneDX 1.6 JSON
// (ECMA-424).
func (s *Server) exportBill(w http.ResponseWriter, r *http.Request) error {
	all, err := parts()
	if err != nil {
		return err
	}
	bill := cyclonedx.NewBOM()
	bill.Metadata = &cyclonedx.Metadata{Timestamp: s.Store.Now().UTC().Format(time.RFC3339),
		Component: &cyclonedx.Component{BOMRef: "ward", Type: cyclonedx.ComponentTypeApplication, Name: "ward", Version: s.Version, Licenses: licensed("Apache-2.0")}}
	list, needs := []cyclonedx.Component{}, []string{}
	for _, p := range all {
		list = append(list, cyclonedx.Component{BOMRef: p.URL(), Type: cyclonedx.ComponentTypeLibrary, Name: p.Name, Version: p.Version,
			PackageURL: p.URL(), Licenses: licensed(p.Licence)})
		needs = append(needs, p.URL())
	}
	bill.Components = &list
	bill.Dependencies = &[]cyclonedx.Dependency{{Ref: "ward", Dependencies: &needs}}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.cyclonedx+json; version=1.6")
	h.Set("Content-Disposition", `attachment; filename="ward.cdx.json"`)
	return cyclonedx.NewBOMEncoder(w, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bill, cyclonedx.SpecVersion1_6)
}

func licensed(id string) *cyclonedx.Licenses {
	switch {
	case id == "":
		return nil
	case strings.Contains(id, " "):
		return &cyclonedx.Licenses{{Expression: id}}
	}
	return &cyclonedx.Licenses{{License: &cyclonedx.License{ID: id}}}
}
