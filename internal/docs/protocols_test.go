package docs

import (
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ward/wire/proto"
	"ward/wire/session"
)

// protocols is the generated part of protocols.md: an overview, and for each
// codec what its package says of itself and every field it may keep.
func protocols(t *testing.T) string {
	var overview, details strings.Builder
	overview.WriteString("| service | read on | facts | standard and manner |\n|---|---|---|---|\n")
	codecs := slices.SortedFunc(slices.Values(session.Services()), func(a, b *proto.Codec) int { return strings.Compare(a.Name, b.Name) })
	told := map[string]bool{}
	for _, c := range codecs {
		folder := folderOf(c)
		comment := packageComment(t, folder)
		first, _, _ := strings.Cut(comment, ".\n")
		first, _, _ = strings.Cut(first, ". ")
		fmt.Fprintf(&overview, "| [%s](#%s) | %s | %d | %s |\n", c.Name, c.Name, transports(c), len(c.Facts), cell(sentence(first)))
		fmt.Fprintf(&details, "\n### %s\n\n", c.Name)
		if told[folder] {
			fmt.Fprintf(&details, "Read by the same package as the others of `%s`.\n", folder)
		} else {
			fmt.Fprintf(&details, "`%s`: %s\n", folder, strings.TrimSpace(strings.TrimPrefix(comment, "Package "+filepath.Base(folder)+" ")))
		}
		told[folder] = true
		for _, f := range c.Facts {
			details.WriteString(factTable(reflect.TypeOf(f)))
		}
	}
	return overview.String() + "\n## Kept fields\n" + details.String()
}

// folderOf finds the package of a codec by its New function.
func folderOf(c *proto.Codec) string {
	name := runtime.FuncForPC(reflect.ValueOf(c.New).Pointer()).Name()
	slash := strings.LastIndexByte(name, '/')
	dot := strings.IndexByte(name[slash:], '.')
	return strings.TrimPrefix(name[:slash+dot], "ward/")
}

func packageComment(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, f := range files {
		parsed, err := parser.ParseFile(set, f, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Doc != nil && strings.HasPrefix(parsed.Doc.Text(), "Package ") {
			return parsed.Doc.Text()
		}
	}
	t.Fatalf("%s has no package comment", folder)
	return ""
}

// sentence takes "Package x" off a synopsis.
func sentence(text string) string {
	text = new(doc.Package).Synopsis(text + ".")
	words := strings.SplitN(text, " ", 3)
	if len(words) == 3 && words[0] == "Package" {
		return words[2]
	}
	return text
}

func transports(c *proto.Codec) string {
	var on []string
	if c.Stream != nil {
		on = append(on, "TCP")
	}
	if c.Datagram != nil {
		on = append(on, "UDP")
	}
	for _, n := range c.EtherTypes {
		on = append(on, fmt.Sprintf("EtherType %04x", n))
	}
	for _, n := range c.IPProtos {
		on = append(on, fmt.Sprintf("IP protocol %d", n))
	}
	return strings.Join(on, ", ")
}

func factTable(typ reflect.Type) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n`%s`\n\n| key | type | why it is no patient data |\n|---|---|---|\n", typ.Name())
	rows := 0
	fields(typ, "", func(key, kind, why string) {
		rows++
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", key, kind, cell(why))
	})
	if rows == 0 {
		return fmt.Sprintf("\n`%s` has no fields.\n", typ.Name())
	}
	return b.String()
}

// fields visits the JSON keys of a fact, nested ones with a dot, those in lists
// with brackets.
func fields(typ reflect.Type, prefix string, visit func(key, kind, why string)) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" {
			continue
		}
		inner := f.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Array && inner.Name() == "" {
			inner = inner.Elem()
		}
		if f.Anonymous && tag == "" {
			fields(inner, prefix, visit)
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		if f.Type.Kind() == reflect.Slice && inner.Kind() == reflect.Struct {
			tag += "[]"
		}
		why := f.Tag.Get("keep")
		if inner.Kind() == reflect.Struct && strings.HasPrefix(inner.PkgPath(), "ward/wire/proto/") {
			fields(inner, prefix+tag+".", visit)
			continue
		}
		if why == "" {
			why = "no text"
		}
		visit(prefix+tag, typeWords(f.Type), why)
	}
}

// typeWords is the type as a reader of the JSON sees it.
func typeWords(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return "list of " + typeWords(t.Elem())
	case t.Kind() == reflect.Map:
		return "map of " + typeWords(t.Key()) + " to " + typeWords(t.Elem())
	case t.Kind() == reflect.Pointer:
		return typeWords(t.Elem())
	case t.String() == "netip.Addr", t.String() == "netip.Prefix", t.String() == "netip.AddrPort":
		return "address"
	case t.String() == "packet.MAC":
		return "MAC"
	case t.String() == "time.Time":
		return "time"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64, reflect.Float32:
		return "number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "whole number"
	}
	return t.Kind().String()
}
