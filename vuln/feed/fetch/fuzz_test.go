package fetch

import (
	"net/url"
	"strings"
	"testing"
)

var base = &url.URL{Scheme: "https", Host: "example.org", Path: "/csaf/white/"}

// sane fails where a listing would write outside of its folder.
func sane(t *testing.T, l listing) {
	for _, d := range l.documents {
		if strings.ContainsAny(d.name, "/\\\x00") || strings.HasPrefix(d.name, ".") || strings.Contains(d.name, "..") || !strings.HasSuffix(d.name, ".json") {
			t.Fatalf("name %q", d.name)
		}
		if d.folder != "" && !yearFolder.MatchString(d.folder) {
			t.Fatalf("folder %q", d.folder)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte("2020/icsma-20-049-01.json\r\n../../x.json\n\n%2e%2e/y.json\nhttps://h/2021/a.json\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := parseIndex(base, data); err == nil {
			sane(t, l)
		}
	})
}

func FuzzChanges(f *testing.F) {
	f.Add([]byte("\"2020/a.json\",\"2020-04-17T15:08:41Z\"\n2020/b.json,rubbish\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := parseChanges(base, data); err == nil {
			sane(t, l)
		}
	})
}

func FuzzRolie(f *testing.F) {
	f.Add([]byte(`{"feed":{"link":[{"rel":"next","href":"2.json"}],"entry":[{"updated":"2021-12-10T00:00:00Z","content":{"src":"https://h/2021/a.json"},"link":[{"rel":"hash","href":"a.json.sha512"},{"rel":"signature","href":"a.json.asc"}]}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, _, err := parseRolie(base, data); err == nil {
			sane(t, l)
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`{"canonical_url":"https://h/provider-metadata.json","role":"csaf_trusted_provider","distributions":[{"directory_url":"https://h/"}],"public_openpgp_keys":[{"fingerprint":"AA","url":"https://h/k"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseMetadata(data)
		if err == nil && (len(m.Distributions) == 0 || len(m.Keys) > maxKeys) {
			t.Fatalf("%+v", m)
		}
	})
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`{"startIndex":0,"totalResults":1,"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-1000"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parsePage(data, 0)
		if err != nil {
			return
		}
		for _, r := range p.Records {
			if file, ok := shardOf(record{r.CVE}.id()); ok && (strings.Contains(file, "..") || strings.HasPrefix(file, "/")) {
				t.Fatal(file)
			}
		}
	})
}

func FuzzKeyAndDigest(f *testing.F) {
	f.Add([]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkDigest([]byte("content"), data) == nil && len(data) < 64 {
			t.Fatal("a digest too short was right")
		}
		if ring, err := readKeys(data, ""); err == nil && len(ring) == 0 {
			t.Fatal("no key and no error")
		}
	})
}
