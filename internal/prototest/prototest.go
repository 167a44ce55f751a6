// Package prototest drives a codec in tests: messages cut in any way, the rule
// that every text field of a Fact has its reason, the canary patient, and the
// sessions of a real capture. Only tests import it.
package prototest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

// Msg is some bytes of one direction.
type Msg struct {
	Dir  proto.Dir
	Data []byte
}

// Orig and Resp make messages of each side.
func Orig(s string) Msg { return Msg{proto.Orig, []byte(s)} }
func Resp(s string) Msg { return Msg{proto.Resp, []byte(s)} }

// Out is one emitted Fact and its side.
type Out struct {
	Dir  proto.Dir
	Fact proto.Fact
}

// Run feeds msgs to a new Parser in parts of at most step bytes (0: whole) and
// gives what it emitted.
func Run(c proto.Codec, step int, msgs ...Msg) []Out {
	var out []Out
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, Out{d, f}) }
	p := c.New()
	more := true
	for _, m := range msgs {
		data := bytes.Clone(m.Data)
		for len(data) > 0 && more {
			n := len(data)
			if step > 0 {
				n = min(step, n)
			}
			more = p.Data(m.Dir, data[:n:n], emit)
			clear(data[:n])
			data = data[n:]
		}
	}
	p.Close(emit)
	return out
}

// Facts is Run without the sides.
func Facts(c proto.Codec, step int, msgs ...Msg) []proto.Fact {
	var facts []proto.Fact
	for _, o := range Run(c, step, msgs...) {
		facts = append(facts, o.Fact)
	}
	return facts
}

// Check runs msgs whole and cut into single bytes, wants the same facts both
// times, and looks for the canary patient in them.
func Check(t *testing.T, c proto.Codec, want []proto.Fact, msgs ...Msg) {
	t.Helper()
	for _, step := range []int{0, 1, 7} {
		got := Facts(c, step, msgs...)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("step %d (-want +got):\n%s", step, d)
		}
		NoCanary(t, got)
	}
}

// NoCanary fails when a Fact holds the canary patient in any encoding.
func NoCanary(t testing.TB, facts []proto.Fact) {
	t.Helper()
	text, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range canary.Markers() {
		for _, enc := range canary.Encodings(m) {
			if bytes.Contains(text, enc) {
				t.Errorf("canary %q came out: %s", m, text)
			}
		}
	}
}

// Contract checks what every codec owes: a name, a Parser, and the tag `keep`
// on each text field of its Facts.
func Contract(t *testing.T, c proto.Codec) {
	t.Helper()
	if c.Name == "" || c.New == nil || c.New() == nil || len(c.Facts) == 0 {
		t.Errorf("codec %q is not complete", c.Name)
	}
	for _, f := range c.Facts {
		if f.Service() == "" && reflect.TypeOf(f).NumField() == 0 {
			t.Errorf("%T names no service", f)
		}
		kept(t, reflect.TypeOf(f))
	}
}

func kept(t *testing.T, typ reflect.Type) {
	t.Helper()
	for i := range typ.NumField() {
		f := typ.Field(i)
		elem := f.Type
		for elem.Kind() == reflect.Slice || elem.Kind() == reflect.Array {
			elem = elem.Elem()
		}
		text := elem.Kind() == reflect.String || elem.Kind() == reflect.Uint8 && f.Type.Kind() == reflect.Slice
		if text && f.Tag.Get("keep") == "" {
			t.Errorf("%v.%s is text without the tag keep", typ, f.Name)
		}
		if elem.Kind() == reflect.Struct && elem.PkgPath() != "time" && elem.PkgPath() != "net/netip" {
			kept(t, elem)
		}
	}
}

// Fuzz feeds hostile bytes to a codec: it must not panic, whatever the cut.
// The seeds are the messages of real exchanges.
func Fuzz(f *testing.F, c proto.Codec, seeds ...[]Msg) {
	for _, s := range seeds {
		f.Add(pack(s), byte(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, step byte) {
		msgs := unpack(b)
		var orig, resp []byte
		for _, m := range msgs {
			if m.Dir == proto.Orig {
				orig = append(orig, m.Data...)
			} else {
				resp = append(resp, m.Data...)
			}
			if c.Datagram != nil {
				c.Datagram(m.Data, proto.Ports{})
			}
		}
		if c.Stream != nil {
			c.Stream(orig, resp, proto.Ports{})
		}
		Run(c, int(step), msgs...)
	})
}

// pack writes messages as: side (1 byte), length (2 bytes), data.
func pack(msgs []Msg) []byte {
	var b []byte
	for _, m := range msgs {
		b = append(b, byte(m.Dir), byte(len(m.Data)>>8), byte(len(m.Data)))
		b = append(b, m.Data...)
	}
	return b
}

func unpack(b []byte) []Msg {
	var msgs []Msg
	for len(b) >= 3 {
		n := min(int(b[1])<<8|int(b[2]), len(b)-3)
		msgs = append(msgs, Msg{proto.Dir(b[0] & 1), b[3 : 3+n]})
		b = b[3+n:]
	}
	return msgs
}
