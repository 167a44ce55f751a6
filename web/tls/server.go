package tls

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Issued is the hub's server certificate from its own authority. It is made anew
// in good time while the hub runs.
type Issued struct {
	by    *Authority
	hosts []string
	mu    sync.Mutex
	cert  tls.Certificate // guarded by mu
}

// Server gives the server certificate for host names and addresses: the one on
// disk while it fits and lasts, else a new one.
func (a *Authority) Server(hosts ...string) (*Issued, error) {
	i := &Issued{by: a, hosts: slices.Clone(hosts)}
	cert, err := readPair(a.path("server.crt"), a.path("server.key"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("tls: read the server certificate: %w", err)
	}
	if err == nil && i.fits(cert) {
		i.cert = cert
		return i, nil
	}
	return i, i.renew()
}

// fits tells whether a certificate is ours, for all hosts, and lasts.
func (i *Issued) fits(c tls.Certificate) bool {
	if c.Leaf == nil || c.Leaf.CheckSignatureFrom(i.by.cert) != nil || i.by.now().Add(renewBefore).After(c.Leaf.NotAfter) {
		return false
	}
	return len(c.Leaf.DNSNames)+len(c.Leaf.IPAddresses) == len(i.hosts) &&
		!slices.ContainsFunc(i.hosts, func(h string) bool { return c.Leaf.VerifyHostname(h) != nil })
}

// renew makes and keeps a new certificate.
func (i *Issued) renew() error {
	i.by.mu.Lock()
	defer i.by.mu.Unlock()
	der, key, err := i.by.server(i.hosts)
	if err != nil {
		return err
	}
	crt, k := i.by.path("server.crt"), i.by.path("server.key")
	if err := writePair(crt, k, der, key); err != nil {
		return fmt.Errorf("tls: keep the server certificate: %w", err)
	}
	i.cert, err = tls.LoadX509KeyPair(crt, k)
	return err
}

// GetCertificate gives the certificate of now (crypto/tls.Config). When a new
// one cannot be made, the old one serves until its end.
func (i *Issued) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.by.now()
	if now.Add(renewBefore).After(i.cert.Leaf.NotAfter) && i.by.cert.NotAfter.After(i.cert.Leaf.NotAfter) {
		if err := i.renew(); err != nil && now.After(i.cert.Leaf.NotAfter) {
			return nil, err
		}
	}
	c := i.cert
	return &c, nil
}

// Expires is when the certificate of now ends.
func (i *Issued) Expires() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.cert.Leaf.NotAfter
}
