package notify

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	texttemplate "text/template"
	"time"

	"ward/store"
)

//go:embed mail.html
var mailHTML string

//go:embed mail.txt
var mailText string

// letter is what the templates get.
type letter struct {
	*Message
	Base, Subject, Settings string
	language                string
	say                     func(language, text string, args ...any) string
	zone                    *time.Location
}

// T translates a text into the reader's language.
func (l *letter) T(text string, args ...any) string { return l.say(l.language, text, args...) }

// When shows the time of the message.
func (l *letter) When() string { return l.At.In(l.zone).Format("2006-01-02 15:04") }

// URL gives the whole address of a path on the hub; without a known address
// there is no link.
func (l *letter) URL(path string) string {
	if l.Base == "" || !strings.HasPrefix(path, "/") {
		return ""
	}
	return l.Base + path
}

// LevelWord names a level.
func LevelWord(level store.NoticeLevel) string {
	switch level {
	case store.NoticePage:
		return "page now"
	case store.NoticeToday:
		return "today"
	}
	return "digest"
}

// Level names the level of the message.
func (l *letter) LevelWord() string { return l.T(LevelWord(l.Message.Level)) }

func (l *letter) subject() string {
	switch {
	case l.Kind == "digest":
		return l.T("Ward: daily digest, %d new", l.count())
	case l.Kind == "test" || len(l.Sections) == 0 || len(l.Sections[0].Items) == 0:
		return l.T("Ward: test message")
	}
	s := &l.Sections[0]
	what := s.Items[0].Name
	if n := l.count(); n > 1 {
		what = l.T("%s and %d more", what, n-1)
	}
	return fmt.Sprintf("Ward, %s: %s: %s", l.LevelWord(), l.T(s.Title), what)
}

// write makes the whole message (RFC 5322, RFC 2046): plain text and the same in
// HTML, without anything to load.
func (m *mailSender) write(e *Envelope, from *mail.Address) ([]byte, error) {
	l := &letter{Message: &e.Message, Base: e.Base, language: e.To.Language, say: m.say, zone: m.zone}
	l.Subject = l.subject()
	l.Settings = l.URL("/notifications")
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	if err := parts.SetBoundary("ward-" + e.ID); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	for _, h := range [][2]string{
		{"From", from.String()}, {"To", (&mail.Address{Name: line(e.To.Name, maxName), Address: e.To.Email}).String()},
		{"Subject", mime.QEncoding.Encode("utf-8", line(l.Subject, 200))}, {"Date", e.Message.At.Format(time.RFC1123Z)},
		{"Message-ID", "<" + e.ID + "@" + domain + ">"}, {"Auto-Submitted", "auto-generated"}, {"MIME-Version", "1.0"},
		{"Content-Type", `multipart/alternative; boundary="` + parts.Boundary() + `"`},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	text, err := texttemplate.New("text").Parse(mailText)
	if err != nil {
		return nil, err
	}
	page, err := template.New("html").Parse(mailHTML)
	if err != nil {
		return nil, err
	}
	var plain, rich bytes.Buffer
	if err := text.Execute(&plain, l); err != nil {
		return nil, err
	}
	if err := page.Execute(&rich, l); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		kind string
		body []byte
	}{{"text/plain", plain.Bytes()}, {"text/html", rich.Bytes()}} {
		if err := part(parts, p.kind, p.body); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil { // writes the last boundary
		return nil, err
	}
	return b.Bytes(), nil
}

func part(parts *multipart.Writer, kind string, body []byte) error {
	w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
	if err != nil {
		return err
	}
	q := quotedprintable.NewWriter(w)
	if _, err := q.Write(body); err != nil {
		return err
	}
	return q.Close()
}
