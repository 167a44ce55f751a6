package capture

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzReader checks that any bytes end in io.EOF or an *Error, that frames lie
// within the limits, and that Batch sees what Next sees.
func FuzzReader(f *testing.F) {
	f.Add(makePcap(little, magicMicro, LinkEthernet, shots))
	f.Add(makePcap(big, magicNano, LinkRaw, shots))
	f.Add(makePcap(big, magicModified, LinkRaw, shots))
	f.Add(makeNg(little, shots))
	f.Add(bytes.Join([][]byte{section(big), describe(big, 1, 4, option(big, optResolution, []byte{0x8a})), simple(big, 9, "abcdefgh"),
		section(little), describe(little, 101, 0, option(little, optOffset, make([]byte, 8))), obsolete(little, 0, 1, 4, "abcd")}, nil))
	f.Add(gz(f, makeNg(little, shots)))
	f.Add(zst(f, makeNg(little, shots)))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := read(t, b)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v", err)
		}
		for i, fr := range got {
			if len(fr.Data) > maxFrame || fr.Length < len(fr.Data) || fr.Number != uint64(i+1) {
				t.Fatalf("%d bytes of %d, number %d", len(fr.Data), fr.Length, fr.Number)
			}
		}
		r, err := NewReader(bytes.NewReader(b), "test.pcap")
		if err != nil {
			return
		}
		defer r.Close()
		again, berr := collect(&batches{in: r})
		if len(again) != len(got) || (berr == nil) != (e == nil) {
			t.Fatalf("by batch %d frames and %v, by Next %d and %v", len(again), berr, len(got), e)
		}
	})
}
