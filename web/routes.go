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
		{"POST", "/tour", see, (*Server).setTour},
		{"GET", "/live", see, (*Server).live},

		{"GET", "/{$}", see, (*Server).listWork},
		{"GET", "/work/{key}", see, (*Server).showWork},
		{"POST", "/work/{key}", work, (*Server).setWork},
		{"POST", "/work/{key}/comments", work, (*Server).addWorkComment},

		{"GET", "/worklist.pdf", see, (*Server).sendWorklist},
		{"GET", "/worklist.html", see, (*Server).printWorklist},
		{"GET", "/worklist.csv", see, (*Server).exportWork},
		{"GET", "/inventory.pdf", see, (*Server).sendInventory},
		{"GET", "/inventory.html", see, (*Server).printInventory},
		{"GET", "/devices/{id}/report.pdf", see, (*Server).sendDevice},
		{"GET", "/devices/{id}/report.html", see, (*Server).printDevice},

		{"GET", "/devices", see, (*Server).listDevices},
		{"GET", "/devices.csv", see, (*Server).exportDevices},
		{"POST", "/devices/label", label, (*Server).labelDevices},
		{"POST", "/devices/views", see, (*Server).saveView},
		{"POST", "/devices/views/remove", see, (*Server).removeView},
		{"GET", "/devices/{id}", see, (*Server).showDevice},
		{"POST", "/devices/{id}/label", label, (*Server).labelDevice},
		{"POST", "/devices/{id}/comments", work, (*Server).addDeviceComment},
		{"POST", "/devices/{id}/decisions", decide, (*Server).makeDecision},
		{"GET", "/network", see, (*Server).showNetwork},
		{"GET", "/network/map.json", see, (*Server).drawNetwork},
		{"GET", "/network/traffic.json", see, (*Server).chartTraffic},
		{"GET", "/vulnerabilities", see, (*Server).listVulnerabilities},
		{"GET", "/vulnerabilities.csv", see, (*Server).exportVulnerabilities},
		{"GET", "/vulnerabilities/{id}", see, (*Server).showVulnerability},
		{"POST", "/vulnerabilities/{id}/decisions", decide, (*Server).decideVulnerability},
		{"GET", "/advisories", see, (*Server).listAdvisories},
		{"GET", "/advisories/{id}", see, (*Server).showAdvisory},

		{"POST", "/decisions/{id}/second", approve, (*Server).secondDecision},
		{"POST", "/decisions/{id}/revoke", decide, (*Server).revokeDecision},

		{"GET", "/imports", see, (*Server).listImports},
		{"POST", "/imports", people.Upload, (*Server).beginUpload},
		{"POST", "/imports/file", people.Upload, (*Server).uploadFile},
		{"GET", "/imports/{id}", see, (*Server).showImport},
		{"GET", "/imports/{id}/told", see, (*Server).showTold},
		{"GET", "/imports/{id}/upload", people.Upload, (*Server).showUpload},
		{"POST", "/imports/{id}/part", people.Upload, (*Server).addPart},
		{"POST", "/imports/{id}/complete", people.Upload, (*Server).completeUpload},
		{"POST", "/imports/{id}/cancel", people.Upload, (*Server).cancelUpload},
		{"POST", "/imports/{id}/undo", people.Upload, (*Server).undoImport},

		{"GET", "/feeds", see, (*Server).listFeeds},
		{"POST", "/feeds", people.ManageFeeds, (*Server).addFeed},
		{"POST", "/feeds/update", people.ManageFeeds, (*Server).updateFeeds},
		{"POST", "/feeds/bundle", people.ManageFeeds, (*Server).importBundle},
		{"POST", "/feeds/{name}/update", people.ManageFeeds, (*Server).updateFeed},
		{"POST", "/feeds/{name}/switch", people.ManageFeeds, (*Server).switchFeed},

		{"GET", "/changes", see, (*Server).listChanges},
		{"GET", "/audit", people.SeeAudit, (*Server).listAudit},
		{"GET", "/audit.csv", people.SeeAudit, (*Server).exportAudit},
		{"POST", "/audit/verify", people.SeeAudit, (*Server).verifyAudit},

		{"GET", "/settings", people.ManageSite, (*Server).showSettings},
		{"POST", "/settings", people.ManageSite, (*Server).setSettings},
		{"POST", "/settings/retention", people.ManageSite, (*Server).setRetention},
		{"GET", "/settings/space", people.ManageSite, (*Server).showSpace},
		{"GET", "/settings/notifications", people.ManageSite, (*Server).showNoticeSettings},
		{"POST", "/settings/notifications", people.ManageSite, (*Server).setNoticeSettings},
		{"POST", "/settings/notifications/test", people.ManageSite, (*Server).sendTestNotice},
		{"POST", "/settings/notifications/retry", people.ManageSite, (*Server).retryNotices},
		{"GET", "/notifications", see, (*Server).listNotices},
		{"POST", "/notifications/{id}/verdict", work, (*Server).judgeNotice},
		{"GET", "/settings/check", people.ManageSite, (*Server).checkStore},

		{"GET", "/about", see, (*Server).showAbout},
		{"GET", "/about/licence", see, (*Server).showLicence},
		{"GET", "/about/notices", see, (*Server).showNotices},
		{"GET", "/about/ward.cdx.json", see, (*Server).exportBill},

		{"GET", "/install-ca", Anyone, (*Server).showInstall},
		{"GET", "/install-ca/ward-ca.crt", Anyone, (*Server).giveAuthority},
		{"GET", "/install-ca/ward-ca.pem", Anyone, (*Server).giveAuthorityPEM},
	}
}
