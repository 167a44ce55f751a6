// Package csaf reads security advisories in the OASIS Common Security Advisory
// Framework, versions 2.0 and 2.1, as they are really published: JSON text
// becomes a Document, field by field, in the order of the file.
//
// It is a reader, not a validator. Unknown fields are ignored, values outside
// the enumerations are kept as written, a number where text is expected is kept
// as text, and a value of a wrong shape is left out and listed in
// Document.Problems with its JSON pointer. It refuses text that is not JSON,
// documents of another format or major version, and documents beyond the size,
// depth and count limits below.
package csaf

// Document is one CSAF document (CSAF 2.0, Section 3.2).
type Document struct {
	Meta            Meta            `json:"document"`
	Tree            Tree            `json:"product_tree"`
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`

	Problems []Problem `json:"-"` // values left out because of their shape
}

// Problem is one value that was left out.
type Problem struct {
	Pointer string // JSON pointer (RFC 6901)
	Text    string
}

// Meta is the document property (Section 3.2.1).
type Meta struct {
	Category       string           `json:"category"`
	Version        string           `json:"csaf_version"` // 2.0, 2.1
	Title          string           `json:"title"`
	Lang           string           `json:"lang"`
	SourceLang     string           `json:"source_lang"`
	License        string           `json:"license_expression"` // 2.1
	Severity       Severity         `json:"aggregate_severity"`
	Publisher      Publisher        `json:"publisher"`
	Distribution   Distribution     `json:"distribution"`
	Tracking       Tracking         `json:"tracking"`
	Notes          []Note           `json:"notes"`
	References     []Reference      `json:"references"`
	Acknowledgment []Acknowledgment `json:"acknowledgments"`
}

// Severity is the publisher's own word for how bad all of it is.
type Severity struct {
	Text      string `json:"text"`
	Namespace string `json:"namespace"`
}

// Publisher names who wrote the document (Section 3.2.1.8).
type Publisher struct {
	Category  string `json:"category"` // vendor, coordinator, multiplier, ...
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Contact   string `json:"contact_details"`
	Authority string `json:"issuing_authority"`
}

// Distribution tells who may read the document (Section 3.2.1.5).
type Distribution struct {
	Text    string       `json:"text"`
	TLP     TLP          `json:"tlp"`
	Sharing SharingGroup `json:"sharing_group"` // 2.1
}

// TLP is a Traffic Light Protocol label.
type TLP struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// SharingGroup names a closed circle of readers (2.1).
type SharingGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Tracking is the identity and history of the document (Section 3.2.1.12).
// Dates are text as written.
type Tracking struct {
	ID        string     `json:"id"`
	Aliases   []string   `json:"aliases"`
	Status    string     `json:"status"` // draft, interim, final
	Version   string     `json:"version"`
	Initial   string     `json:"initial_release_date"`
	Current   string     `json:"current_release_date"`
	Revisions []Revision `json:"revision_history"`
	Generator Generator  `json:"generator"`
}

// Revision is one entry of the revision history.
type Revision struct {
	Date    string `json:"date"`
	Number  string `json:"number"`
	Legacy  string `json:"legacy_version"`
	Summary string `json:"summary"`
}

// Generator names the program that wrote the document.
type Generator struct {
	Date   string `json:"date"`
	Engine Engine `json:"engine"`
}

// Engine is a program and its version.
type Engine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Note is free text with a category: description, summary, details, faq,
// general, legal_disclaimer, other (Section 3.1.5).
type Note struct {
	Category string   `json:"category"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Audience string   `json:"audience"`
	Groups   []string `json:"group_ids"`   // 2.1
	Products []string `json:"product_ids"` // 2.1
}

// Reference is a link; Category is self or external (Section 3.1.10).
type Reference struct {
	Category string `json:"category"`
	Summary  string `json:"summary"`
	URL      string `json:"url"`
}

// Acknowledgment thanks finders (Section 3.1.1).
type Acknowledgment struct {
	Names        []string `json:"names"`
	Organization string   `json:"organization"`
	Summary      string   `json:"summary"`
	URLs         []string `json:"urls"`
}
