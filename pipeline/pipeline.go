// Package pipeline is the main path on one page: captures or logs, a
// maintenance export and vulnerability feeds go in, devices, findings and the
// worklist come out. Read Analyze first; the functions below it stand in the
// order in which things happen. It needs no database, bus, server or clock.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	"ward/asset/device"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
	"ward/wire/session"
)

// Request says what to analyse.
type Request struct {
	Inputs   []string       // captures, folders of Zeek logs, Suricata eve.json, "-"
	Feeds    string         // folder of vulnerability feeds, may be empty
	Assets   string         // maintenance export, may be empty
	Hours    float64        // working time, 0: no limit
	Networks []string       // public address ranges of the site itself
	Workers  int            // packet workers, 0: by the number of processors
	Version  string         // of the program, for the document
	Digest   bool           // compute the SHA-256 of captures: half a second for each GB
	Sessions io.Writer      // where to write each session as a line of JSON, may be nil
	Progress func(Progress) // may be nil
}

// Progress tells how far the current stage has come, in bytes of its inputs.
type Progress struct {
	Stage       string
	Done, Total int64 // Total 0: not known
}

// ErrNothing is returned when no input could be read at all.
var ErrNothing = errors.New("nothing could be analysed")

// analysis is one run of Analyze.
type analysis struct {
	Request
	result    *Result
	inventory *device.Inventory
	identity  *Identity
	networks  []netip.Prefix
	*Assessor
}

// Analyze goes the whole way. It returns a Result even where parts were damaged
// (Result.Damage names them) or ctx ended early; an error means that there is
// no answer at all.
func Analyze(ctx context.Context, req Request) (*Result, error) {
	a, err := begin(req)
	if err != nil {
		return nil, err
	}
	if err := a.watch(ctx); err != nil { // Frame -> Session -> Claim -> Inventory
		return nil, err
	}
	if err := a.join(); err != nil { // maintenance record -> Inventory
		return nil, err
	}
	a.devices()
	if err := a.readFeeds(); err != nil { // feeds -> Advisory
		return nil, err
	}
	a.match()  // Device x Vulnerability -> Finding
	a.assess() // Finding -> Assessment
	a.plan()   // Assessment -> Action
	a.result.Explain = a.Explain
	return a.result, nil
}

func begin(req Request) (*analysis, error) {
	networks, err := prefixes(req.Networks)
	if err != nil {
		return nil, err
	}
	speller := exposure.NewSpeller()
	identity, err := NewIdentity(speller)
	if err != nil {
		return nil, err
	}
	return &analysis{Request: req, identity: identity, networks: networks, result: emptyResult(req), Assessor: NewAssessor(speller)}, nil
}

// watch reads every input.
func (a *analysis) watch(ctx context.Context) error {
	req := GatherRequest{Inputs: a.Inputs, Networks: a.networks, Workers: a.Workers, Digest: a.Digest, Identity: a.identity, Progress: a.Progress}
	if a.Sessions != nil {
		req.Session = newSessionLines(a.Sessions).write
	}
	g, err := Gather(ctx, req)
	if err != nil && (a.Assets == "" || !errors.Is(err, ErrNothing)) {
		return err
	}
	a.inventory = g.Inventory
	r := a.result
	r.Inputs, r.Coverage, r.Sessions, r.Warnings, r.Damage = g.Inputs, g.Coverage, g.Sessions, g.Warnings, g.Damage
	return nil
}

// serviceName is the service as it is counted; a name that rests on the port
// alone is not counted as that service.
func serviceName(s *session.Session) string {
	if s.Service == "" || s.Certainty == session.PortOnly {
		return "unknown"
	}
	return s.Service
}

// join brings the maintenance record in.
func (a *analysis) join() error {
	if a.Assets == "" {
		return nil
	}
	f, err := os.Open(a.Assets)
	if err != nil {
		return err
	}
	defer f.Close()
	assets, notes, err := device.ReadAssets(f, a.Assets)
	if err != nil {
		return err
	}
	for _, n := range notes {
		a.damage(fmt.Sprintf("%s: %s", a.Assets, n))
	}
	a.inventory.Join(assets)
	return nil
}

// match finds what is wrong with each device.
func (a *analysis) match() {
	for i, d := range a.result.Devices {
		a.result.Findings = append(a.result.Findings, a.Assessor.Findings(d)...)
		if i%100 == 0 {
			a.progress("matching devices", int64(i), int64(len(a.result.Devices)))
		}
	}
	if a.unlisted.findings > 0 {
		a.warn(a.unlisted.String())
	}
}

// assess weighs each finding that is not cleared.
func (a *analysis) assess() {
	c := risk.Context{Weights: risk.DefaultWeights(), Coverage: a.result.Coverage, Dependence: risk.Dependences(a.result.Devices)}
	a.result.Assessments = append(a.result.Assessments, a.Assessor.Assess(c, a.result.Findings)...)
}

// plan makes the worklist.
func (a *analysis) plan() {
	a.result.Worklist = a.Assessor.Plan(a.result.Assessments)
	if a.Hours > 0 {
		remedy.Choose(a.result.Worklist, a.Hours)
	}
}

func (a *analysis) progress(stage string, done, total int64) {
	if a.Progress != nil {
		a.Progress(Progress{stage, done, total})
	}
}

// warn notes something the reader of the result should know.
func (a *analysis) warn(text string) { a.result.Warnings = append(a.result.Warnings, text) }

// damage notes something that could not be read.
func (a *analysis) damage(text string) {
	a.warn(text)
	a.result.Damage = append(a.result.Damage, text)
}
