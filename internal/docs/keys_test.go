package docs

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ward/pipeline"
	"ward/wire/session"
)

// marshalled are keys that no struct has: a type writes them itself.
var marshalled = []string{"facts[].service", "facts[].type"}

// free are the objects whose keys come from the input.
var free = []string{"sessions.by_service", "devices[].extra", "facts[].fact"}

// TestKeysOfTheExampleAreExplained looks at real output, where a type may write
// other keys than its fields.
func TestKeysOfTheExampleAreExplained(t *testing.T) {
	e := analysed(t)
	for _, page := range []struct{ file, text string }{
		{"docs/reference/json.md", e.document},
		{"docs/reference/sessions-json.md", e.sessions},
	} {
		written := map[string]bool{}
		for dec := json.NewDecoder(strings.NewReader(page.text)); dec.More(); {
			var value any
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			collect(value, "", written)
		}
		told := explained(read(t, filepath.Join(root, page.file)))
		for k := range written {
			if !slices.Contains(told, k) && !slices.Contains(told, k+"[]") {
				t.Errorf("%s does not explain the key %s, which the example has", page.file, k)
			}
		}
	}
}

// collect notes the keys of a JSON value.
func collect(value any, at string, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		if slices.Contains(free, at) {
			return
		}
		for k, inner := range v {
			key := strings.TrimPrefix(at+"."+k, ".")
			if _, list := inner.([]any); list {
				key += "[]"
			}
			into[key] = true
			collect(inner, key, into)
		}
	case []any:
		for _, inner := range v {
			collect(inner, at, into)
		}
	}
}

// Every key that a document can hold is explained on its page, and every key
// that a page explains exists.
func TestKeysOfTheDocumentsAreExplained(t *testing.T) {
	for _, page := range []struct {
		file string
		typ  reflect.Type
	}{
		{"docs/reference/json.md", reflect.TypeFor[pipeline.Result]()},
		{"docs/reference/sessions-json.md", reflect.TypeFor[session.Session]()},
	} {
		var can []string
		keys(page.typ, "", &can)
		told := explained(read(t, filepath.Join(root, page.file)))
		for _, k := range can {
			if !slices.Contains(told, k) {
				t.Errorf("%s does not explain the key %s", page.file, k)
			}
		}
		for _, k := range told {
			if !slices.Contains(can, k) && !slices.Contains(marshalled, k) {
				t.Errorf("%s explains the key %s, which is never written", page.file, k)
			}
		}
	}
}

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// explained lists the keys that stand in the first cells of tables.
func explained(text string) []string {
	var out []string
	for _, m := range firstCell.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// keys lists the JSON keys of a type: devices[].claims[].value.
func keys(typ reflect.Type, prefix string, out *[]string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		inner, mark := f.Type, ""
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			if inner.Kind() == reflect.Slice {
				mark += "[]"
			}
			inner = inner.Elem()
		}
		key := prefix + tag
		*out = append(*out, key+mark)
		if inner.Kind() == reflect.Struct && strings.HasPrefix(inner.PkgPath(), "ward/") && !implementsText(inner) {
			keys(inner, key+mark+".", out)
		}
	}
}

func implementsText(t reflect.Type) bool {
	_, ok := t.MethodByName("MarshalText")
	return ok
}
