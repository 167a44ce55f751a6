// Package advisory holds Advisory, Vulnerability and Remediation independent of
// any feed. Each feed package converts its foreign documents into these once.
package advisory

import "time"

// Advisory is one document of a publisher about vulnerabilities in products.
type Advisory struct {
	ID              string          `json:"id"` // the document's tracking id, e.g. ICSMA-20-049-01
	Title           string          `json:"title"`
	Publisher       string          `json:"publisher,omitempty"`
	Feed            string          `json:"feed"` // csaf, nvd, cve5
	File            string          `json:"file"` // where it was read from
	Released        time.Time       `json:"released,omitzero"`
	Revised         time.Time       `json:"revised,omitzero"`
	Revision        string          `json:"revision,omitempty"`
	URL             string          `json:"url,omitempty"`
	Products        []Product       `json:"products"`
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
}

// Product is one product of an advisory with the text it was named by.
type Product struct {
	ID      string   `json:"id"`                // product id inside the document
	Vendor  string   `json:"vendor,omitempty"`  // as written
	Name    string   `json:"name"`              // product name branch as written
	Family  string   `json:"family,omitempty"`  // product family branch
	Version string   `json:"version,omitempty"` // version text as written: "<= R4.1L1", "vers:all/*"
	Range   bool     `json:"range,omitempty"`   // Version came from a product_version_range branch
	Text    string   `json:"text,omitempty"`    // full product name
	CPE     string   `json:"cpe,omitempty"`
	PURL    string   `json:"purl,omitempty"`
	PURLs   []string `json:"purls,omitempty"`  // further package URLs after PURL
	Models  []string `json:"models,omitempty"` // model numbers
	SKUs    []string `json:"skus,omitempty"`
	Serials []string `json:"serials,omitempty"`
	Hashes  []string `json:"hashes,omitempty"`
	// Parts are the products a relationship joins: this product is Parts[0]
	// installed on, component of, ... Parts[1].
	Parts    []string `json:"parts,omitempty"`
	Relation string   `json:"relation,omitempty"` // installed_on, default_component_of, ...
	Details  []string `json:"details,omitempty"`  // other branches: "architecture: x86", "language: de", "legacy: ..."
	Path     string   `json:"path,omitempty"`     // JSON pointer in File
}

// Status is a CSAF product status.
type Status string

const (
	KnownAffected      Status = "known_affected"
	KnownNotAffected   Status = "known_not_affected"
	FirstAffected      Status = "first_affected"
	LastAffected       Status = "last_affected"
	Fixed              Status = "fixed"
	FirstFixed         Status = "first_fixed"
	Recommended        Status = "recommended"
	UnderInvestigation Status = "under_investigation"
	UnknownStatus      Status = "unknown"
)

// Affects tells whether a product with this status is affected.
func (s Status) Affects() bool {
	return s == KnownAffected || s == FirstAffected || s == LastAffected
}

// Clears tells whether a product with this status is proven not affected.
func (s Status) Clears() bool {
	return s == KnownNotAffected || s == Fixed || s == FirstFixed
}

// ProductStatus joins a product of the advisory with a status.
type ProductStatus struct {
	Product string `json:"product"` // Product.ID
	Status  Status `json:"status"`
	Flag    string `json:"flag,omitempty"` // VEX justification, e.g. component_not_present
	Why     string `json:"why,omitempty"`  // impact statement in the publisher's words
}

// Vulnerability is one flaw as one advisory describes it.
type Vulnerability struct {
	ID             string          `json:"id"` // CVE id upper case, or the publisher's own id
	Title          string          `json:"title,omitempty"`
	Description    string          `json:"description,omitempty"`
	CWEs           []string        `json:"cwes,omitempty"`
	Scores         []Score         `json:"scores,omitempty"`
	Status         []ProductStatus `json:"status,omitempty"`
	Remediations   []Remediation   `json:"remediations,omitempty"`
	Configurations []Configuration `json:"configurations,omitempty"` // CPE applicability, feed nvd and cve5
}

// Score is a CVSS score with its vector.
type Score struct {
	Version  string   `json:"version"` // 2.0, 3.0, 3.1, 4.0
	Vector   string   `json:"vector"`
	Base     float64  `json:"base"`
	Source   string   `json:"source,omitempty"`
	Products []string `json:"products,omitempty"` // empty: all
}

// Remediation is what the publisher says to do, original text kept.
type Remediation struct {
	Category string    `json:"category"` // vendor_fix, mitigation, workaround, none_available, no_fix_planned, fix_planned, optional_patch
	Text     string    `json:"text"`
	URL      string    `json:"url,omitempty"`
	Date     time.Time `json:"date,omitzero"`
	Products []string  `json:"products,omitempty"` // empty: all
	Restart  string    `json:"restart,omitempty"`
	// Entitlements say who may get the fix, e.g. holders of a service contract.
	Entitlements []string `json:"entitlements,omitempty"`
	Path         string   `json:"path,omitempty"` // JSON pointer in the file
}

// Configuration is one CPE applicability statement: all Nodes must hold (AND).
type Configuration struct {
	Nodes []Node `json:"nodes"`
}

// Node is a list of CPE matches of which one must hold (OR).
type Node struct {
	Negate  bool       `json:"negate,omitempty"`
	Matches []CPEMatch `json:"matches"`
}

// CPEMatch is a CPE 2.3 name with an optional version range.
type CPEMatch struct {
	CPE            string `json:"cpe"`
	Vulnerable     bool   `json:"vulnerable"`
	StartIncluding string `json:"start_including,omitempty"`
	StartExcluding string `json:"start_excluding,omitempty"`
	EndIncluding   string `json:"end_including,omitempty"`
	EndExcluding   string `json:"end_excluding,omitempty"`
}
