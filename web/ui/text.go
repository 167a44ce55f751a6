package ui

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"ward/people"
)

// Languages that Ward speaks. English texts are the keys of the catalogue; the
// folder of a language's name holds the others as {"English": "..."}, one file
// for each part of the pages.
var Languages = []string{"en", "de"}

// texts is the catalogue of one language.
type texts map[string]string

func readTexts(files fs.FS) (map[string]texts, error) {
	out := map[string]texts{"en": {}}
	for _, lang := range Languages[1:] {
		out[lang] = texts{}
		names, err := fs.Glob(files, lang+"/*.json")
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if err := readCatalogue(files, n, out[lang]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func readCatalogue(files fs.FS, name string, into texts) error {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var part texts
	if err := json.Unmarshal(b, &part); err != nil {
		return fmt.Errorf("ui: %s: %w", path.Base(name), err)
	}
	for k, v := range part {
		if have, ok := into[k]; ok && have != v {
			return fmt.Errorf("ui: %s: %q has two translations, %q and %q", path.Base(name), k, have, v)
		}
		into[k] = v
	}
	return nil
}

// say translates a text and fills in its arguments.
func (t texts) say(key string, args ...any) string {
	text, ok := t[key]
	if !ok || text == "" {
		text = key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// T translates a text for the person behind a request.
func (u *UI) T(r *http.Request, key string, args ...any) string {
	return u.texts[Language(r)].say(key, args...)
}

// TextIn translates a text into a language, e.g. of a notification.
func (u *UI) TextIn(lang, key string, args ...any) string { return u.texts[lang].say(key, args...) }

// Language chooses the language of an answer: the person's own, the cookie's,
// what the browser asks for (RFC 9110 section 12.5.4, by order), English.
func Language(r *http.Request) string {
	if w := people.FromContext(r.Context()); w != nil && known(w.Person.Language) {
		return w.Person.Language
	}
	if c, err := r.Cookie(LanguageCookie); err == nil && known(c.Value) {
		return c.Value
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		if known(tag) {
			return tag
		}
	}
	return Languages[0]
}

func known(lang string) bool {
	for _, l := range Languages {
		if l == lang {
			return true
		}
	}
	return false
}
