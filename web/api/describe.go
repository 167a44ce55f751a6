package api

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"ward/people"
)

// schema gives the schema of a Go value; nil is text.
func (s *service) schema(v any) *huma.Schema {
	if v == nil {
		return &huma.Schema{Type: "string"}
	}
	return s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
}

// describe serves the OpenAPI document and a page that lists the operations.
// Both are made once; neither loads anything from elsewhere.
func (s *service) describe(mux *http.ServeMux) {
	doc := s.api.OpenAPI()
	problem := &huma.Response{Description: "A problem, with a hint what to do (RFC 9457)", Content: map[string]*huma.MediaType{problemType: {Schema: s.schema(Problem{})}}}
	for _, o := range s.operations() {
		o.Responses["default"] = problem
	}
	delete(doc.Components.Schemas.Map(), "ErrorModel") // huma's own, which withHint replaces
	asJSON, err := json.Marshal(doc)
	if err != nil {
		panic("api: the OpenAPI document cannot be written: " + err.Error()) // a fault of the program, at its start
	}
	asYAML, err := doc.YAML()
	if err != nil {
		panic("api: the OpenAPI document cannot be written: " + err.Error())
	}
	var html bytes.Buffer
	if err := overview.Execute(&html, s.operations()); err != nil {
		panic("api: the page of operations cannot be written: " + err.Error())
	}
	mux.Handle("GET "+Prefix+"/openapi.json", s.constant("application/json", asJSON))
	mux.Handle("GET "+Prefix+"/openapi.yaml", s.constant("application/yaml", asYAML))
	mux.Handle("GET "+Prefix+"/{$}", s.constant("text/html; charset=utf-8", html.Bytes()))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.write(w, refuse(http.StatusNotFound, "There is no such operation.", "The list of operations is at "+Prefix+"/."))
	})
}

// operations lists all, by path and method.
func (s *service) operations() []*huma.Operation {
	var out []*huma.Operation
	paths := s.api.OpenAPI().Paths
	names := make([]string, 0, len(paths))
	for p := range paths {
		names = append(names, p)
	}
	slices.Sort(names)
	for _, name := range names {
		p := paths[name]
		for _, o := range []*huma.Operation{p.Get, p.Post, p.Patch, p.Delete} {
			if o != nil {
				out = append(out, o)
			}
		}
	}
	return out
}

// constant serves the same to everybody who is signed in.
func (s *service) constant(kind string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if people.FromContext(r.Context()) == nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="Ward"`)
			s.write(w, refuse(http.StatusUnauthorized, "Nobody is signed in.", "Send a valid API token as Authorization: Bearer ward_..."))
			return
		}
		w.Header().Set("Content-Type", kind)
		if _, err := w.Write(body); err != nil {
			s.Log.Debug("an answer was not read", "err", err)
		}
	})
}

func (s *service) write(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.Log.Debug("a refusal was not read", "err", err)
	}
}

// overview is the page of operations.
var overview = template.Must(template.New("api").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ward API</title></head>
<body><main><h1>Ward API</h1>
<p>The whole description: <a href="openapi.json">openapi.json</a>, <a href="openapi.yaml">openapi.yaml</a> (OpenAPI 3.1).</p>
<p>Send a token of the page <a href="/account">Account</a>: <code>Authorization: Bearer ward_...</code></p>
<table><thead><tr><th>Method</th><th>Path</th><th>What it does</th><th>Permission</th></tr></thead><tbody>
{{range .}}<tr><td>{{.Method}}</td><td><code>/api/v1{{.Path}}</code></td><td>{{.Summary}}</td><td>{{index .Extensions "x-permission"}}</td></tr>
{{end}}</tbody></table></main></body></html>
`))
