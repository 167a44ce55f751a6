package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrMetadata is text that is no provider metadata.
var ErrMetadata = errors.New("fetch: no CSAF provider metadata")

// Limits of provider metadata (CSAF 2.0, Section 7.1.7).
const (
	maxMetadata      = 4 << 20
	maxDistributions = 100
	maxFeeds         = 500 // ROLIE feeds of one provider
	maxKeys          = 50
)

// trustedProvider is the role that must give digests and signatures (CSAF 2.0,
// Section 7.2.3).
const trustedProvider = "csaf_trusted_provider"

// metadata is provider-metadata.json.
type metadata struct {
	Canonical     string `json:"canonical_url"`
	Role          string `json:"role"`
	Distributions []struct {
		Directory string `json:"directory_url"`
		Rolie     struct {
			Feeds []struct {
				URL string `json:"url"`
				TLP string `json:"tlp_label"`
			} `json:"feeds"`
		} `json:"rolie"`
		TLP string `json:"tlp_label"` // CSAF 2.1
	} `json:"distributions"`
	Keys []struct {
		Fingerprint string `json:"fingerprint"`
		URL         string `json:"url"`
	} `json:"public_openpgp_keys"`
	Publisher struct {
		Name string `json:"name"`
	} `json:"publisher"`
}

func parseMetadata(data []byte) (metadata, error) {
	var m metadata
	if err := json.Unmarshal(data, &m); err != nil {
		return metadata{}, fmt.Errorf("%w: %w", ErrMetadata, err)
	}
	feeds := 0
	for _, d := range m.Distributions {
		feeds += len(d.Rolie.Feeds)
	}
	switch {
	case m.Canonical == "" && m.Publisher.Name == "":
		return metadata{}, fmt.Errorf("%w: neither canonical_url nor publisher", ErrMetadata)
	case len(m.Distributions) > maxDistributions || feeds > maxFeeds || len(m.Keys) > maxKeys:
		return metadata{}, fmt.Errorf("%w: too many distributions, feeds or keys", ErrMetadata)
	case len(m.Distributions) == 0:
		return metadata{}, fmt.Errorf("%w: no distributions: the provider publishes nothing to fetch", ErrMetadata)
	}
	return m, nil
}

// white tells whether everybody may have what a label marks: WHITE in TLP 1,
// CLEAR in TLP 2; no label is white.
func white(label string) bool {
	label = strings.ToUpper(label)
	return label == "" || label == "WHITE" || label == "CLEAR" || label == "UNLABELED"
}

// find fetches the provider metadata: at the URL, else where the standard says
// for a domain: well-known URL (Section 7.1.9), security.txt (7.1.8), DNS path
// (7.1.10).
func (u *updater) find(ctx context.Context) (m metadata, at string, err error) {
	s := u.source.URL
	if strings.HasSuffix(s, ".json") {
		m, err = u.metadata(ctx, s)
		return m, s, err
	}
	domain := s
	if p, err := url.Parse(s); err == nil && p.Host != "" {
		domain = p.Host
	}
	at = "https://" + domain + "/.well-known/csaf/provider-metadata.json"
	m, first := u.metadata(ctx, at)
	if first == nil || ctx.Err() != nil {
		return m, at, first
	}
	for _, place := range []string{"/.well-known/security.txt", "/security.txt"} {
		text, _, err := u.get.text(ctx, request{url: "https://" + domain + place}, maxSecurity)
		if err != nil {
			continue // the next place may have it; the first error is the one told
		}
		for _, at := range securityFields(text) {
			if m, err = u.metadata(ctx, at); err == nil {
				return m, at, nil
			}
		}
	}
	if !u.source.Private {
		at = "https://csaf.data.security." + domain
		if m, err := u.metadata(ctx, at); err == nil {
			return m, at, nil
		}
	}
	return metadata{}, "", fmt.Errorf("%s: no provider metadata at the well-known place, in security.txt or by DNS; give the address of its provider-metadata.json: %w", clip(domain), first)
}

func (u *updater) metadata(ctx context.Context, at string) (metadata, error) {
	data, _, err := u.get.text(ctx, request{url: at}, maxMetadata)
	if err != nil {
		return metadata{}, err
	}
	m, err := parseMetadata(data)
	if err != nil {
		return m, fmt.Errorf("%s: %w", clip(at), err)
	}
	return m, nil
}

// Limits of security.txt.
const (
	maxSecurity = 256 << 10
	maxFields   = 5
)

// securityFields gives the values of the CSAF fields of a security.txt (RFC
// 9116; field registered by CSAF 2.0, Section 7.1.8).
func securityFields(text []byte) []string {
	var out []string
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(name), "csaf") && len(out) < maxFields {
			out = append(out, strings.TrimSpace(value))
		}
	}
	return out
}
