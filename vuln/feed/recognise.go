package feed

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// peek is how much of a file decides what it is, in bytes.
const peek = 64 << 10

// Recognise tells the format from the beginning of a file.
func Recognise(start []byte) Kind {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(start) == 0 {
		return Unknown
	}
	if start[0] == '{' || start[0] == '[' {
		return recogniseJSON(start)
	}
	line, _, _ := strings.Cut(strings.ToLower(string(start[:min(len(start), 4096)])), "\n")
	switch {
	case strings.HasPrefix(line, "#model_version") || strings.HasPrefix(line, "cve,epss"):
		return EPSS
	case strings.HasPrefix(strings.TrimLeft(line, `"`), "cveid") && strings.Contains(line, "vendorproject"):
		return KEV
	}
	return Unknown
}

// recogniseJSON goes through the keys of the first two levels until one decides.
func recogniseJSON(start []byte) Kind {
	dec := jsontext.NewDecoder(bytes.NewReader(start), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	guess := Unknown
	list := "" // the top-level member at hand
	for {
		depth := dec.StackDepth()
		token, err := dec.ReadToken()
		if err != nil {
			return guess
		}
		if token.Kind() != '"' {
			continue
		}
		kind, length := dec.StackIndex(dec.StackDepth())
		if kind != '{' || length%2 == 0 {
			continue // a value, not a key
		}
		key := token.String()
		value := dec.PeekKind()
		switch {
		case depth == 1:
			list = key
			if k := topLevel(key, value); k != Unknown {
				return k
			}
		case depth == 2 && list == "":
			if k := topLevel(key, value); k == CVE5 {
				return k // a list of records
			}
		case depth == 3 && list == "vulnerabilities":
			if k := element(key, value); k != Unknown {
				return k
			}
		}
		if key == "vulnerabilities" && depth == 1 {
			guess = CSAF
		}
	}
}

// topLevel knows the formats by the members of the document.
func topLevel(key string, value jsontext.Kind) Kind {
	switch {
	case (key == "document" || key == "product_tree") && value == '{':
		return CSAF
	case key == "CVE_Items", key == "CVE_data_type", key == "resultsPerPage":
		return NVD
	case key == "cveMetadata" && value == '{', key == "containers" && value == '{', key == "dataType" && value == '"':
		return CVE5
	case key == "catalogVersion", key == "dateReleased":
		return KEV
	}
	return Unknown
}

// element knows them by the members of the first vulnerability.
func element(key string, value jsontext.Kind) Kind {
	switch {
	case key == "cve" && value == '{':
		return NVD
	case key == "cveID":
		return KEV
	case key == "product_status", key == "remediations", key == "scores", key == "cve" && value == '"':
		return CSAF
	}
	return Unknown
}
