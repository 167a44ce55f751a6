package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Headers of a webhook. The signature is HMAC-SHA-256 (RFC 2104) over the
// timestamp, a dot and the body.
const (
	signatureHeader = "Ward-Signature" // "sha256=" and hex
	timestampHeader = "Ward-Timestamp" // seconds since 1970
	deliveryHeader  = "Ward-Delivery"  // the same on every try
)

// webhookSender posts messages as JSON.
type webhookSender struct {
	Webhook
	key []byte
	ca  string
	now func() time.Time
}

// payload is the body of a webhook.
type payload struct {
	ID string `json:"id"`
	Message
	Base string `json:"base,omitempty"` // links are below it
}

// Send posts one message. Every answer but 2xx is a failure; redirects are not
// followed.
func (s *webhookSender) Send(ctx context.Context, e *Envelope) error {
	body, err := json.Marshal(payload{e.ID, e.Message, e.Base})
	if err != nil {
		return err
	}
	guard, err := newGuard(s.Allow)
	if err != nil {
		return err
	}
	transport := &http.Transport{DialContext: guard.dialer().DialContext, TLSClientConfig: tlsConfig("", s.ca), DisableKeepAlives: true,
		TLSHandshakeTimeout: sendTime, MaxResponseHeaderBytes: 64 << 10}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: sendTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if r.URL.Scheme != "https" {
		return fmt.Errorf("%w: the webhook's address is not https", ErrPermanent)
	}
	at := strconv.FormatInt(s.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Ward")
	r.Header.Set(deliveryHeader, e.ID)
	r.Header.Set(timestampHeader, at)
	if len(s.key) > 0 {
		r.Header.Set(signatureHeader, "sha256="+sign(s.key, at, body))
	}
	answer, err := client.Do(r)
	if err != nil {
		if errors.Is(err, ErrInternal) {
			return fmt.Errorf("%w: %w", ErrPermanent, err)
		}
		return fmt.Errorf("notify: webhook: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("notify: webhook: the server answered %d", answer.StatusCode)
	}
	return nil
}

// sign makes the signature of a body.
func sign(key []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(timestamp))
	h.Write([]byte{'.'})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
