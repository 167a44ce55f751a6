// Package canary holds the synthetic patient that is planted in every protocol
// sample and must never appear in anything Ward writes (safety.md SR-11).
package canary

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// The patient. No real person; the words occur nowhere else in the project.
const (
	Family  = "Kanarienvogel"
	Given   = "Zephyrine"
	MRN     = "MRN7719284"
	Birth   = "19470823"
	Address = "Quittenweg 88"
	Phone   = "555-0173-884"
	User    = "schwester.quendel" // a staff member's login name
	Secret  = "Pa55-Quendel!"     // and her password
)

// HL7Name is the patient's name as HL7 and DICOM write it.
const HL7Name = Family + "^" + Given

// Markers gives every text that must not appear.
func Markers() []string {
	return []string{Family, Given, MRN, Birth, Address, Phone, User, Secret}
}

// Encodings gives the forms of one marker that a byte search must look for:
// as is, upper, lower, reversed, UTF-16 both ways, hex and Base64 at each of
// the three alignments.
func Encodings(marker string) [][]byte {
	out := [][]byte{[]byte(marker), []byte(strings.ToUpper(marker)), []byte(strings.ToLower(marker)), reversed(marker)}
	out = append(out, utf16Bytes(marker, false), utf16Bytes(marker, true))
	out = append(out, []byte(hex.EncodeToString([]byte(marker))), []byte(strings.ToUpper(hex.EncodeToString([]byte(marker)))))
	for pad := range 3 {
		enc := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", pad) + marker))
		from := (pad*8 + 5) / 6 // first digit that depends on the marker alone
		to := (pad + len(marker)) * 8 / 6
		out = append(out, []byte(enc[from:to]))
	}
	return out
}

func reversed(s string) []byte {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return b
}

func utf16Bytes(s string, bigEndian bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}
