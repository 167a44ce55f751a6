package web

import (
	"net/http"

	"ward/people"
)

// Anyone is the permission of routes that need nobody to be signed in.
const Anyone people.Permission = "anyone"

// Route is one line of the table of routes.
type Route struct {
	Method, Pattern string
	Permission      people.Permission
	serve           func(*Server, http.ResponseWriter, *http.Request) error
}

// Routes is every page and action of this package and who may use it. Those of
// sign-in, accounts and people are auth.Routes.
func Routes() []Route {
	const see, work, label = people.See, people.DoWork, people.LabelDevice
	const decide, approve = people.Decide, people.ApproveOther
	return []Route{
		{"GET", "/healthz", Anyone, (*Server).showHealth},
		{"POST", "/preferences", Anyone, (*Server).setPreferences},
		{"GET", "/live", see, (*Server).live},

		{"GET", "/{$}", see, (*Server).listWork},
		{"GET", "/work/{key}", see, (*Server).showWork},
		{"POST", "/work/{key}", work, (*Server).setWork},
		{"POST", "/work/{key}/comments", work, (*Server).addWorkComment},

		{"GET", "/devices", see, (*Server).listDevices},
		{"GET", "/devices.csv", see, (*Server).exportDevices},
		{"POST", "/devices/label", label, (*Server).labelDevices},
		{"POST", "/devices/views", see, (*Server).saveView},
		{"POST", "/devices/views/remove", see, (*Server).removeView},
		{"GET", "/devices/{id}", see, (*Server).showDevice},
		{"POST", "/devices/{id}/label", label, (*Server).labelDevice},
		{"POST", "/devices/{id}/comments", work, (*Server).addDeviceComment},
		{"POST", "/devices/{id}/decisions", decide, (*Server).makeDecision},
		{"POST", "/decisions/{id}/second", approve, (*Server).secondDecision},
		{"POST", "/decisions/{id}/revoke", decide, (*Server).revokeDecision},
	}
}
