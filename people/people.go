// Package people says who may do what: persons, roles, permissions, the
// two-person rule, and how passwords and second factors are checked. It is pure:
// no database, no HTTP, no clock.
package people

import (
	"context"
	"slices"
	"time"

	"ward/asset/device"
	"ward/vuln/risk"
)

// Role is a set of permissions.
type Role string

// Roles of a small team. A person may have several.
const (
	Viewer        Role = "viewer"
	Biomed        Role = "biomed"
	Analyst       Role = "analyst"
	Approver      Role = "approver" // the second person, and the risk owner
	Procurement   Role = "procurement"
	Administrator Role = "administrator"
)

// Roles lists all roles, the least first.
var Roles = []Role{Viewer, Biomed, Analyst, Approver, Procurement, Administrator}

// Permission is one thing a person may do.
type Permission string

// Permissions.
const (
	See          Permission = "see"           // every page but people, settings and audit
	DoWork       Permission = "do_work"       // assign, due date, state, comment
	LabelDevice  Permission = "label_device"  // say what a device is
	Upload       Permission = "upload"        // captures, logs, maintenance exports; take an import back
	Decide       Permission = "decide"        // accept a risk, overrule a score, say not affected
	ApproveOther Permission = "approve"       // the second person's word
	ManageFeeds  Permission = "manage_feeds"  //
	SeeAudit     Permission = "see_audit"     //
	ManagePeople Permission = "manage_people" //
	ManageSite   Permission = "manage_site"   // settings, tokens of others, backups
)

// may is the table of roles and permissions.
var may = map[Role][]Permission{
	Viewer:        {See},
	Procurement:   {See},
	Biomed:        {See, DoWork, LabelDevice, Upload},
	Analyst:       {See, DoWork, LabelDevice, Upload, Decide, ManageFeeds, SeeAudit},
	Approver:      {See, DoWork, Decide, ApproveOther, SeeAudit},
	Administrator: {See, DoWork, LabelDevice, Upload, Decide, ManageFeeds, SeeAudit, ManagePeople, ManageSite},
}

// Person is somebody who may sign in.
type Person struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Email       string    `json:"email"`
	Roles       []Role    `json:"roles"`
	Departments []string  `json:"departments,omitempty"` // sees only devices of these; none: all
	Language    string    `json:"language,omitempty"`    // en, de
	Theme       string    `json:"theme,omitempty"`       // light, dark; empty: as the system
	Disabled    bool      `json:"disabled,omitempty"`
	Created     time.Time `json:"created"`
	Seen        time.Time `json:"last_seen,omitzero"`
	Password    bool      `json:"password"` // has one
	TOTP        bool      `json:"totp"`     // has a second factor app
	Passkeys    int       `json:"passkeys"`
	OIDC        string    `json:"oidc,omitempty"` // subject at the single sign-on provider
}

// May tells whether the person has the permission.
func (p *Person) May(what Permission) bool {
	if p == nil || p.Disabled {
		return false
	}
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(may[r], what) })
}

// Who is the person behind one request and how they came.
type Who struct {
	Person  Person
	Session string       // ID of the browser session, empty for a token
	Token   string       // ID of the API token, empty for a browser
	Only    []Permission // scope of the token; nil: all of the person's
	From    string       // address
}

// May tells whether the request may do what it wants to.
func (w *Who) May(what Permission) bool {
	return w != nil && w.Person.May(what) && (w.Only == nil || slices.Contains(w.Only, what))
}

type whoKey struct{}

// NewContext carries who along with a request.
func NewContext(ctx context.Context, w *Who) context.Context {
	return context.WithValue(ctx, whoKey{}, w)
}

// FromContext gives who is behind a request, nil for nobody.
func FromContext(ctx context.Context) *Who {
	w, _ := ctx.Value(whoKey{}).(*Who)
	return w
}

// NeedsSecond tells whether a decision about a finding needs a second person,
// and why: risks of devices that keep patients alive or watch over them, and
// risks in the most urgent band (safety.md sections 5 and 8).
func NeedsSecond(tier device.TierName, band risk.Band) (why string) {
	switch {
	case tier == device.T0 || tier == device.T1:
		return "the device is tier " + string(tier) + ": a second person must agree"
	case band == risk.ActNow:
		return "the finding is in the band act now: a second person must agree"
	}
	return ""
}
