package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ward/asset/device"
)

// Comment is a remark of a person on work, a device or a finding.
type Comment struct {
	ID      string    `json:"id"`
	Subject string    `json:"subject"` // "work:KEY", "device:ID", "finding:DEVICE CVE"
	By      string    `json:"by"`      // a person's ID
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
	Deleted bool      `json:"deleted,omitempty"` // the text is kept in the audit trail only
}

// maxComment bounds a remark, in bytes.
const maxComment = 10_000

// deviceSubject and findingSubject are subjects as they are stored: by number,
// so that they follow a device whose ID changes.
func deviceSubject(num int64) string { return "device:#" + strconv.FormatInt(num, 10) }

func findingSubject(num int64, vulnerability string) string {
	return "finding:#" + strconv.FormatInt(num, 10) + " " + vulnerability
}

// stored turns the subject of a comment into the one it is stored under.
func (s *Store) stored(ctx context.Context, subject string) (string, error) {
	kind, name, _ := strings.Cut(subject, ":")
	id, vulnerability := name, ""
	switch kind {
	case "work":
		return clean(subject), nil
	case "finding":
		i := strings.LastIndexByte(name, ' ')
		if i < 0 {
			return "", fmt.Errorf("%w: a finding is named by device and vulnerability", ErrRefused)
		}
		id, vulnerability = name[:i], name[i+1:]
	case "device":
	default:
		return "", fmt.Errorf("%w: a comment is on work, a device or a finding", ErrRefused)
	}
	num, err := s.number(ctx, device.ID(id))
	if err != nil {
		return "", err
	}
	if kind == "finding" {
		return findingSubject(num, clean(vulnerability)), nil
	}
	return deviceSubject(num), nil
}

// AddComment adds a remark.
func (s *Store) AddComment(ctx context.Context, subject, text string, by Actor) (Comment, error) {
	text = clean(strings.TrimSpace(text))
	c := Comment{ID: newID(), Subject: subject, By: by.ID, At: fromMicros(micros(s.Now())), Text: text}
	if text == "" || len(text) > maxComment {
		return c, fmt.Errorf("%w: a comment has 1 to %d letters", ErrRefused, maxComment)
	}
	at, err := s.stored(ctx, subject)
	if err != nil {
		return c, err
	}
	err = s.inTx(ctx, func(t *tx) error {
		if key, ok := strings.CutPrefix(subject, "work:"); ok {
			var n int
			if err := one(t.row("SELECT 1 FROM work WHERE key = ?", key), &n); err != nil {
				return err
			}
		}
		if _, err := t.exec("INSERT INTO comment (id, subject, author, at, body, deleted) VALUES (?, ?, ?, ?, ?, 0)", c.ID, at, c.By, micros(c.At), c.Text); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "comment.add", subject, text)
	})
	if err == nil {
		s.changed(TopicWorklist, subject)
	}
	return c, err
}

// RemoveComment hides one's own remark; the audit trail keeps the text.
func (s *Store) RemoveComment(ctx context.Context, id string, by Actor) error {
	err := s.inTx(ctx, func(t *tx) error {
		done, err := t.exec("UPDATE comment SET deleted = 1, body = '' WHERE id = ? AND author = ? AND deleted = 0", id, by.ID)
		if err := some(done, err); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "comment.remove", "comment:"+id, "")
	})
	if err == nil {
		s.changed(TopicWorklist, "")
	}
	return err
}

// Comments lists the remarks on a subject, the oldest first.
func (s *Store) Comments(ctx context.Context, subject string) ([]Comment, error) {
	at, err := s.stored(ctx, subject)
	if err != nil {
		return nil, err
	}
	return list(ctx, s, func(r *sql.Rows, c *Comment) error {
		c.Subject = subject
		return r.Scan(&c.ID, &c.By, stamp{&c.At}, &c.Text, &c.Deleted)
	}, "SELECT id, author, at, body, deleted <> 0 FROM comment WHERE subject = ? ORDER BY at, id", at)
}
