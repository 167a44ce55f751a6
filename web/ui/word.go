package ui

import (
	"fmt"
	"reflect"
	"strings"

	"ward/asset/device"
)

// words give the English texts for stored values.
var words = map[string]string{
	"act_now": "act now", "next_window": "next change window", "schedule": "schedule", "track": "track",
	"open": "open", "doing": "in progress", "waiting": "waiting", "done": "done", "dismissed": "dismissed", "gone": "no longer needed",
	"proposed": "waiting for a second person", "in_force": "in force", "expired": "expired", "revoked": "undone", "refused": "refused",
	"affected": "affected", "not_affected": "not affected", "fixed": "fixed", "under_investigation": "under investigation",
	"possible": "possible", "likely": "likely", "confirmed": "confirmed",
	"receiving": "receiving", "queued": "queued", "reading": "reading", "failed": "failed", "undone": "taken back",
	"accept_risk": "risk accepted", "override_score": "score set by a person", "label": "label",
}

// tiers say what a tier means (devices.md section 2).
var tiers = map[device.TierName]string{
	device.T0: "patient attached: harm within minutes",
	device.T1: "alarms and continuous watching",
	device.T2: "time-critical diagnosis or supply",
	device.T3: "diagnosis and workflow",
	device.T4: "support",
}

func (f format) word(v any) string {
	s := text(v)
	if w, ok := words[s]; ok {
		return f.t(w)
	}
	return strings.ReplaceAll(s, "_", " ")
}

func (f format) bandWord(v any) string {
	if text(v) == "" {
		return f.t("no finding")
	}
	return f.word(v)
}

func (f format) stateWord(v any) string { return f.word(v) }

func (f format) tierWord(v any) string { return f.t(tiers[device.TierName(text(v))]) }

// kindWord is the label of a class of device.
func (f format) kindWord(v any) string {
	s := text(v)
	if s == "" {
		return f.t("unknown kind")
	}
	if k, ok := device.KindNamed(s); ok {
		return f.t(k.Label)
	}
	return s
}

// asText gives the text of a named string type, or of any value.
func asText(v any) string {
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return r.String()
	}
	return fmt.Sprint(v)
}

func toInt(v any) int64 {
	switch r := reflect.ValueOf(v); {
	case !r.IsValid():
		return 0
	case r.CanInt():
		return r.Int()
	case r.CanUint():
		return int64(r.Uint())
	case r.CanFloat():
		return int64(r.Float())
	}
	return 0
}
