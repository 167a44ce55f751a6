package docs

import (
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ward/pipeline"
	"ward/wire/session"
)

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
			if !slices.Contains(can, k) {
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
