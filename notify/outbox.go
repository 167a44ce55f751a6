package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/textproto"
	"time"

	"ward/people"
	"ward/store"
)

// Envelope is one message on its way.
type Envelope struct {
	ID      string // of the delivery: the same on every try
	Message Message
	To      people.Person // for mail
	Base    string        // address of the hub, for links
}

// Sender brings messages out by one channel.
type Sender interface {
	Send(ctx context.Context, e *Envelope) error
}

// ErrPermanent is wrapped by failures that no later try can mend.
var ErrPermanent = errors.New("notify: refused for good")

const (
	// sendTime bounds one try.
	sendTime = 30 * time.Second
	// atOnce is how many deliveries are read from the outbox together.
	atOnce = 50
	// maxTries is when a delivery is given up: after some 20 hours.
	maxTries  = 24
	firstWait = time.Minute
	longWait  = time.Hour
)

// wait is how long a delivery rests after its n-th failure.
func wait(n int) time.Duration {
	if n > 6 {
		return longWait
	}
	return min(firstWait<<max(n-1, 0), longWait)
}

// deliver sends what a channel has to send now, one after the other.
func (n *Notify) deliver(ctx context.Context, channel string) error {
	for {
		due, err := n.Store.DueDeliveries(ctx, channel, n.Store.Now(), atOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, d := range due {
			if err := n.try(ctx, d); err != nil {
				return err
			}
		}
	}
}

// try sends one delivery and notes what came of it. Its error is one of the
// store: what the channel said lies with the delivery.
func (n *Notify) try(ctx context.Context, d store.Delivery) error {
	failed := n.send(ctx, &d)
	if ctx.Err() != nil {
		return ctx.Err() // the next start tries again
	}
	now := n.Store.Now()
	d.Tries++
	switch {
	case failed == nil:
		d.State, d.Sent, d.Error = store.DeliverySent, now, ""
	case errors.Is(failed, errNobody):
		d.State, d.Error = store.DeliveryDropped, failed.Error()
	case errors.Is(failed, ErrPermanent), d.Tries >= maxTries:
		d.State, d.Error = store.DeliveryFailed, failed.Error()
	default:
		d.Next, d.Error = now.Add(wait(d.Tries)), failed.Error()
	}
	if failed != nil {
		n.Log.Warn("delivery failed", "channel", d.Channel, "delivery", d.ID, "tries", d.Tries, "err", failed)
	}
	return n.Store.Delivered(ctx, d)
}

// errNobody says that a message has no reader any more.
var errNobody = errors.New("notify: the person or channel was switched off")

func (n *Notify) send(ctx context.Context, d *store.Delivery) error {
	e := &Envelope{ID: d.ID, Base: n.Base}
	if err := json.Unmarshal([]byte(d.Document), &e.Message); err != nil {
		return fmt.Errorf("%w: %w", ErrPermanent, err)
	}
	settings, err := Load(ctx, n.Store)
	if err != nil {
		return err
	}
	if d.Channel == MailChannel {
		e.To, err = n.Store.Person(ctx, d.Recipient)
		if errors.Is(err, store.ErrNotFound) || err == nil && (e.To.Disabled || e.To.Email == "") {
			return errNobody
		}
		if err != nil {
			return err
		}
	}
	s, err := n.sender(ctx, d.Channel, &settings)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, sendTime)
	defer stop()
	return s.Send(ctx, e)
}

// sender gives what sends by a channel as it is set now.
func (n *Notify) sender(ctx context.Context, channel string, v *Settings) (Sender, error) {
	if s := n.Senders[channel]; s != nil {
		return s, nil
	}
	secret := func(name string) ([]byte, error) {
		b, err := n.Store.Secret(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		return b, err
	}
	switch {
	case channel == MailChannel && v.Mail.Enabled:
		password, err := secret(MailSecret)
		return &mailSender{Mail: v.Mail, password: string(password), ca: v.CA, say: n.Say, zone: n.Zone}, err
	case channel == WebhookChannel && v.Webhook.Enabled:
		key, err := secret(WebhookSecret)
		return &webhookSender{Webhook: v.Webhook, key: key, ca: v.CA, now: n.Store.Now}, err
	case channel == SyslogChannel && v.Syslog.Enabled:
		return &syslogSender{Syslog: v.Syslog, ca: v.CA, version: n.Version}, nil
	}
	return nil, errNobody
}

// Test sends a test message at once, past the outbox: to the person by mail,
// else to the channel. Its error says what the other side did not like.
func (n *Notify) Test(ctx context.Context, channel string, to people.Person) error {
	settings, err := Load(ctx, n.Store)
	if err != nil {
		return err
	}
	s, err := n.sender(ctx, channel, &settings)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, sendTime)
	defer stop()
	now := n.Store.Now()
	return s.Send(ctx, &Envelope{ID: digest("test", channel, to.ID, now.String()), To: to, Base: n.Base, Message: Message{Kind: "test", Level: store.NoticeDigest, At: now,
		Sections: []Section{{Rule: "test", Title: "Test message", Items: []Item{{Level: store.NoticeDigest, Name: "Ward", Text: "If you read this, messages of Ward reach you.", Link: "/settings/notifications", Times: 1}}}}}})
}

// permanent tells whether a mail server said that it will never take the message.
func permanent(err error) bool {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code {
	case 550, 551, 552, 553, 554, 556:
		return true
	}
	return false
}
