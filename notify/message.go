package notify

import (
	"net/url"
	"time"

	"ward/asset/device"
	"ward/store"
)

// Message is what goes to one recipient; each channel writes it its own way.
type Message struct {
	Kind     string            `json:"kind"` // notice, digest, test
	Level    store.NoticeLevel `json:"level"`
	At       time.Time         `json:"at"`
	Sections []Section         `json:"sections"`
}

// Section is what one rule has to tell.
type Section struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	Cause string `json:"cause,omitempty"`
	Items []Item `json:"items"`
	More  int    `json:"more,omitempty"` // not listed: "n more"
}

// Item is one notice in a message.
type Item struct {
	Notice string            `json:"notice"`
	Level  store.NoticeLevel `json:"level"`
	Name   string            `json:"name"`
	Place  string            `json:"place,omitempty"`
	Text   string            `json:"text"`
	Cause  string            `json:"cause,omitempty"`
	Link   string            `json:"link"` // path on the hub
	Times  int               `json:"times"`
}

// Bounds of what a message lists; the rest is "n more".
const (
	maxItems       = 10
	maxSyslogItems = 200
)

// message is about one batch, of which the first notices are listed.
func message(level store.NoticeLevel, rule Rule, notices []*store.Notice, limit int) Message {
	s := Section{Rule: rule.Name, Title: rule.Title, Cause: notices[0].Cause, More: max(0, len(notices)-limit)}
	for _, n := range notices[:min(limit, len(notices))] {
		s.Items = append(s.Items, itemOf(n))
	}
	return Message{Kind: "notice", Level: level, Sections: []Section{s}}
}

func itemOf(n *store.Notice) Item {
	return Item{Notice: n.ID, Level: n.Level, Name: n.Name, Place: n.Place, Text: n.Text, Cause: n.Cause, Link: n.Link, Times: n.Times}
}

// count is how many notices a message is about.
func (m *Message) count() (n int) {
	for _, s := range m.Sections {
		n += len(s.Items) + s.More
	}
	return n
}

func devicePath(id device.ID) string { return "/devices/" + url.PathEscape(string(id)) }
