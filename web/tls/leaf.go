package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/netip"
	"time"
)

// SensorUnit is the organizational unit of certificates of sensors; the common
// name is the sensor's.
const SensorUnit = "sensor"

// Client makes a certificate for a sensor of that name, and its key, both as
// PEM. It can prove who a sensor is and cannot pose as a server.
func (a *Authority) Client(name string) (cert, key []byte, err error) {
	t := a.template(name)
	t.Subject.OrganizationalUnit = []string{SensorUnit}
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	der, k, err := a.sign(t)
	if err != nil {
		return nil, nil, err
	}
	key, err = keyPEM(k)
	return certPEM(der), key, err
}

// server makes a server certificate for host names and addresses.
func (a *Authority) server(hosts []string) (der []byte, key *ecdsa.PrivateKey, err error) {
	if len(hosts) == 0 {
		return nil, nil, fmt.Errorf("tls: no host name for the certificate: set the name the hub is reached by")
	}
	t := a.template(hosts[0])
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, h := range hosts {
		if !permits(a.cert, h) {
			return nil, nil, fmt.Errorf("%w: %q: move ca.crt and ca.key in %s away to make a new one, or give a certificate of your own",
				ErrConstrained, h, a.dir)
		}
		if addr, err := netip.ParseAddr(h); err == nil {
			t.IPAddresses = append(t.IPAddresses, addr.Unmap().AsSlice())
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	return a.sign(t)
}

// template is what all our leaf certificates have in common.
func (a *Authority) template(name string) *x509.Certificate {
	end := a.now().Add(LeafLife - clockSkew)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	return &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             a.now().Add(-clockSkew).Truncate(time.Second),
		NotAfter:              end,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
}

func (a *Authority) sign(t *x509.Certificate) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, key.Public(), a.key)
	return der, key, err
}
