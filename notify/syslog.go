package notify

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// syslogSender writes each notice as one event: CEF in a syslog message
// (RFC 5424), over UDP (RFC 5426), or over TCP and TLS with octet counting
// (RFC 6587, RFC 5425).
type syslogSender struct {
	Syslog
	ca      string
	version string
}

// maxDatagram is how long a message may be over UDP so that a receiver should
// take it (RFC 5426 section 3.2).
const maxDatagram = 2048

// Send writes all events of a message on one connection.
func (s *syslogSender) Send(ctx context.Context, e *Envelope) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("notify: syslog server: %w", err)
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return err
		}
	}
	for _, event := range s.events(e) {
		frame := []byte(event)
		if s.Network == "udp" {
			frame = []byte(strings.ToValidUTF8(event[:min(len(event), maxDatagram)], ""))
		} else {
			frame = append([]byte(strconv.Itoa(len(event))+" "), frame...)
		}
		if _, err := conn.Write(frame); err != nil {
			return fmt.Errorf("notify: syslog server: %w", err)
		}
	}
	return nil
}

func (s *syslogSender) dial(ctx context.Context) (net.Conn, error) {
	if s.Network != "tls" {
		return new(net.Dialer).DialContext(ctx, s.Network, s.Address)
	}
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, err
	}
	return (&tls.Dialer{Config: tlsConfig(host, s.ca)}).DialContext(ctx, "tcp", s.Address)
}

// events gives one syslog message for each item, and one that says how many are
// not listed.
func (s *syslogSender) events(e *Envelope) []string {
	var out []string
	for _, section := range e.Message.Sections {
		for i := range section.Items {
			out = append(out, s.frame(e, section.Rule, cef(s.version, &section, &section.Items[i], e)))
		}
		if section.More > 0 {
			more := Item{Notice: e.ID, Level: e.Message.Level, Name: "Ward", Text: strconv.Itoa(section.More) + " more of the same cause, see Ward", Link: "/notifications", Times: section.More}
			out = append(out, s.frame(e, section.Rule, cef(s.version, &section, &more, e)))
		}
	}
	return out
}

const (
	// facility is "log audit" (RFC 5424 table 1).
	facility = 13
	// stampLayout is the time with at most six digits of a second (section 6.2.3).
	stampLayout = "2006-01-02T15:04:05.000000Z07:00"
)

// frame puts the header of RFC 5424 before an event. There is no byte order mark
// before CEF: collectors look for "CEF:" at the beginning (MSG-ANY, section 6.4).
func (s *syslogSender) frame(e *Envelope, rule, event string) string {
	severity := 6 // informational
	switch e.Message.Level.Order() {
	case 2:
		severity = 2 // critical
	case 1:
		severity = 4 // warning
	}
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	return fmt.Sprintf("<%d>1 %s %s ward - %s - %s", facility*8+severity, e.Message.At.UTC().Format(stampLayout), printable(host, 255), printable(rule, 32), event)
}

// printable keeps what a header field may hold: visible ASCII; "-" for nothing.
func printable(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r < 33 || r > 126 {
			return -1
		}
		return r
	}, text)
	if text == "" {
		return "-"
	}
	return text[:min(len(text), limit)]
}
