package capture

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory one zstd stream may ask for before it holds a
// single byte. RFC 8878 section 3.1.1.1.2 asks readers for 8 MiB, which all
// levels up to 19 keep to; "zstd --long" may ask for more and is refused.
const maxWindow = 32 << 20

// unpack wraps in where head shows gzip (RFC 1952) or zstd (RFC 8878); the
// name of the file plays no part. A nil reader means: not compressed.
func unpack(head []byte, in io.Reader) (io.Reader, func(), error) {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { z.Close() }, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return nil, nil, nil
}

// looks maps first bytes of what people give by mistake to a next step.
var looks = []struct{ magic, hint string }{
	{"{", "it looks like JSON; of JSON files only Suricata's eve.json can be read"},
	{"[", "it looks like JSON; of JSON files only Suricata's eve.json can be read"},
	{"#separator", "it looks like a Zeek log; give the folder that holds it"},
	{"snoop\x00\x00\x00", "it is a Solaris snoop file; convert it with: editcap -F pcapng IN OUT"},
	{"RTSS", "it is a Network Monitor file; convert it with: editcap -F pcapng IN OUT"},
	{"GMBU", "it is a Network Monitor file; convert it with: editcap -F pcapng IN OUT"},
	{"MDMP", "it is a memory dump; give a network capture"},
	{"\xd0\xcf\x11\xe0", "it is an Office document; give a network capture"},
	{"PK\x03\x04", "it is a ZIP archive; unpack it first"},
	{"7z\xbc\xaf", "it is a 7-Zip archive; unpack it first"},
	{"BZh", "it is packed with bzip2; unpack it first"},
	{"\xfd7zXZ", "it is packed with xz; unpack it first"},
	{"\x04\x22\x4d\x18", "it is packed with lz4; unpack it first"},
	{"\x1f\x8b", "it is packed twice; unpack it once"},
	{"\x28\xb5\x2f\xfd", "it is packed twice; unpack it once"},
	{"%PDF", "it is a PDF document; give a network capture"},
	{"<", "it looks like a web page or XML; was the download complete and logged in?"},
	{"\x7fELF", "it is a program; give a network capture"},
}

// hint says what an input looks like that is no capture.
func hint(head []byte) string {
	if len(head) == 0 {
		return "it is empty"
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, l := range looks {
		if bytes.HasPrefix(text, []byte(l.magic)) {
			return l.hint
		}
	}
	const tarMagic = 257
	switch {
	case len(head) >= tarMagic+5 && string(head[tarMagic:tarMagic+5]) == "ustar":
		return "it is a tar archive; unpack it first"
	case isText(head):
		return "it looks like text; give a pcap or pcapng file, a Zeek log folder or a Suricata eve.json"
	}
	return "it starts with none of the marks of pcap or pcapng"
}

func isText(b []byte) bool {
	b = b[:min(len(b), 512)]
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 && len(b) >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		b = b[n:]
	}
	return true
}
