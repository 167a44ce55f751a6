package cpe

import (
	"errors"
	"testing"
)

// The examples are those of NISTIR 7695, Sections 6.1.2.4, 6.1.3.3, 6.2.2.3 and
// 6.2.3.3, rewritten as rows: URI and formatted string of one name.
func TestBindings(t *testing.T) {
	tests := []struct{ uri, formatted string }{
		{"cpe:/a:microsoft:internet_explorer:8.0.6001:beta", "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*"},
		{"cpe:/a:microsoft:internet_explorer:8.%02:sp%01", `cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*`},
		{"cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~", "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*"},
		{"cpe:/a:hp:openview_network_manager:7.51::~~~linux~~", "cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*"},
		{"cpe:/a:foo%5cbar:big%24money_manager_2010:::~~special~ipod_touch~80gb~", `cpe:2.3:a:foo\\bar:big\$money_manager_2010:*:*:*:*:special:ipod_touch:80gb:*`},
		{"cpe:/o:microsoft:windows_7:-", "cpe:2.3:o:microsoft:windows_7:-:*:*:*:*:*:*:*"},
		{"cpe:/h:a:b:%2d", `cpe:2.3:h:a:b:\-:*:*:*:*:*:*:*`},
		{"cpe:/a:a:b:1::e:de", "cpe:2.3:a:a:b:1:*:e:de:*:*:*:*"},
	}
	for _, test := range tests {
		fromURI, err := Parse(test.uri)
		if err != nil || fromURI.String() != test.formatted {
			t.Errorf("%s: %s %v", test.uri, fromURI, err)
		}
		fromFormatted, err := Parse(test.formatted)
		if err != nil || fromFormatted.URI() != test.uri {
			t.Errorf("%s: %s %v", test.formatted, fromFormatted.URI(), err)
		}
	}
}

func TestParseForgives(t *testing.T) {
	for in, want := range map[string]string{
		"cpe:2.3:A:Vendor:PRODUCT":               "cpe:2.3:a:vendor:product:*:*:*:*:*:*:*:*",
		`cpe:2.3:a:a+b:c\.d\-e:\*:*:*:*:*:*:*:*`: `cpe:2.3:a:a\+b:c.d-e:\*:*:*:*:*:*:*:*`,
		`cpe:2.3:a:a\:b:c:1`:                     `cpe:2.3:a:a\:b:c:1:*:*:*:*:*:*:*`,
		"CPE:/h:V":                               "cpe:2.3:h:v:*:*:*:*:*:*:*:*:*",
	} {
		if got, err := Parse(in); err != nil || got.String() != want {
			t.Errorf("%s: %s %v", in, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		in   string
		want error
	}{
		{"", ErrPrefix}, {"http://x", ErrPrefix}, {"cpe:2.3:x:a:b", ErrPart}, {"cpe:/q:a", ErrPart},
		{"cpe:2.3:a:b:c:*:*:*:*:*:*:*:*:*", ErrFields}, {"cpe:/a:1:2:3:4:5:6:7", ErrFields},
		{"cpe:2.3:a:a b", ErrValue}, {"cpe:2.3:a:a*b", ErrValue}, {"cpe:2.3:a:**", ErrValue}, {"cpe:2.3:a:\xff", ErrValue},
		{"cpe:/a:%4", ErrValue}, {"cpe:/a:%zz", ErrValue}, {"cpe:/a:b:c:1:2:~a~b", ErrFields},
		{"cpe:2.3:" + string(make([]byte, MaxName)), ErrTooBig},
	}
	for _, test := range tests {
		if _, err := Parse(test.in); !errors.Is(err, test.want) {
			t.Errorf("%.40q: %v, want %v", test.in, err, test.want)
		}
	}
}

func TestCompareValues(t *testing.T) {
	tests := []struct {
		source, target Value
		want           Relation
	}{ // NISTIR 7696, Table 6-2, row by row
		{Any, Any, Equal}, {Any, NA, Superset}, {Any, "i", Superset}, {Any, "m*", Undefined},
		{NA, Any, Subset}, {NA, NA, Equal}, {NA, "i", Disjoint}, {NA, "m*", Undefined},
		{"i", "i", Equal}, {"i", "k", Disjoint}, {"i", "m*", Undefined}, {"i", NA, Disjoint}, {"i", Any, Subset},
		{"m*", "mi", Superset}, {"m*", "i", Disjoint}, {"m*", Any, Subset}, {"m*", NA, Disjoint}, {"m*", "x*", Undefined},
		{"", Any, Equal}, {"8.*", "8.0", Superset}, {"8.*", "8", Disjoint}, {"*.1", "8.1", Superset},
		{"?8", "18", Superset}, {"?8", "118", Disjoint}, {"8??", "8a", Superset}, {"8??", "8abc", Disjoint},
		{"*b*", "abc", Superset}, {`a\*`, "ab", Disjoint}, {`a?`, `a\+`, Superset}, {`*\+`, `c\+\+`, Superset},
	}
	for _, test := range tests {
		if got := CompareValues(test.source, test.target); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.source, test.target, got, test.want)
		}
	}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		source, target string
		want           Relation
	}{
		{"cpe:2.3:o:v:p", "cpe:2.3:o:v:p:1", Superset},
		{"cpe:2.3:o:v:p:1", "cpe:2.3:o:v:p", Subset},
		{"cpe:2.3:o:v:p:1", "cpe:/o:v:p:1", Equal},
		{"cpe:2.3:o:v:p:1", "cpe:2.3:h:v:p:1", Disjoint},
		{"cpe:2.3:o:v:p:*:sp1", "cpe:2.3:o:v:p:1", Undefined},
		{"cpe:2.3:o:v:p:-", "cpe:2.3:o:v:p:1", Disjoint},
		{"cpe:2.3:o:v:p", "cpe:2.3:o:v:p:1*", Undefined},
	}
	for _, test := range tests {
		source, err := Parse(test.source)
		if err != nil {
			t.Fatal(err)
		}
		target, err := Parse(test.target)
		if err != nil {
			t.Fatal(err)
		}
		if got := Compare(source, target); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.source, test.target, got, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`cpe:2.3:a:foo\\bar:big\$money:8.*:sp?:*:*:special:ipod:80gb:*`)
	f.Add("cpe:/a:foo%5cbar:big%24money_2010:%02::~~special~ipod_touch~80gb~")
	f.Fuzz(func(t *testing.T, s string) {
		name, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(name.String())
		if err != nil || again != name {
			t.Fatalf("%q: %q, then %q %v", s, name, again, err)
		}
		if len(name.URI()) < MaxName {
			if again, err = Parse(name.URI()); err != nil || again != name {
				t.Fatalf("%q: %q, by URI %q %q %v", s, name, name.URI(), again, err)
			}
		}
		if Compare(name, name) != Equal {
			t.Fatalf("%q differs from itself", name)
		}
	})
}
