package session

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ward/wire/packet"
	"ward/wire/proto"
)

// Each codec of the list can be used, and no two claim the same thing.
func TestServices(t *testing.T) {
	list := Services()
	if len(list) > maxCodecs {
		t.Fatalf("%d codecs, there is room for %d", len(list), maxCodecs)
	}
	names, numbers := map[string]bool{}, map[[2]uint16]string{}
	for _, c := range list {
		if c.Name == "" || names[c.Name] {
			t.Errorf("codec %q is listed twice or has no name", c.Name)
		}
		names[c.Name] = true
		if c.New == nil || len(c.Facts) == 0 {
			t.Errorf("%s: no parser or no facts", c.Name)
		}
		if c.Stream == nil && c.Datagram == nil && len(c.EtherTypes)+len(c.IPProtos) == 0 {
			t.Errorf("%s: recognises nothing", c.Name)
		}
		for _, n := range c.EtherTypes {
			claim(t, numbers, [2]uint16{0, n}, c.Name)
		}
		for _, n := range c.IPProtos {
			claim(t, numbers, [2]uint16{1, uint16(n)}, c.Name)
		}
		if c.Stream != nil && c.Stream(nil, nil, proto.Ports{}) == proto.Yes {
			t.Errorf("%s: sure of no bytes at all", c.Name)
		}
	}
}

func claim(t *testing.T, numbers map[[2]uint16]string, n [2]uint16, name string) {
	if other := numbers[n]; other != "" {
		t.Errorf("%s and %s claim the same number %#x", other, name, n[1])
	}
	numbers[n] = name
}

// Every text that a fact carries says why it is no patient data (safety.md SR-16).
func TestEveryTextHasItsReason(t *testing.T) {
	for _, c := range Services() {
		types := map[string]bool{}
		for _, f := range c.Facts {
			typ := reflect.TypeOf(f)
			if types[typeName(f)] {
				t.Errorf("%s: two facts are called %q", c.Name, typeName(f))
			}
			types[typeName(f)] = true
			if f.Service() == "" && typ.NumField() == 0 {
				t.Errorf("%s: %v names no service", c.Name, typ)
			}
			for _, path := range unkept(typ, typ.String(), "") {
				t.Errorf("%s: %s is text without the tag keep", c.Name, path)
			}
		}
	}
	type bad struct {
		A string
		B struct{ C [][]byte }
		D map[string]int
		E any
		F string `keep:"x"`
	}
	if got := unkept(reflect.TypeFor[bad](), "", ""); len(got) != 4 {
		t.Errorf("the walk finds %q, want four fields", got)
	}
}

// unkept lists the fields below typ that can hold text and have no reason.
func unkept(typ reflect.Type, path, keep string) (list []string) {
	switch typ {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[netip.Addr](), reflect.TypeFor[packet.MAC]():
		return nil
	}
	switch typ.Kind() {
	case reflect.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			list = append(list, unkept(f.Type, path+"."+f.Name, f.Tag.Get("keep"))...)
		}
	case reflect.Slice, reflect.Array:
		if elem := typ.Elem(); elem.Kind() != reflect.Uint8 {
			return unkept(elem, path, keep)
		}
		fallthrough
	case reflect.String, reflect.Map, reflect.Interface, reflect.Pointer, reflect.Func, reflect.Chan:
		if strings.TrimSpace(keep) == "" {
			list = append(list, path)
		}
	}
	return list
}

// Every codec has a table test and a fuzz target beside it.
func TestEveryCodecIsTested(t *testing.T) {
	for _, c := range Services() {
		path, ok := strings.CutPrefix(reflect.TypeOf(c.Facts[0]).PkgPath(), "ward/wire/proto/")
		if !ok {
			t.Errorf("%s: its facts are in %q", c.Name, reflect.TypeOf(c.Facts[0]).PkgPath())
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", "proto", path, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text.Write(b)
		}
		for _, want := range []string{"func Fuzz", "func Test", "for _, "} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: no %q in the tests of wire/proto/%s", c.Name, want, path)
			}
		}
	}
}
