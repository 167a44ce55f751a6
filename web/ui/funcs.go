package ui

import (
	"errors"
	"html/template"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ward/asset/device"
	"ward/vuln/remedy"
)

// funcs are the functions of the templates in one language.
func (u *UI) funcs(lang string) template.FuncMap {
	f := format{u: u, lang: lang, texts: u.texts[lang]}
	return template.FuncMap{
		"t": f.t, "tn": f.tn, "ago": f.ago, "until": f.until, "date": f.date, "day": f.day, "iso": iso,
		"bytes": f.bytes, "number": f.number, "percent": f.percent, "score": f.score, "decimal": f.decimal, "hours": f.hours,
		"bandword": f.bandWord, "tierword": f.tierWord, "kindword": f.kindWord, "actionword": f.actionWord, "stateword": f.stateWord,
		"asset": u.Asset, "devicelink": DeviceLink, "vulnlink": VulnerabilityLink, "advisorylink": AdvisoryLink, "worklink": WorkLink,
		"dict": dict, "list": list, "text": text, "join": strings.Join, "cut": cut, "add": func(a, b int) int { return a + b }, "minus": func(a, b float64) float64 { return a - b }, "mul": func(a, b int) int { return a * b },
		"times":    func(a, b float64) float64 { return a * b },
		"pageback": func(offset, limit int) string { return strconv.Itoa(max(0, offset-limit)) },
		"pagenext": func(offset, limit int) string { return strconv.Itoa(offset + limit) },
		"pageend":  func(offset, limit, total int) int { return min(offset+limit, total) },
	}
}

// DeviceLink is the address of a device's page.
func DeviceLink(id any) string { return "/devices/" + url.PathEscape(text(id)) }

// VulnerabilityLink is the address of a vulnerability's page.
func VulnerabilityLink(id any) string { return "/vulnerabilities/" + url.PathEscape(text(id)) }

// AdvisoryLink is the address of an advisory's page.
func AdvisoryLink(id any) string { return "/advisories/" + url.PathEscape(text(id)) }

// WorkLink is the address of a piece of work.
func WorkLink(key any) string { return "/work/" + url.PathEscape(text(key)) }

// text gives any of our string types as a string.
func text(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case device.ID:
		return string(s)
	case interface{ String() string }:
		return s.String()
	}
	return asText(v)
}

// cut shortens a text to at most n characters.
func cut(n int, s string) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

var errPairs = errors.New("ui: dict needs names and values in pairs")

// dict hands several values to a part: dict "name" value ...
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok || i+1 == len(pairs) {
			return nil, errPairs
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

func list(v ...any) []any { return v }

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// format shows values in one language.
type format struct {
	u     *UI
	lang  string
	texts texts
}

func (f format) t(key string, args ...any) string { return f.texts.say(key, args...) }

// tn chooses between one and many: tn .N "%d device" "%d devices".
func (f format) tn(n any, one, many string, more ...any) string {
	count := toInt(n)
	if count != 1 {
		one = many
	}
	return f.texts.say(strings.Replace(f.texts.say(one), "%d", "%s", 1), append([]any{f.number(count)}, more...)...)
}

// number groups digits by thousands, as the language does.
func (f format) number(n any) string {
	s := strconv.FormatInt(toInt(n), 10)
	sep := ","
	if f.lang == "de" {
		sep = "."
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

func (f format) decimal(places int, v float64) string {
	s := strconv.FormatFloat(v, 'f', places, 64)
	if f.lang == "de" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func (f format) score(v float64) string { return strconv.Itoa(int(math.Round(v))) }

// percent shows a share 0..1.
func (f format) percent(v float64) string {
	places := 0
	if v > 0 && v < 0.095 {
		places = 1
	}
	return f.decimal(places, v*100) + "\u00a0%"
}

// hours shows working time.
func (f format) hours(h float64) string {
	if h < 1 {
		return f.t("%d min", int(math.Ceil(h*60/5)*5))
	}
	return f.t("%s h", strings.TrimSuffix(strings.TrimSuffix(f.decimal(1, h), ".0"), ",0"))
}

// bytes shows an amount of data with a decimal unit.
func (f format) bytes(n any) string {
	v, unit := float64(toInt(n)), 0
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	for v >= 999.5 && unit < len(units)-1 {
		v, unit = v/1000, unit+1
	}
	places := 0
	if unit > 0 && v < 9.95 {
		places = 1
	}
	return f.decimal(places, v) + "\u00a0" + units[unit]
}

func (f format) actionWord(k remedy.Kind) string { return f.t(k.Words()) }
