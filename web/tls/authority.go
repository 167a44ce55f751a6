// Package tls gives the hub its certificates: a small authority of its own
// (X.509, RFC 5280) with server and client certificates, or certificate files of
// the site that are read again when they change.
//
// It refuses TLS below 1.2, keys that others on the machine can read, and to
// sign for names outside of what the authority was made for.
package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Lifetimes. Browsers refuse server certificates of more than 398 days.
const (
	AuthorityLife = 10 * 365 * 24 * time.Hour // [E]
	LeafLife      = 398 * 24 * time.Hour
	renewBefore   = LeafLife / 3
	clockSkew     = time.Hour // machines whose clock is a little behind
)

// Errors that callers tell apart.
var (
	ErrExposed     = errors.New("tls: the key file can be read by others: run chmod 600 on it")
	ErrConstrained = errors.New("tls: the authority was not made for this name")
)

// Authority signs the hub's own certificates. It is safe for concurrent use.
type Authority struct {
	dir  string
	now  func() time.Time
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	mu   sync.Mutex // one server certificate is made at a time
}

// OpenAuthority reads the authority in dir, or makes it. A new one may sign only
// for the hosts, for names of the same domains and for private addresses: whoever
// steals its key can pose as nobody else. now is the clock, time.Now when nil.
func OpenAuthority(dir string, hosts []string, now func() time.Time) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	a := &Authority{dir: dir, now: now}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	pair, err := readPair(a.path("ca.crt"), a.path("ca.key"))
	if errors.Is(err, os.ErrNotExist) {
		return a, a.make(hosts)
	}
	if err != nil {
		return nil, fmt.Errorf("tls: read the authority in %s: %w", dir, err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return nil, fmt.Errorf("tls: %s holds no authority of Ward: move ca.crt and ca.key away and start again", dir)
	}
	a.cert, a.key = pair.Leaf, key
	if now().After(a.cert.NotAfter) {
		return nil, fmt.Errorf("tls: the authority in %s ended on %s: move ca.crt and ca.key away, start again and install the new one",
			dir, a.cert.NotAfter.Format(time.DateOnly))
	}
	return a, nil
}

// make makes key and certificate and keeps them.
func (a *Authority) make(hosts []string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	name := "Ward"
	if h, err := os.Hostname(); err == nil {
		name += " on " + h
	}
	t := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Ward hub authority"}},
		NotBefore:             a.now().Add(-clockSkew),
		NotAfter:              a.now().Add(AuthorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true, // signs no further authority
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	constrain(t, hosts)
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.key = key
	return writePair(a.path("ca.crt"), a.path("ca.key"), der, key)
}

// Pool is the pool that trusts this authority only.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

// DER is the certificate of the authority for download as .crt.
func (a *Authority) DER() []byte { return a.cert.Raw }

// PEM is the certificate of the authority for download as .pem.
func (a *Authority) PEM() []byte { return certPEM(a.cert.Raw) }

// Expires is when the authority ends.
func (a *Authority) Expires() time.Time { return a.cert.NotAfter }

func (a *Authority) path(name string) string { return filepath.Join(a.dir, name) }

// serial gives a random serial number of 127 bits (RFC 5280, section 4.1.2.2).
func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	b[0] &= 0x7f
	b[15] |= 1
	return new(big.Int).SetBytes(b)
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func keyPEM(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// readPair reads certificate and key; a key that others can read is refused.
func readPair(cert, key string) (tls.Certificate, error) {
	at, err := os.Stat(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	if exposed(at.Mode()) {
		return tls.Certificate{}, fmt.Errorf("%s: %w", key, ErrExposed)
	}
	return tls.LoadX509KeyPair(cert, key)
}
