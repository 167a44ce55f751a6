package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// lookAgain is how often certificate files are looked at for a change.
const lookAgain = 10 * time.Second

// Files is a certificate the site gave as files. They are read again when they
// change; where the new ones cannot be used the old certificate serves on.
type Files struct {
	cert, key string
	now       func() time.Time

	mu     sync.Mutex
	held   tls.Certificate // guarded by mu, as all below
	stamp  string          // of the files that are held or were refused
	looked time.Time
	fault  error
}

// FromFiles reads certificate (with its chain) and key. now is the clock,
// time.Now when nil.
func FromFiles(cert, key string, now func() time.Time) (*Files, error) {
	if now == nil {
		now = time.Now
	}
	f := &Files{cert: cert, key: key, now: now, looked: now()}
	f.stamp = f.stampOf()
	var err error
	if f.held, err = f.read(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Files) read() (tls.Certificate, error) {
	c, err := readPair(f.cert, f.key)
	if err != nil {
		return c, fmt.Errorf("tls: certificate files %s and %s: %w", f.cert, f.key, err)
	}
	if f.now().After(c.Leaf.NotAfter) {
		return c, fmt.Errorf("tls: the certificate in %s ended on %s: give a newer one", f.cert, c.Leaf.NotAfter.Format(time.DateOnly))
	}
	return c, nil
}

// GetCertificate gives the newest certificate that could be read
// (crypto/tls.Config).
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.looked) >= lookAgain {
		f.looked = now
		if s := f.stampOf(); s != f.stamp {
			f.reload(s)
		}
	}
	c := f.held
	return &c, nil
}

func (f *Files) reload(stamp string) {
	c, err := f.read()
	if f.fault = err; err == nil {
		f.held = c
	}
	f.stamp = stamp
}

// Fault says why newer files could not be used; nil when all is well. The status
// page shows it.
func (f *Files) Fault() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fault
}

// Expires is when the certificate that is held ends.
func (f *Files) Expires() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held.Leaf.NotAfter
}

// stampOf changes when a file does.
func (f *Files) stampOf() string {
	var b bytes.Buffer
	for _, name := range []string{f.cert, f.key} {
		if at, err := os.Stat(name); err == nil {
			fmt.Fprintln(&b, at.Size(), at.ModTime().UnixNano())
		}
	}
	return b.String()
}

// exposed tells whether others may read a file. Windows has no such bits.
func exposed(m os.FileMode) bool { return runtime.GOOS != "windows" && m.Perm()&0o077 != 0 }

// writePair keeps a certificate and its key, the key first.
func writePair(cert, key string, der []byte, k *ecdsa.PrivateKey) error {
	text, err := keyPEM(k)
	if err != nil {
		return err
	}
	if err := writeFile(key, text, 0o600); err != nil {
		return err
	}
	return writeFile(cert, certPEM(der), 0o644)
}

// writeFile replaces a file as a whole: after a crash it is the old or the new.
func writeFile(name string, b []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
