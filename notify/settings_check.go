package notify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	"ward/store"
)

// ErrSettings is wrapped by everything that Check refuses; the text after it
// says what to do.
var ErrSettings = errors.New("notify: settings")

func wrong(text string) error { return fmt.Errorf("%w: %s", ErrSettings, text) }

// Check refuses settings by which nothing could be sent.
func (v *Settings) Check() error {
	for _, check := range []func(*Settings) error{checkMail, checkWebhook, checkSyslog, checkTimes} {
		if err := check(v); err != nil {
			return err
		}
	}
	if v.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(v.CA)) {
		return wrong("The certificate of the authority is no PEM text. Paste it with its BEGIN and END lines.")
	}
	return nil
}

func checkMail(v *Settings) error {
	m := &v.Mail
	if m.Security != "starttls" && m.Security != "tls" && m.Security != "none" {
		return wrong("Choose how the mail server is reached: STARTTLS, TLS or unencrypted.")
	}
	if !m.Enabled {
		return nil
	}
	if !plainHost(m.Host) || m.Port < 1 || m.Port > 65535 {
		return wrong("Give name and port of the mail server, for example mail.example.org and 587.")
	}
	if _, err := mail.ParseAddress(m.From); err != nil || strings.ContainsAny(m.From, "\r\n") {
		return wrong("Give the address that messages come from, for example ward@example.org.")
	}
	if m.Security == "none" && m.User != "" {
		return wrong("A password is never sent unencrypted. Choose STARTTLS or TLS, or leave the user empty.")
	}
	return nil
}

func checkWebhook(v *Settings) error {
	w := &v.Webhook
	for _, a := range w.Allow {
		if _, err := netip.ParsePrefix(a); err != nil {
			return wrong("Write each allowed network as address/length, for example 10.20.0.0/16.")
		}
	}
	if w.Level == store.NoticeDigest || w.Level == "" {
		w.Level = store.NoticeToday
	}
	if !w.Enabled {
		return nil
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return wrong("Give the address of the webhook as https://..., without user and password.")
	}
	return nil
}

func checkSyslog(v *Settings) error {
	s := &v.Syslog
	if s.Network != "udp" && s.Network != "tcp" && s.Network != "tls" {
		return wrong("Choose how the syslog server is reached: TLS, TCP or UDP.")
	}
	if !s.Enabled {
		return nil
	}
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil || !plainHost(host) || port == "" {
		return wrong("Give the syslog server as name:port, for example siem.example.org:6514.")
	}
	return nil
}

func checkTimes(v *Settings) error {
	for _, r := range v.Roles {
		if (r.QuietFrom == "") != (r.QuietTo == "") {
			return wrong("Quiet hours need a beginning and an end, or neither.")
		}
		if r.QuietFrom == "" {
			continue
		}
		if _, ok := minuteOf(r.QuietFrom); !ok {
			return wrong("Write quiet hours as 22:00.")
		}
		if _, ok := minuteOf(r.QuietTo); !ok {
			return wrong("Write quiet hours as 22:00.")
		}
	}
	return nil
}

// plainHost tells whether a text can be a host name or an address.
func plainHost(host string) bool {
	return host != "" && len(host) <= 253 && !strings.ContainsAny(host, " /\\@\r\n\t\x00\"'<>")
}
