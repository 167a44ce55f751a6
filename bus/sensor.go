package bus

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	certs "ward/web/tls"
)

const hubUser = "hub"

// Bundle is what a new sensor needs. It holds a private key: hand it over once.
type Bundle struct {
	Sensor      string `json:"sensor"`
	URL         string `json:"url"`
	Authority   string `json:"authority"` // PEM, as the two below
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// Enrol makes the bundle of a sensor that reaches the hub by url
// (tls://host:port). An earlier bundle of the same name no longer works.
func (b *Bus) Enrol(name, url string) (Bundle, error) {
	if !sensorName.MatchString(name) {
		return Bundle{}, fmt.Errorf("%w: %q", ErrSensor, name)
	}
	if b.o.Authority == nil {
		return Bundle{}, errors.New("bus: it listens for no sensors: set its listen address first")
	}
	cert, key, err := b.o.Authority.Client(name)
	if err != nil {
		return Bundle{}, err
	}
	block, _ := pem.Decode(cert)
	if err := b.sensors.set(name, digest(block.Bytes)); err != nil {
		return Bundle{}, err
	}
	return Bundle{name, url, string(b.o.Authority.PEM()), string(cert), string(key)}, nil
}

// Revoke shuts a sensor out from its next connection on.
func (b *Bus) Revoke(name string) error { return b.sensors.set(name, "") }

func digest(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// sensors are the certificates that are good, by sensor.
type sensors struct {
	path string
	mu   sync.Mutex
	good map[string]string // guarded by mu: name to SHA-256 of the certificate
}

func readSensors(dir string) (*sensors, error) {
	s := &sensors{path: filepath.Join(dir, "sensors.json"), good: map[string]string{}}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	return s, json.Unmarshal(text, &s.good)
}

func (s *sensors) set(name, digest string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good[name] = digest; digest == "" {
		delete(s.good, name)
	}
	text, err := json.Marshal(s.good)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(s.path+".new", s.path)
}

// admission decides who may connect (server.Authentication).
type admission struct {
	secret  string
	sensors *sensors
}

// Check lets in the hub inside of the process and sensors that are enrolled.
func (a *admission) Check(c server.ClientAuthentication) bool {
	state := c.GetTLSConnectionState()
	if state == nil {
		o := c.GetOpts()
		return o.Username == hubUser && o.Password == a.secret
	}
	if c.Kind() != server.CLIENT || len(state.VerifiedChains) == 0 {
		return false
	}
	cert := state.PeerCertificates[0]
	name, unit := cert.Subject.CommonName, cert.Subject.OrganizationalUnit
	a.sensors.mu.Lock()
	good := a.sensors.good[name]
	a.sensors.mu.Unlock()
	if good == "" || good != digest(cert.Raw) || len(unit) != 1 || unit[0] != certs.SensorUnit {
		return false
	}
	c.RegisterUser(&server.User{Username: name, Permissions: &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{subject + name}},
		Subscribe: &server.SubjectPermission{Allow: []string{inbox(name) + ".>"}},
	}})
	return true
}

func inbox(sensor string) string { return "_INBOX_" + sensor }

// Publisher is a sensor's connection to the hub.
type Publisher struct {
	conn *nats.Conn
	js   jetstream.JetStream
}

// Connect connects a sensor.
func Connect(b Bundle) (*Publisher, error) {
	pair, err := tls.X509KeyPair([]byte(b.Certificate), []byte(b.Key))
	if err != nil {
		return nil, fmt.Errorf("bus: bundle of %s: %w", b.Sensor, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(b.Authority)) {
		return nil, fmt.Errorf("bus: bundle of %s holds no authority: enrol the sensor again", b.Sensor)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: pool, MinVersion: tls.VersionTLS13}
	conn, err := nats.Connect(b.URL, nats.Secure(c), nats.CustomInboxPrefix(inbox(b.Sensor)), nats.Name(b.Sensor), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("bus: reach the hub at %s: %w", b.URL, err)
	}
	js, err := jetstream.New(conn)
	return &Publisher{conn, js}, err
}

// Publish sends a batch; nil means the hub has it on disk.
func (p *Publisher) Publish(ctx context.Context, b *Batch) error { return publish(ctx, p.js, b) }

// Close ends the connection.
func (p *Publisher) Close() { p.conn.Close() }
