package arch

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pure are the folders from packet to worklist, and what needs no machine.
// Below them only vuln/feed/fetch speaks to the outside.
var pure = []string{"wire", "spec", "asset", "vuln", "pipeline", "report", "traffic", "people", "sim", "config"}

// fetching is the exception below vuln: it renews feeds and is imported by cmd,
// hub and demo alone.
const fetching = "vuln/feed/fetch"

// forbidden are packages that reach outside, and why pure folders do without,
// also by way of others.
var forbidden = []struct{ path, why string }{
	{"net/http", "the path from packet to worklist works offline and never calls out"},
	{"database/sql", "the pipeline needs no database"},
	{"os/exec", "nothing is run on behalf of a capture"},
	{"net/smtp", "nothing is sent"},
	{"github.com/nats-io/nats.go", "the bus is the hub's"},
	{"ward/store", "what is upstream of the store does not know it"},
	{"github.com/gopacket/gopacket", "gopacket is the oracle of the tests, not the decoder"},
}

func TestPureFoldersReachNothingOutside(t *testing.T) {
	for _, p := range packages(t) {
		if !below(p.folder(), pure) || below(p.folder(), []string{fetching}) {
			continue
		}
		for _, f := range forbidden {
			if slices.Contains(p.Deps, f.path) {
				t.Errorf("%s depends on %s: %s", p.ImportPath, f.path, f.why)
			}
		}
	}
}

// speaks are the packages that may import these, exactly. A line without a use
// is an error as well: the list stays the truth.
var speaks = map[string][]string{
	"net/http": {"bench", "hub", "metrics", "notify", "vuln/feed/fetch", "vuln/feed/fetch/fetchtest",
		"web", "web/api", "web/auth", "web/ui"},
	"database/sql":               {"bench", "internal/postgres", "store"},
	"os/exec":                    {"bench", "internal/clients", "internal/notices", "internal/postgres", "internal/tshark"},
	"github.com/nats-io/nats.go": {"bus"},
	"github.com/nats-io/nats-server/v2/server": {"bus"},
	"github.com/coreos/go-oidc/v3/oidc":        {"web/auth"},
}

func TestWhoSpeaksToTheOutside(t *testing.T) {
	for path, allowed := range speaks {
		var users []string
		for _, p := range packages(t) {
			if slices.Contains(p.Imports, path) {
				users = append(users, p.folder())
			}
		}
		for _, u := range users {
			if !slices.Contains(allowed, u) {
				t.Errorf("%s imports %s: only %v may", u, path, allowed)
			}
		}
		for _, a := range allowed {
			if !slices.Contains(users, a) {
				t.Errorf("%s may import %s and does not: take it off the list", a, path)
			}
		}
	}
}

// discovery are packages for asking devices (SR-02). Ward waits and listens.
var discovery = []string{
	"golang.org/x/net/icmp", "github.com/gosnmp/gosnmp", "github.com/prometheus-community/pro-bing", "github.com/go-ping/ping",
	"github.com/Ullaakut/nmap/v3", "github.com/suyashkumar/dicom", "github.com/gopacket/gopacket/pcap", "github.com/gopacket/gopacket/afpacket",
	"github.com/google/gopacket/pcap", "github.com/hashicorp/mdns", "github.com/grandcat/zeroconf", "github.com/simonvetter/modbus",
}

func TestNoActiveDiscovery(t *testing.T) {
	for _, p := range packages(t) {
		for _, d := range discovery {
			if slices.Contains(p.Deps, d) {
				t.Errorf("%s depends on %s: no active discovery (SR-02)", p.ImportPath, d)
			}
		}
	}
}

// socket finds calls that open one, or a client that does.
var socket = regexp.MustCompile(`\bnet\.(Dial\w*|Listen\w*)\(|\bnet\.(Dialer|ListenConfig)\{|\.DialContext\(|\btls\.(Dial\w*|Listen)\(` +
	`|\bhttp\.(Get|Post|PostForm|Head|NewRequest\w*)\(|\bhttp\.(Client|Transport)\{|\bhttp\.Default(Client|Transport)\b|\.ListenAndServe\w*\(` +
	`|\bsmtp\.(Dial\w*|SendMail|NewClient)\(|\bnats\.Connect\(|\bserver\.NewServer\(|\bsql\.Open(DB)?\(|\bpgx?(pool)?\.(Connect|New)\w*\(` +
	`|\boidc\.NewProvider\(|\bsyscall\.Socket\(|\bunix\.Socket\(`)

// opens are the files that open sockets, to whom and why (SR-02). None reaches
// a monitored device: each speaks to a place that the site configured.
var opens = map[string]string{
	"vuln/feed/fetch/get.go":    "feeds, from publishers or a mirror",
	"vuln/feed/fetch/guard.go":  "feeds: the dialler that refuses addresses inside",
	"vuln/feed/fetch/nvd.go":    "feeds: NVD",
	"web/auth/auth.go":          "single sign-on",
	"web/auth/sso.go":           "single sign-on",
	"store/open":                "the database",
	"bus/bus.go":                "the bus listens",
	"bus/sensor.go":             "a sensor speaks to the bus",
	"notify/":                   "mail, webhook, syslog",
	"hub/":                      "the hub listens",
	"cmd/ward/":                 "the hub listens",
	"internal/":                 "tests",
	"bench/":                    "measurements on loopback",
	"vuln/feed/fetch/fetchtest": "a made-up publisher for tests",
}

// TestNobodyDials: a file that opens a socket is on the list.
func TestNobodyDials(t *testing.T) {
	source(t, func(path, text string) {
		m := socket.FindString(text)
		if m == "" {
			return
		}
		for prefix := range opens {
			if strings.HasPrefix(path, prefix) {
				return
			}
		}
		t.Errorf("%s: %q opens a socket and is not on the list: no active discovery, no calling home (SR-02)", path, m)
	})
}

// sqlText finds statements of SQL, which this project writes in capitals.
var sqlText = regexp.MustCompile(`\bSELECT\s[^;]{1,400}\sFROM\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\w+\s+SET\b|\bCREATE\s+(TABLE|INDEX|UNIQUE)\b|\bPRAGMA\s`)

func TestSQLOnlyInTheStore(t *testing.T) {
	inStore := 0
	source(t, func(path, text string) {
		m := sqlText.FindString(text)
		switch dir := filepath.Dir(path); {
		case m == "":
		case dir == "store":
			inStore++
		case dir != "bench" && dir != "internal/postgres": // the plain database as the limit; the server of the tests
			t.Errorf("%s writes SQL: %.40q. It belongs below store", path, m)
		}
	})
	if inStore < 20 {
		t.Errorf("only %d files of the store seem to hold SQL: the pattern is broken", inStore)
	}
}
