package store

import (
	"time"

	"ward/asset/device"
)

// NoticeLevel says how much a notice may interrupt (safety.md SR-50).
type NoticeLevel string

// The only three levels, the least first.
const (
	NoticeDigest NoticeLevel = "digest" // in the daily digest
	NoticeToday  NoticeLevel = "today"  // a message within the shift
	NoticePage   NoticeLevel = "page"   // a message now, also at night
)

// Order compares levels: the higher, the more it interrupts.
func (l NoticeLevel) Order() int {
	switch l {
	case NoticePage:
		return 2
	case NoticeToday:
		return 1
	}
	return 0
}

// NoticeKey is what a notice is about: the same cause within 24 hours is the
// same notice (SR-52).
type NoticeKey struct {
	Subject string // a device's ID, else "feed:kev", "tap:...", "import:..."
	Rule    string
}

// Notice is one thing worth telling.
type Notice struct {
	ID         string      `json:"id"`
	Rule       string      `json:"rule"`
	Subject    string      `json:"subject"`
	Device     device.ID   `json:"device,omitempty"`
	Department string      `json:"department,omitempty"` // of the device
	Level      NoticeLevel `json:"level"`
	Weight     int         `json:"weight"` // orders notices, the highest first
	Batch      string      `json:"batch"`  // notices of one rule and cause that are told together
	Name       string      `json:"name"`   // of the device or feed
	Place      string      `json:"place,omitempty"`
	Text       string      `json:"text"`
	Cause      string      `json:"cause"`
	Link       string      `json:"link"` // path on the hub
	Times      int         `json:"times"`
	First      time.Time   `json:"first"`
	Last       time.Time   `json:"last"`
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

// States of a delivery.
const (
	DeliveryQueued  DeliveryState = "queued"
	DeliverySent    DeliveryState = "sent"
	DeliveryFailed  DeliveryState = "failed"  // given up; a person may try again
	DeliveryDropped DeliveryState = "dropped" // nobody is there to get it any more
)

// Delivery is one message to one recipient by one channel: a line of the outbox.
type Delivery struct {
	ID         string        `json:"id"`
	Channel    string        `json:"channel"`   // mail, webhook, syslog
	Recipient  string        `json:"recipient"` // a person's ID for mail, else the channel's name
	Kind       string        `json:"kind"`      // notice, digest, test
	Level      NoticeLevel   `json:"level"`
	Interrupts bool          `json:"interrupts"` // counts against the budget
	Batch      string        `json:"batch,omitempty"`
	Document   string        `json:"-"` // JSON of the message
	Made       time.Time     `json:"made"`
	Due        time.Time     `json:"due"`  // not before, for quiet hours
	Next       time.Time     `json:"next"` // next try
	Sent       time.Time     `json:"sent,omitzero"`
	Tries      int           `json:"tries"`
	State      DeliveryState `json:"state"`
	Error      string        `json:"error,omitempty"`
}

// Interrupt is a delivery that counts against a budget.
type Interrupt struct {
	Due   time.Time
	Level NoticeLevel
}

// Precision is how useful the last notices of a rule were found.
type Precision struct {
	Rule   string `json:"rule"`
	Judged int    `json:"judged"`
	Useful int    `json:"useful"`
}

// NoticeMemory is what the store knows when notices are decided upon.
type NoticeMemory struct {
	Recent     map[NoticeKey]Notice   // of the window, by what they are about
	Interrupts map[string][]Interrupt // by recipient, of the last 48 hours
	Precision  map[string]Precision   // by rule
}
