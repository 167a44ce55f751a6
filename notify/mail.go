package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mailSender hands messages to a mail server (RFC 5321), with STARTTLS
// (RFC 3207) or TLS from the start (RFC 8314).
type mailSender struct {
	Mail
	password string
	ca       string
	say      func(language, text string, args ...any) string
	zone     *time.Location
}

// Send delivers one message. The server is never believed without a valid
// certificate, and gets no password without TLS.
func (m *mailSender) Send(ctx context.Context, e *Envelope) error {
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return fmt.Errorf("notify: the sender's address %q: %w", m.From, err)
	}
	if bad(e.To.Email) {
		return fmt.Errorf("%w: the address of %s is no e-mail address", ErrPermanent, line(e.To.Name, maxName))
	}
	body, err := m.write(e, from)
	if err != nil {
		return err
	}
	c, err := m.dial(ctx)
	if err != nil {
		return fmt.Errorf("notify: mail server %s: %w", m.Host, err)
	}
	defer c.Close()
	if err := m.hand(c, from.Address, e.To.Email, body); err != nil {
		if permanent(err) {
			err = errors.Join(ErrPermanent, err)
		}
		return fmt.Errorf("notify: mail server %s: %w", m.Host, err)
	}
	return nil
}

// bad tells whether a text cannot be one address.
func bad(address string) bool {
	a, err := mail.ParseAddress(address)
	return err != nil || a.Address != address
}

func (m *mailSender) dial(ctx context.Context) (*smtp.Client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(m.Host, strconv.Itoa(m.Port)))
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	config := tlsConfig(m.Host, m.ca)
	if m.Security == "tls" {
		conn = tls.Client(conn, config)
	}
	c, err := smtp.NewClient(conn, m.Host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if m.Security == "starttls" {
		err = c.StartTLS(config)
	}
	if err == nil && m.User != "" {
		err = m.authenticate(c)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// tlsConfig checks the server's name against the authorities of the machine and
// those of the settings.
func tlsConfig(host, ca string) *tls.Config {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if ca == "" {
		return c
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM([]byte(ca))
	c.RootCAs = pool
	return c
}

var errNoAuth = errors.New("it offers neither PLAIN nor LOGIN: leave user and password empty, or let the server offer one of them")

func (m *mailSender) authenticate(c *smtp.Client) error {
	_, offered := c.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	switch {
	case slices.Contains(ways, "PLAIN"):
		return c.Auth(smtp.PlainAuth("", m.User, m.password, m.Host))
	case slices.Contains(ways, "LOGIN"):
		return c.Auth(&loginAuth{m.User, m.password})
	}
	return errNoAuth
}

// loginAuth is the way LOGIN, which some servers offer alone.
type loginAuth struct{ user, password string }

var errNotEncrypted = errors.New("the connection is not encrypted: no password is sent")

// Start begins the exchange (net/smtp.Auth).
func (a *loginAuth) Start(s *smtp.ServerInfo) (string, []byte, error) {
	if !s.TLS {
		return "", nil, errNotEncrypted
	}
	return "LOGIN", nil, nil
}

// Next answers the server's questions (net/smtp.Auth).
func (a *loginAuth) Next(question []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	switch q := strings.ToLower(string(question)); {
	case strings.HasPrefix(q, "user"):
		return []byte(a.user), nil
	case strings.HasPrefix(q, "pass"):
		return []byte(a.password), nil
	}
	return nil, errNoAuth
}

// hand gives the message to the server.
func (m *mailSender) hand(c *smtp.Client, from, to string, body []byte) error {
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	c.Quit() // it has the message: how it says good-bye does not matter
	return nil
}
