// Package fingerprint turns one Session into Claims about the devices at its
// ends: rules read the Facts that the codecs kept, and say what each shows, how
// sure that is, and in which frame it was seen (identification.md).
//
// What a text means stands in the .tsv files beside the code, each row with a
// vector that the tests replay; what a field means stands in one Go file per
// family of protocols. The package asks nobody anything and refuses to name a
// kind from a port number alone.
package fingerprint

import (
	"fmt"
	"strings"

	"ward/asset/device"
	"ward/wire/packet"
	"ward/wire/session"
)

// Rules are the loaded rule tables. They do not change and may be shared.
type Rules struct {
	tables  [tableCount]*table
	makers  []maker
	answers map[string]meaning
}

// New loads the rules that are built in.
func New() (*Rules, error) {
	r := &Rules{answers: meanings()}
	for id := range tableCount {
		t, err := parseTable(id.file(), id.text())
		if err != nil {
			return nil, err
		}
		r.tables[id] = t
	}
	var err error
	r.makers, err = parseMakers(makersText)
	return r, err
}

// Model gives maker and kind of a model name as maintenance records write it.
func (r *Rules) Model(text string) []device.Claim { return r.tables[modelText].claims(text) }

// maxMemo is how many different texts per table a Reader remembers.
const maxMemo = 4096

// Reader reads Sessions with the Rules. It remembers what texts meant, so it
// belongs to one goroutine.
type Reader struct {
	rules *Rules
	memo  [tableCount]map[string][]device.Claim
	eui   map[string][]device.Claim

	// of the call to Read
	s    *session.Session
	seen *session.Seen
	o    *device.Observation
}

// NewReader gives a Reader for one goroutine.
func (r *Rules) NewReader() *Reader { return &Reader{rules: r} }

// Read appends to o what the session shows.
func (r *Reader) Read(s *session.Session, o *device.Observation) {
	if len(s.Facts) == 0 && s.Service == "" {
		return
	}
	r.s, r.o = s, o
	for i := range s.Facts {
		r.seen = &s.Facts[i]
		r.fact()
		r.weaknessFact()
	}
	r.service()
	r.s, r.seen, r.o = nil, nil, nil
}

// from is the side that sent the fact's bytes, to the other side.
func (r *Reader) from() device.Subject {
	if r.seen.Dir == 1 {
		return device.Of(&r.s.Resp)
	}
	return device.Of(&r.s.Orig)
}

func (r *Reader) to() device.Subject {
	if r.seen.Dir == 1 {
		return device.Of(&r.s.Orig)
	}
	return device.Of(&r.s.Resp)
}

func (r *Reader) orig() device.Subject { return device.Of(&r.s.Orig) }
func (r *Reader) resp() device.Subject { return device.Of(&r.s.Resp) }

// claim states one thing; saw says in words what field showed it.
func (r *Reader) claim(at device.Subject, f device.Field, value, rule string, weight float64, saw string) {
	r.emit(at, device.Claim{Field: f, Value: value, Confidence: weight, Source: device.Source{Rule: rule, Saw: saw}})
}

// software states that a product runs; version may be empty.
func (r *Reader) software(at device.Subject, name, version, rule string, weight float64, saw string) {
	if version == "" {
		version = device.NoVersion
	}
	if name != "" {
		r.emit(at, device.Claim{Field: device.FieldSoftware, Name: name, Value: clip(version), Confidence: weight, Source: device.Source{Rule: rule, Saw: saw}})
	}
}

// maxValue is how long a claimed value may be, in bytes.
const maxValue = 128

func clip(s string) string {
	s = strings.TrimSpace(s)
	if len(s) <= maxValue {
		return s
	}
	return strings.ToValidUTF8(s[:maxValue], "")
}

func (r *Reader) emit(at device.Subject, c device.Claim) {
	c.Value = clip(c.Value)
	if c.Value == "" {
		return
	}
	if r.seen != nil {
		c.Source.Frame, c.Seen = r.seen.Frame, r.seen.Time
	} else {
		c.Source.Frame, c.Seen = r.s.Frame, r.s.Start
	}
	if r.s.Certainty == session.Reported { // a line of a log
		c.Source.Frame, c.Source.Line = 0, c.Source.Frame
	}
	c.Session = r.s.ID
	r.o.Claims = append(r.o.Claims, device.Statement{Subject: at, Claim: c})
}

func (r *Reader) bind(m packet.MAC, at device.Subject, kind device.BindingKind) {
	if m.IsZero() || !at.Addr.IsValid() {
		return
	}
	r.o.Bindings = append(r.o.Bindings, device.Binding{MAC: m, Addr: at.Addr, Kind: kind, Seen: r.seen.Time})
}

func (r *Reader) login(at device.Subject, service string, cleartext, def bool) {
	r.o.Logins = append(r.o.Logins, device.PartyLogin{Subject: at,
		Login: device.Login{Service: service, Cleartext: cleartext, Default: def, Frame: r.seen.Frame}})
}

// withoutPassword notes a login that asked for no password.
func (r *Reader) withoutPassword(at device.Subject, service string, cleartext bool) {
	r.login(at, service, cleartext, true)
	r.o.Logins[len(r.o.Logins)-1].Login.None = true
}

// text looks a text up in a table and states what its row says. It tells
// whether a row fitted.
func (r *Reader) text(at device.Subject, id tableID, s string) bool {
	if s == "" {
		return false
	}
	claims, ok := r.memo[id][s]
	if !ok {
		claims = r.rules.tables[id].claims(s)
		if r.memo[id] == nil || len(r.memo[id]) >= maxMemo {
			r.memo[id] = map[string][]device.Claim{}
		}
		r.memo[id][s] = claims
	}
	for _, c := range claims {
		r.emit(at, c)
	}
	return len(claims) > 0
}

// quote makes the evidence text of a value.
func quote(what, value string) string { return fmt.Sprintf("%s %q", what, clip(value)) }
