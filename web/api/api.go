// Package api turns requests of programs into answers of the store: JSON over
// HTTP below /api/v1, described by the OpenAPI 3.1 document that it serves. Its
// nouns are those of the store and of `ward analyze`: there is no second set of
// types. Errors are problem details (RFC 9457) with a hint what to do.
//
// It refuses what the roles of the person, the scope of the token or the
// departments do not reach, and more requests than a token may send.
package api

import (
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ward/intake"
	"ward/people"
	"ward/store"
	"ward/triage"
	"ward/wire/packet"
)

// Prefix is where the API stands. A later version gets another one.
const Prefix = "/api/v1"

// DefaultPerMinute is how many requests a token, or a person in a browser, may
// send in a minute; half of them at once [E].
const DefaultPerMinute = 600

// Deps are what the API works with. Who asks stands in the context of the
// request (people.FromContext).
type Deps struct {
	Store  *store.Store
	Intake *intake.Intake // nil: uploads are answered with 503
	Triage *triage.Triage // nil: no gaps, no explanations
	// UpdateFeeds starts an update of the named feeds (none: all that are
	// switched on) and returns at once; nil: answered with 503.
	UpdateFeeds func(names ...string) error
	// Decided is called after a decision changed, so that its devices are
	// weighed anew; may be nil.
	Decided func(store.Decision)
	Version string // of the program
	Log     *slog.Logger
	// PerMinute bounds the requests of one token; 0: DefaultPerMinute.
	PerMinute int
}

// service answers the operations. It is safe for concurrent use.
type service struct {
	Deps
	api     huma.API
	limiter *people.Limiter
	streams chan struct{} // places for event streams
}

// New gives the handler of everything below /api/.
func New(d Deps) http.Handler {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.PerMinute == 0 {
		d.PerMinute = DefaultPerMinute
	}
	s := &service{Deps: d, limiter: people.NewLimiter(d.PerMinute, max(1, d.PerMinute/2)), streams: make(chan struct{}, maxStreams)}
	mux := http.NewServeMux()
	s.api = humago.NewWithPrefix(mux, Prefix, settings(d.Version))
	for _, add := range []func(*service){devices, traffic, labels, findings, vulnerabilities, advisories, works, comments, decisions, changes,
		imports, uploads, feeds, audits, hub, events, tables, inventories, statements} {
		add(s)
	}
	s.describe(mux)
	return mux
}

// settings are those of huma: its own pages load scripts from elsewhere and are
// off, queries with a word that no operation knows are refused.
func settings(version string) huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	registry.RegisterTypeAlias(reflect.TypeFor[packet.MAC](), reflect.TypeFor[string]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Ward", Version: version, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
				Description: "What the hub knows about the connected medical devices of a hospital, and what is to be done about them."},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: "An API token of a person (page Account), with its scope."},
				"session": {Type: "apiKey", In: "cookie", Name: "session", Description: "The session of a browser, as the pages use it."},
			}},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{withHint},
	}
}

// schemaName names a type in the document: that of the store by its name alone,
// others with their package, unless the name tells it (device.Device). v2 is huma.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, pkg := huma.DefaultSchemaNamer(t, hint), t.PkgPath()
	pkg = pkg[strings.LastIndexByte(pkg, '/')+1:]
	if t.Name() == "" || pkg == "" || pkg == "store" || pkg == "api" || pkg == "v2" || strings.HasPrefix(strings.ToLower(name), pkg) {
		return name
	}
	return capital(pkg) + name
}

func capital(s string) string {
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}
