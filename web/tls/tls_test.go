package tls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func authority(t *testing.T, dir string, now func() time.Time, hosts ...string) *Authority {
	t.Helper()
	a, err := OpenAuthority(dir, hosts, now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// get asks a server that uses the certificate source, as a browser that trusts
// only the pool.
func get(t *testing.T, c *tls.Config, pool *x509.CertPool, host string, max uint16) (*tls.ConnectionState, error) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", c)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(l)
	defer s.Close()
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: pool, ServerName: host, MaxVersion: max})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	state := conn.ConnectionState()
	return &state, nil
}

func TestBrowserTrustsOnlyOurHosts(t *testing.T) {
	a := authority(t, t.TempDir(), nil, "ward.hospital.example", "10.1.2.3")
	s, err := a.Server("ward.hospital.example", "10.1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		host string
		max  uint16
		ok   bool
	}{
		{"ward.hospital.example", 0, true},
		{"ward.hospital.example", tls.VersionTLS12, true},
		{"10.1.2.3", 0, true},
		{"other.hospital.example", 0, false},
		{"ward.hospital.example", tls.VersionTLS11, false},
	} {
		_, err := get(t, Config(s), a.Pool(), row.host, row.max)
		if (err == nil) != row.ok {
			t.Errorf("%s up to %x: %v", row.host, row.max, err)
		}
	}
	other := authority(t, t.TempDir(), nil, "ward.hospital.example")
	if _, err := get(t, Config(s), other.Pool(), "ward.hospital.example", 0); err == nil {
		t.Error("a certificate of another authority was believed")
	}
}

func TestAuthorityIsConstrained(t *testing.T) {
	a := authority(t, t.TempDir(), nil, "ward.hospital.example", "203.0.113.7")
	for host, want := range map[string]bool{
		"ward.hospital.example": true, "hub2.hospital.example": true, "localhost": true, "192.168.4.5": true, "fd00::1": true,
		"203.0.113.7": true, "203.0.113.8": false, "bank.example": false, "evilhospital.example": false, "8.8.8.8": false,
	} {
		_, err := a.Server(host)
		if (err == nil) != want {
			t.Errorf("%s: %v", host, err)
		}
		if !want && !errors.Is(err, ErrConstrained) {
			t.Errorf("%s: %v", host, err)
		}
	}
	// Even a certificate that was signed with the stolen key is not believed.
	tpl := a.template("bank.example")
	tpl.DNSNames = []string{"bank.example"}
	der, _, err := a.sign(tpl)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), DNSName: "bank.example"}); err == nil {
		t.Error("a certificate for a bank was believed")
	}
}

func TestRenewsWhileRunning(t *testing.T) {
	c := &clock{time.Now()}
	dir := t.TempDir()
	a := authority(t, dir, c.now, "ward.hospital.example")
	s, err := a.Server("ward.hospital.example")
	if err != nil {
		t.Fatal(err)
	}
	first, _ := s.GetCertificate(nil)
	if d := first.Leaf.NotAfter.Sub(first.Leaf.NotBefore); d > LeafLife {
		t.Errorf("lasts %v: browsers refuse it", d)
	}
	again, err := authority(t, dir, c.now).Server("ward.hospital.example")
	if err != nil {
		t.Fatal(err)
	}
	if kept, _ := again.GetCertificate(nil); !kept.Leaf.Equal(first.Leaf) {
		t.Error("a restart made a new certificate")
	}
	c.t = c.t.Add(LeafLife - renewBefore + 48*time.Hour)
	second, err := s.GetCertificate(nil)
	if err != nil || second.Leaf.Equal(first.Leaf) || !second.Leaf.NotAfter.After(first.Leaf.NotAfter) {
		t.Errorf("not renewed: %v", err)
	}
	c.t = time.Now().Add(AuthorityLife + time.Hour)
	if _, err := OpenAuthority(dir, nil, c.now); err == nil || !strings.Contains(err.Error(), "start again") {
		t.Errorf("an authority that ended: %v", err)
	}
}

func TestKeysAreOurs(t *testing.T) {
	dir := t.TempDir()
	a := authority(t, dir, nil, "ward.hospital.example")
	if _, err := a.Server("ward.hospital.example"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ca.key", "server.key"} {
		at, err := os.Stat(filepath.Join(dir, name))
		if err != nil || at.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, at.Mode(), err)
		}
	}
	if again := authority(t, dir, nil); again.Fingerprint() != a.Fingerprint() || again.Words() != a.Words() {
		t.Error("a restart made another authority")
	}
	if len(strings.Fields(a.Words())) != 8 || len(a.Fingerprint()) != 95 {
		t.Errorf("%q %q", a.Words(), a.Fingerprint())
	}
	if err := os.Chmod(filepath.Join(dir, "ca.key"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAuthority(dir, nil, nil); !errors.Is(err, ErrExposed) {
		t.Errorf("an exposed key: %v", err)
	}
}

func TestFilesAreReadAgain(t *testing.T) {
	c := &clock{time.Now()}
	dir := t.TempDir()
	a := authority(t, dir, c.now, "ward.hospital.example")
	if _, err := a.Server("ward.hospital.example"); err != nil {
		t.Fatal(err)
	}
	crt, key := filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	f, err := FromFiles(crt, key, c.now)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := f.GetCertificate(nil)
	if err := os.WriteFile(crt, []byte("no certificate"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Minute)
	if kept, _ := f.GetCertificate(nil); !kept.Leaf.Equal(first.Leaf) || f.Fault() == nil {
		t.Errorf("a bad file: fault %v", f.Fault())
	}
	der, k, err := a.server([]string{"ward.hospital.example"})
	if err != nil {
		t.Fatal(err)
	}
	if err := writePair(crt, key, der, k); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Minute)
	if now, _ := f.GetCertificate(nil); now.Leaf.Equal(first.Leaf) || f.Fault() != nil {
		t.Errorf("not read again: %v", f.Fault())
	}
	if _, err := get(t, Config(f), a.Pool(), "ward.hospital.example", 0); err != nil {
		t.Error(err)
	}
}

func TestNeeded(t *testing.T) {
	for listen, want := range map[string]bool{
		"localhost:80": false, "127.0.0.1:80": false, "[::1]:80": false, "127.8.8.8:1": false, "[::ffff:127.0.0.1]:80": false,
		":80": true, "0.0.0.0:80": true, "10.0.0.1:80": true, "localhost.evil.example:80": true, "[::]:80": true, "": true,
	} {
		if Needed(listen) != want {
			t.Errorf("%q: %v", listen, !want)
		}
	}
}

func TestSensorCertificateIsNoServer(t *testing.T) {
	a := authority(t, t.TempDir(), nil, "ward.hospital.example")
	cert, key, err := a.Client("tap-1")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err == nil {
		t.Error("a sensor may pose as a server")
	}
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Error(err)
	}
	if n := pair.Leaf.Subject; n.CommonName != "tap-1" || n.OrganizationalUnit[0] != SensorUnit {
		t.Error(n)
	}
}
