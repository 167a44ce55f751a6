package csaf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of one document.
const (
	MaxBytes       = 64 << 20  // the largest vendor documents stay below 30 MB
	MaxBranchDepth = 30        // levels of branches (2.1 names the same limit)
	MaxObjects     = 200_000   // objects in lists
	MaxTexts       = 2_000_000 // texts in lists
	MaxProblems    = 100
	maxPointer     = 300 // bytes of a pointer shown in an error
)

var (
	ErrNotCSAF = errors.New("csaf: not a CSAF document")
	ErrVersion = errors.New("csaf: unsupported csaf_version")
	ErrTooBig  = errors.New("csaf: document beyond the limits")
	ErrSyntax  = errors.New("csaf: broken JSON")
)

// Error names the file and the place inside it.
type Error struct {
	File    string
	Pointer string // JSON pointer (RFC 6901)
	Err     error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: at %q: %v", e.File, e.Pointer[:min(len(e.Pointer), maxPointer)], e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Parse reads one document. The name of the file is only used in errors.
func Parse(file string, data []byte) (Document, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if len(data) > MaxBytes {
		return Document{}, &Error{file, "", ErrTooBig}
	}
	r := reader{}
	dec := jsontext.NewDecoder(bytes.NewBuffer(data),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() != '{' {
		if _, err := dec.ReadToken(); err != nil {
			return Document{}, &Error{file, "", fmt.Errorf("%w: %w", ErrSyntax, err)}
		}
		return Document{}, &Error{file, "", ErrNotCSAF}
	}
	var doc Document
	err := json.UnmarshalDecode(dec, &doc, json.WithUnmarshalers(r.unmarshalers()))
	if err != nil {
		return Document{}, place(file, dec, err)
	}
	if doc.Meta.Version == "" {
		return Document{}, &Error{file, "/document/csaf_version", ErrNotCSAF}
	}
	if !strings.HasPrefix(doc.Meta.Version, "2.") {
		return Document{}, &Error{file, "/document/csaf_version", fmt.Errorf("%w: %q", ErrVersion, doc.Meta.Version)}
	}
	doc.Problems = r.problems
	return doc, nil
}

// place turns an error of the decoder into one that names the place once.
func place(file string, dec *jsontext.Decoder, err error) error {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntactic):
		return &Error{file, string(syntactic.JSONPointer), fmt.Errorf("%w: byte %d: %w", ErrSyntax, syntactic.ByteOffset, syntactic.Err)}
	case errors.As(err, &semantic) && semantic.Err != nil:
		return &Error{file, string(semantic.JSONPointer), semantic.Err}
	}
	return &Error{file, string(dec.StackPointer()), fmt.Errorf("%w: %w", ErrSyntax, err)}
}
