package csaf

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// reader holds what one Parse counts.
type reader struct {
	objects, texts int
	problems       []Problem
}

// unmarshalers make the decoder tolerant of wrong shapes and strict in counts.
func (r *reader) unmarshalers() *json.Unmarshalers {
	return json.JoinUnmarshalers(
		json.UnmarshalFromFunc(r.text),
		json.UnmarshalFromFunc(r.number),
		list[string](r, &r.texts, MaxTexts),
		list[Branch](r, &r.objects, MaxObjects), list[Product](r, &r.objects, MaxObjects),
		list[Group](r, &r.objects, MaxObjects), list[Relationship](r, &r.objects, MaxObjects),
		list[ProductPath](r, &r.objects, MaxObjects), list[Subpath](r, &r.objects, MaxObjects),
		list[FileDigest](r, &r.objects, MaxObjects), list[Digest](r, &r.objects, MaxObjects),
		list[GenericURI](r, &r.objects, MaxObjects), list[Vulnerability](r, &r.objects, MaxObjects),
		list[ID](r, &r.objects, MaxObjects), list[CWE](r, &r.objects, MaxObjects),
		list[Exploitation](r, &r.objects, MaxObjects), list[Flag](r, &r.objects, MaxObjects),
		list[Involvement](r, &r.objects, MaxObjects), list[Note](r, &r.objects, MaxObjects),
		list[Reference](r, &r.objects, MaxObjects), list[Remediation](r, &r.objects, MaxObjects),
		list[Score](r, &r.objects, MaxObjects), list[Metric](r, &r.objects, MaxObjects),
		list[Threat](r, &r.objects, MaxObjects), list[Acknowledgment](r, &r.objects, MaxObjects),
		list[Revision](r, &r.objects, MaxObjects), list[SSVCSelection](r, &r.objects, MaxObjects),
		object[Meta](r), object[Severity](r), object[Publisher](r), object[Distribution](r),
		object[TLP](r), object[SharingGroup](r), object[Tracking](r), object[Revision](r),
		object[Generator](r), object[Engine](r), object[Note](r), object[Reference](r),
		object[Acknowledgment](r), object[Tree](r), object[Branch](r), object[Product](r),
		object[Helper](r), object[FileDigest](r), object[Digest](r), object[GenericURI](r),
		object[Group](r), object[Relationship](r), object[ProductPath](r), object[Subpath](r),
		object[Vulnerability](r), object[ID](r), object[CWE](r), object[Exploitation](r),
		object[Flag](r), object[Involvement](r), object[Status](r), object[Remediation](r),
		object[Restart](r), object[Threat](r), object[Score](r), object[Metric](r),
		object[Content](r), object[CVSS](r), object[EPSS](r), object[SSVC](r), object[SSVCSelection](r),
	)
}

// skip leaves a value out and notes why.
func (r *reader) skip(dec *jsontext.Decoder, text string) error {
	kind := dec.PeekKind()
	if err := dec.SkipValue(); err != nil {
		return err
	}
	if kind != 'n' {
		r.problem(dec, text)
	}
	return nil
}

func (r *reader) problem(dec *jsontext.Decoder, text string) {
	if len(r.problems) < MaxProblems {
		r.problems = append(r.problems, Problem{string(dec.StackPointer()), text})
	}
}

// text accepts any scalar as text.
func (r *reader) text(dec *jsontext.Decoder, s *string) error {
	switch dec.PeekKind() {
	case '"':
		return errors.ErrUnsupported // the decoder's own way
	case '0', 't', 'f':
		value, err := dec.ReadValue()
		*s = string(value)
		return err
	}
	return r.skip(dec, "text expected")
}

// number accepts a number also in quotes.
func (r *reader) number(dec *jsontext.Decoder, f *float64) error {
	switch dec.PeekKind() {
	case '0':
		return errors.ErrUnsupported
	case '"':
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if *f, err = strconv.ParseFloat(strings.TrimSpace(token.String()), 64); err != nil {
			*f = 0
			r.problem(dec, "number expected")
		}
		return nil
	}
	return r.skip(dec, "number expected")
}

// object lets only objects through to the decoder.
func object[T any](r *reader) *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, _ *T) error {
		if dec.PeekKind() == '{' {
			return errors.ErrUnsupported
		}
		return r.skip(dec, "object expected")
	})
}

// list reads a list with a limit; one value alone counts as a list of one.
func list[T any](r *reader, count *int, limit int) *json.Unmarshalers {
	_, branches := any((*T)(nil)).(*Branch)
	_, texts := any((*T)(nil)).(*string)
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, out *[]T) error {
		switch kind := dec.PeekKind(); {
		case branches && dec.StackDepth() > 2*MaxBranchDepth+2:
			return r.skip(dec, "branches nested too deep")
		case kind == '[':
		case kind == '{' && !texts, kind == '"' && texts:
			var one T
			if err := json.UnmarshalDecode(dec, &one); err != nil {
				return err
			}
			*out = append(*out, one)
			return nil
		default:
			return r.skip(dec, "list expected")
		}
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		for dec.PeekKind() != ']' {
			if *count++; *count > limit {
				return ErrTooBig
			}
			var one T
			if err := json.UnmarshalDecode(dec, &one); err != nil {
				return err
			}
			*out = append(*out, one)
		}
		_, err := dec.ReadToken()
		return err
	})
}
