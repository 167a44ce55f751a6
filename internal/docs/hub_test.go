package docs

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ward/people"
	"ward/store"
	"ward/web"
	"ward/web/auth"
)

// roles is the generated part of roles.md: who may what.
func roles(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| permission |")
	for _, r := range people.Roles {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(people.Roles)) + "\n")
	for _, p := range permissions(t) {
		fmt.Fprintf(&b, "| `%s` |", p)
		for _, r := range people.Roles {
			one := people.Person{Roles: []people.Role{r}}
			fmt.Fprintf(&b, " %s |", mark(one.May(p)))
		}
		b.WriteString("\n")
	}
	return b.String()
}

var permissionLine = regexp.MustCompile(`(?m)^\t\w+ +Permission += "(\w+)"`)

// permissions lists the constants of people.Permission as the source has them.
func permissions(t *testing.T) []people.Permission {
	var list []people.Permission
	for _, m := range permissionLine.FindAllStringSubmatch(read(t, filepath.Join(root, "people/people.go")), -1) {
		list = append(list, people.Permission(m[1]))
	}
	if len(list) < 10 {
		t.Fatalf("only %d permissions found: the pattern is broken", len(list))
	}
	return list
}

// webPages is the generated part of web-pages.md: every route with who may use it.
func webPages(t *testing.T) string {
	var rows []string
	for _, r := range web.Routes() {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | `%s` |\n", r.Pattern, r.Method, r.Permission))
	}
	for _, r := range auth.Routes() {
		who := string(r.Access)
		if r.Access == auth.Permitted {
			who = string(r.Permission)
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | `%s` |\n", r.Pattern, r.Method, who))
	}
	slices.Sort(rows)
	return "| path | method | who |\n|---|---|---|\n" + strings.Join(rows, "")
}

// retention is the generated part of settings.md: for how long what is kept.
func retention(*testing.T) string {
	var b strings.Builder
	b.WriteString("| kind | days, unless you change them |\n|---|---|\n")
	v := reflect.ValueOf(store.DefaultRetention)
	for i := range v.NumField() {
		fmt.Fprintf(&b, "| `%s` | %d |\n", v.Type().Field(i).Tag.Get("json"), v.Field(i).Int())
	}
	return b.String()
}

// audited finds the verbs of the audit trail where they are written.
var audited = []struct {
	in, prefix string
	call       *regexp.Regexp
}{
	{"*.go", "", regexp.MustCompile(`\.(?i:audit)\([^"\n]*?"([a-z]+\.[a-z_]+)"`)},
	{"web/auth/*.go", "person.", regexp.MustCompile(`\ba\.audit\([^"\n]*?"([a-z][a-z_]+)"`)},
}

// verbs is the generated part of audit-trail.md: what is written down.
func verbs(t *testing.T) string {
	found := map[string]string{}
	for _, a := range audited {
		for _, file := range goFiles(t, a.in) {
			for _, m := range a.call.FindAllStringSubmatch(read(t, filepath.Join(root, file)), -1) {
				found[a.prefix+m[1]] = filepath.Dir(file)
			}
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d verbs found: the pattern is broken", len(found))
	}
	var rows []string
	for verb, folder := range found {
		rows = append(rows, fmt.Sprintf("| `%s` | `%s` |\n", verb, folder))
	}
	slices.Sort(rows)
	return "| verb | written by |\n|---|---|\n" + strings.Join(rows, "")
}
