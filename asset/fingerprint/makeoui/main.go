// Command makeoui turns the registry files of the IEEE Registration Authority,
// as Debian's package ieee-data ships them, into the compact oui.tsv that the
// fingerprint package embeds: one line per block, hex digits of the prefix,
// tab, name of the holder, sorted by prefix.
//
//	go run ./makeoui /usr/share/ieee-data > oui.tsv
package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// files of the registry: MA-L, MA-M, MA-S and the older IAB.
var files = [...]string{"oui.csv", "mam.csv", "oui36.csv", "iab.csv"}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: makeoui FOLDER > oui.tsv")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "makeoui:", err)
		os.Exit(1)
	}
}

func run(dir string, w io.Writer) error {
	names := map[string]string{}
	for _, f := range files {
		if err := read(filepath.Join(dir, f), names); err != nil && !(f == "iab.csv" && errors.Is(err, os.ErrNotExist)) {
			return err
		}
	}
	keys := make([]string, 0, len(names))
	for k := range names {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := bufio.NewWriter(w)
	for _, k := range keys {
		fmt.Fprintf(out, "%s\t%s\n", k, names[k])
	}
	return out.Flush()
}

// read takes the second and third column: assignment and organisation.
func read(path string, names map[string]string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		name := ""
		if len(row) >= 3 {
			name = strings.Join(strings.Fields(row[2]), " ")
		}
		// "Private" holders and the registry's own parent blocks name nobody.
		if len(row) < 3 || row[0] == "Registry" || name == "" || name == "Private" || strings.HasPrefix(name, "IEEE Registration") {
			continue
		}
		if _, ok := names[strings.ToUpper(row[1])]; !ok {
			names[strings.ToUpper(row[1])] = name
		}
	}
}
