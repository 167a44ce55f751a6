package notify

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// mailServer is a real SMTP server on loopback.
type mailServer struct {
	mu     sync.Mutex
	got    []received // guarded by mu
	ways   []string   // of signing in
	refuse error      // for every recipient
	port   int
	ca     string
}

type received struct {
	from, to, user string
	encrypted      bool
	body           []byte
}

func newMailServer(t *testing.T, security string, ways ...string) *mailServer {
	t.Helper()
	m := &mailServer{ways: ways}
	cert, ca := certificate(t)
	m.ca = ca
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: m, conn: c}, nil
	}))
	s.Domain, s.MaxRecipients = "localhost", 1
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = l.Addr().(*net.TCPAddr).Port
	switch security {
	case "starttls":
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	case "tls":
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return m
}

// certificate gives one for 127.0.0.1 and the PEM text of its authority.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0], string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

type session struct {
	server *mailServer
	conn   *smtp.Conn
	mail   received
}

func (s *session) Reset()        { s.mail = received{user: s.mail.user} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return s.server.ways }

func (s *session) Auth(way string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != "ward" || password != "s3cret=" {
			return smtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}
	if way == "LOGIN" {
		return &login{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// login is the server's side of LOGIN.
type login struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *login) Next(answer []byte) ([]byte, bool, error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(answer))
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if len(s.server.ways) > 0 && s.mail.user == "" {
		return smtp.ErrAuthRequired
	}
	s.mail.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return s.server.refuse
}

func (s *session) Data(r io.Reader) error {
	var err error
	if s.mail.body, err = io.ReadAll(r); err != nil {
		return err
	}
	_, s.mail.encrypted = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.got = append(s.server.got, s.mail)
	return nil
}

func (m *mailServer) sender(security, user, password string) *mailSender {
	n := New(Deps{})
	return &mailSender{Mail: Mail{Host: "127.0.0.1", Port: m.port, Security: security, User: user, From: "Ward <ward@hospital.example>"}, password: password, ca: m.ca,
		say: n.Say, zone: time.UTC}
}

func envelope() *Envelope {
	return &Envelope{ID: "0123456789abcdef01234567", Base: "https://ward.example.org", To: people.Person{Name: "Änne Müller", Email: "anne@example.org"},
		Message: Message{Kind: "notice", Level: store.NoticeToday, At: noon, Sections: []Section{{Rule: FindingActNow, Title: "Act now", Cause: "KEV of 2026-11-20",
			Items: []Item{{Notice: "n1", Level: store.NoticeToday, Name: "pumpe-ü", Place: "ICU 2.01", Text: "CVE-2026-1: found", Link: "/devices/mac:00", Times: 1}}, More: 7}}}}
}

func TestMail(t *testing.T) {
	for _, x := range []struct {
		security, user, password string
		ways                     []string
		fails                    string
	}{
		{"starttls", "ward", "s3cret=", []string{"PLAIN"}, ""},
		{"starttls", "ward", "s3cret=", []string{"LOGIN"}, ""},
		{"tls", "ward", "s3cret=", []string{"PLAIN"}, ""},
		{"none", "", "", nil, ""},
		{"starttls", "ward", "wrong", []string{"PLAIN"}, "535"},
		{"starttls", "", "", []string{"PLAIN"}, "authenticate"},
		{"starttls", "ward", "s3cret=", []string{"EXTERNAL"}, "neither PLAIN nor LOGIN"},
	} {
		t.Run(x.security+strings.Join(x.ways, "")+x.fails, func(t *testing.T) {
			server := newMailServer(t, x.security, x.ways...)
			err := server.sender(x.security, x.user, x.password).Send(t.Context(), envelope())
			if x.fails != "" {
				if err == nil || !strings.Contains(err.Error(), x.fails) || len(server.got) != 0 {
					t.Fatalf("%v, %d received", err, len(server.got))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if g := server.got[0]; g.encrypted != (x.security != "none") || g.user != x.user || g.from != "ward@hospital.example" || g.to != "anne@example.org" {
				t.Errorf("%+v", g)
			}
		})
	}
}

// A server that does not encrypt, or whose certificate nobody vouches for, gets
// neither password nor message.
func TestMailRefusesWeakServers(t *testing.T) {
	plain := newMailServer(t, "none")
	if err := plain.sender("starttls", "", "").Send(t.Context(), envelope()); err == nil || len(plain.got) != 0 {
		t.Error("sent without STARTTLS:", err)
	}
	stranger := newMailServer(t, "starttls")
	s := stranger.sender("starttls", "", "")
	s.ca = ""
	if err := s.Send(t.Context(), envelope()); err == nil || len(stranger.got) != 0 {
		t.Error("sent to a server that nobody vouches for:", err)
	}
}

func TestMailText(t *testing.T) {
	server := newMailServer(t, "none")
	if err := server.sender("none", "", "").Send(t.Context(), envelope()); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(server.got[0].body))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Ward, today: Act now: pumpe-ü and 7 more" || m.Header.Get("Message-Id") != "<0123456789abcdef01234567@hospital.example>" ||
		m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%q %v %v", subject, m.Header, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || to[0].Name != "Änne Müller" || to[0].Address != "anne@example.org" {
		t.Errorf("%v %v", to, err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, kind := range []string{"text/plain; charset=utf-8", "text/html; charset=utf-8"} {
		p, err := parts.NextRawPart()
		if err != nil || p.Header.Get("Content-Type") != kind {
			t.Fatalf("%v %v", p, err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"pumpe-ü", "ICU 2.01", "CVE-2026-1: found", "https://ward.example.org/devices/mac:00", "7 more are not listed here.", "KEV of 2026-11-20", "2026-11-20 12:00"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q:\n%s", kind, want, text)
			}
		}
	}
}

// Texts from the wire cannot add headers, recipients or markup.
func TestMailInjection(t *testing.T) {
	evil := "x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>\u202egnp"
	server := newMailServer(t, "none")
	state := stateOf()
	v := open()
	v.Syslog.Enabled = true
	e := event(FindingActNow, 1, device.T0)
	e.Name, e.Place, e.Text, e.Cause = evil, evil, evil, evil
	_, deliveries := Decide(noon, v, state, []Event{e})
	for name, message := range map[string]Message{"decided": readMessage(t, deliveries[0]), "raw": {Kind: "notice", Level: store.NoticeToday, At: noon,
		Sections: []Section{{Rule: evil, Title: evil, Cause: evil, Items: []Item{{Name: evil, Place: evil, Text: evil, Link: "/x"}}}}}} {
		x := envelope()
		x.Message, x.To.Name = message, evil
		if err := server.sender("none", "", "").Send(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		body := server.got[len(server.got)-1].body
		m, err := mail.ReadMessage(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Header) != 8 || m.Header.Get("Bcc") != "" {
			t.Errorf("%s: headers %v", name, m.Header)
		}
		if _, html, _ := bytes.Cut(body, []byte("text/html")); bytes.Contains(html, []byte("<script>")) {
			t.Errorf("%s: markup of others:\n%s", name, html)
		}
	}
	x := envelope()
	x.To.Email = "a@example.org\r\nRCPT TO:<victim@example.org>"
	if err := server.sender("none", "", "").Send(t.Context(), x); !errors.Is(err, ErrPermanent) {
		t.Error("a forged address was taken:", err)
	}
}

func TestMailRefusedForGood(t *testing.T) {
	server := newMailServer(t, "none")
	for code, forGood := range map[int]bool{550: true, 451: false} {
		server.refuse = &smtp.SMTPError{Code: code, Message: "no"}
		if err := server.sender("none", "", "").Send(t.Context(), envelope()); err == nil || errors.Is(err, ErrPermanent) != forGood {
			t.Errorf("%d: %v", code, err)
		}
	}
}

// The whole way: settings, secret, a change, the real server.
func TestMailFromEndToEnd(t *testing.T) {
	server := newMailServer(t, "starttls", "PLAIN")
	h := newHub(t, "sqlite")
	h.Notify.Senders = nil
	v := open()
	v.Mail = Mail{Enabled: true, Host: "127.0.0.1", Port: server.port, Security: "starttls", User: "ward", From: "ward@example.org"}
	v.CA = server.ca
	h.must(Save(t.Context(), h.Store, v, store.Ward))
	h.must(h.Store.SetSecret(t.Context(), MailSecret, []byte("s3cret="), store.Ward))
	anna := h.person("anna", people.Analyst)
	h.Changes(t.Context(), "KEV", changes(0, 3))
	h.must(h.deliver(t.Context(), MailChannel))
	h.must(h.Test(t.Context(), MailChannel, anna))
	if len(server.got) != 2 || !bytes.Contains(server.got[0].body, []byte("Act now")) || !bytes.Contains(server.got[1].body, []byte("test message")) {
		t.Errorf("%d received", len(server.got))
	}
}
