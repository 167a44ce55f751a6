// Package bus carries batches of sessions from sensors to the hub: an embedded
// NATS JetStream that syncs every batch to disk before it acknowledges it.
//
// Beyond the process it speaks TLS 1.3 with certificates on both sides. A sensor
// may publish to its own subject and hear the answers, nothing else.
package bus

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	certs "ward/web/tls"
)

// Bounds of what waits on disk.
const (
	maxWaiting   = 4 << 30 // bytes, all sensors
	maxPerSensor = 4096    // batches
	maxDead      = 256 << 20
	startWait    = 10 * time.Second
)

const (
	subject = "ward.sessions."
	dead    = "ward.dead."
)

// Options say where the bus keeps its data and where it listens.
type Options struct {
	Dir       string           // for the stream
	Listen    string           // host:port for sensors; empty: this process only
	Authority *certs.Authority // signs and checks sensors; needed with Listen
	Server    certs.Source     // the certificate sensors see; needed with Listen
}

// Bus is the embedded server and the hub's connection to it.
type Bus struct {
	o       Options
	server  *server.Server
	conn    *nats.Conn
	js      jetstream.JetStream
	hub     jetstream.Consumer
	stream  jetstream.Stream
	sensors *sensors
}

// Open starts the bus.
func Open(ctx context.Context, o Options) (*Bus, error) {
	if o.Listen != "" && (o.Authority == nil || o.Server == nil) {
		return nil, errors.New("bus: listening for sensors needs the hub's authority and certificate")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	b := &Bus{o: o}
	var err error
	if b.sensors, err = readSensors(o.Dir); err != nil {
		return nil, err
	}
	secret := rand.Text()
	if err = b.start(secret); err == nil {
		err = b.connect(ctx, secret)
	}
	if err != nil {
		b.Close()
		return nil, fmt.Errorf("bus: start in %s: %w", o.Dir, err)
	}
	return b, nil
}

// start starts the server.
func (b *Bus) start(secret string) error {
	o := &server.Options{
		ServerName: "ward", JetStream: true, StoreDir: b.o.Dir, SyncAlways: true,
		JetStreamMaxStore: maxWaiting + maxDead, JetStreamMaxMemory: 64 << 20,
		NoSigs: true, NoLog: true, DontListen: b.o.Listen == "", MaxPayload: MaxMessage + 4096,
		CustomClientAuthentication: &admission{secret: secret, sensors: b.sensors},
	}
	if b.o.Listen != "" {
		host, port, err := net.SplitHostPort(b.o.Listen)
		if err != nil {
			return err
		}
		if o.Port, err = strconv.Atoi(port); err != nil {
			return err
		}
		if o.Port == 0 {
			o.Port = server.RANDOM_PORT
		}
		o.Host, o.TLSConfig, o.TLSVerify, o.TLSTimeout = host, b.o.Authority.Mutual(b.o.Server), true, 5
	}
	var err error
	if b.server, err = server.NewServer(o); err != nil {
		return err
	}
	b.server.Start()
	if !b.server.ReadyForConnections(startWait) {
		return errors.New("not ready in time: is the address in use, or the disk full?")
	}
	return nil
}

// connect connects the hub inside of the process and makes its streams.
func (b *Bus) connect(ctx context.Context, secret string) (err error) {
	b.conn, err = nats.Connect("", nats.InProcessServer(b.server), nats.UserInfo(hubUser, secret))
	if err != nil {
		return err
	}
	if b.js, err = jetstream.New(b.conn); err != nil {
		return err
	}
	b.stream, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "SESSIONS", Subjects: []string{subject + "*"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		MaxBytes: maxWaiting, MaxMsgsPerSubject: maxPerSensor, DiscardNewPerSubject: true, Duplicates: 10 * time.Minute,
	})
	if err != nil {
		return err
	}
	_, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "DEAD", Subjects: []string{dead + "*"}, Discard: jetstream.DiscardOld, MaxBytes: maxDead,
	})
	if err != nil {
		return err
	}
	b.hub, err = b.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: "hub", AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxDeliver: -1, MaxAckPending: 64,
	})
	return err
}

// Addr is where sensors reach the bus; nil when it does not listen.
func (b *Bus) Addr() net.Addr { return b.server.Addr() }

// Close stops the bus. What was acknowledged is on disk.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}

// Publish sends a batch from within the process; nil means it is on disk.
func (b *Bus) Publish(ctx context.Context, batch *Batch) error { return publish(ctx, b.js, batch) }

// publish waits until the batch is safe. The message id holds the content's
// digest, so that no sensor can use up the id of another's batch.
func publish(ctx context.Context, js jetstream.JetStream, batch *Batch) error {
	packed, err := encode(batch)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s %d %x", batch.Sensor, batch.Seq, sha256.Sum256(packed))
	if _, err := js.Publish(ctx, subject+batch.Sensor, packed, jetstream.WithMsgID(id)); err != nil {
		return fmt.Errorf("bus: batch %d of %s was not accepted, keep it and send it again: %w", batch.Seq, batch.Sensor, err)
	}
	return nil
}
