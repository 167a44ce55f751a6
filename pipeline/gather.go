package pipeline

import (
	"context"
	"net/netip"

	"ward/asset/device"
	"ward/asset/fingerprint"
	"ward/vuln/exposure"
	"ward/vuln/risk"
	"ward/wire/session"
)

// Identity is the rules by which sessions become claims and claims devices:
// loaded once, shared by all runs.
type Identity struct {
	rules   *fingerprint.Rules
	speller *exposure.Speller
}

// NewIdentity loads the rules. The speller may be shared.
func NewIdentity(s *exposure.Speller) (*Identity, error) {
	rules, err := fingerprint.New()
	if err != nil {
		return nil, err
	}
	return &Identity{rules, s}, nil
}

// Options are those of an inventory of these inputs at a site with these public
// networks.
func (i *Identity) Options(inputs []string, networks []netip.Prefix) device.Options {
	return device.Options{Inputs: inputs, Networks: networks, MAC: i.rules.MAC, Model: i.rules.Model,
		SoftwareCPE: i.rules.SoftwareCPE, SystemCPEs: i.rules.SystemCPEs, SameMaker: i.speller.SameMaker}
}

// NewReader gives a reader of sessions for one goroutine.
func (i *Identity) NewReader() *fingerprint.Reader { return i.rules.NewReader() }

// GatherRequest says what to read.
type GatherRequest struct {
	Inputs   []string       // captures, folders of Zeek logs, Suricata eve.json, "-"
	Names    []string       // how claims name the inputs; nil: as Inputs
	Networks []netip.Prefix // public address ranges of the site itself
	Workers  int            // packet workers, 0: by the number of processors
	Digest   bool           // compute the SHA-256 of captures
	Identity *Identity
	// Session is called with each session (and each part of a long one), which
	// is valid only during the call; an error ends the run. It may be nil.
	Session  func(*session.Session) error
	Progress func(Progress) // may be nil
}

// Gathered is what the inputs told.
type Gathered struct {
	Inventory *device.Inventory
	Inputs    []Input
	Coverage  risk.Coverage
	Sessions  SessionCount
	Warnings  []string
	Damage    []string // those warnings that name input that could not be read
}

// gathering is one run of Gather.
type gathering struct {
	*Gathered
	paths   []string
	request GatherRequest
	rules   *fingerprint.Reader
	seen    device.Observation
	watched watchedTime
	failed  error  // what Session said
	stop    func() // ends the run
}

// Gather reads inputs into an inventory: Frame -> Session -> Claim. Where parts
// were damaged or ctx ended early it gives what there is; ErrNothing says that
// no input could be read at all.
func Gather(ctx context.Context, req GatherRequest) (*Gathered, error) {
	names := req.Names
	if names == nil {
		names = req.Inputs
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g := &gathering{request: req, paths: req.Inputs, rules: req.Identity.NewReader(), stop: stop, Gathered: &Gathered{
		Inventory: device.NewInventory(req.Identity.Options(names, req.Networks)),
		Sessions:  SessionCount{ByService: map[string]uint64{}}, Warnings: []string{}}}
	return g.Gathered, g.watch(ctx)
}

// session takes one session off the wire: rules read claims out of it, the
// inventory folds both in. s is valid only during the call.
func (g *gathering) session(s *session.Session) {
	if g.failed != nil {
		return
	}
	if s.Part == 0 {
		g.Sessions.Count++
		g.Sessions.ByService[serviceName(s)]++
	}
	g.seen.Reset()
	g.rules.Read(s, &g.seen)
	g.Inventory.Session(s, &g.seen)
	if g.request.Session == nil {
		return
	}
	if g.failed = g.request.Session(s); g.failed != nil {
		g.stop()
	}
}

func (g *gathering) progress(stage string, done, total int64) {
	if g.request.Progress != nil {
		g.request.Progress(Progress{stage, done, total})
	}
}

// warn notes something the reader of the result should know.
func (g *gathering) warn(text string) { g.Warnings = append(g.Warnings, text) }

// damage notes something that could not be read.
func (g *gathering) damage(text string) {
	g.warn(text)
	g.Damage = append(g.Damage, text)
}
