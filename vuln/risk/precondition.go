package risk

import (
	"fmt"
	"slices"
	"strings"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// Coverage says how much was watched, because "not seen" is only as good as the
// watching (safety.md SR-05).
type Coverage struct {
	Hours float64 `json:"hours"` // of event time, first to last frame
	Taps  int     `json:"taps"`
	Loss  float64 `json:"loss"` // share of frames known to be lost or cut, [0,1]
}

// Full tells whether "not seen" may refute a precondition: 30 days and less
// than 1 % loss.
func (c Coverage) Full() bool { return c.Hours >= 30*24 && c.Loss < 0.01 }

func (c Coverage) String() string {
	taps := "one tap"
	if c.Taps > 1 {
		taps = fmt.Sprintf("%d taps", c.Taps)
	}
	switch {
	case c.Hours <= 0:
		return "no traffic was watched"
	case c.Hours < 1:
		return fmt.Sprintf("watched for %.0f minutes on %s", max(1, 60*c.Hours), taps)
	case c.Hours < 72:
		return fmt.Sprintf("watched for %.0f hours on %s", c.Hours, taps)
	}
	return fmt.Sprintf("watched for %.0f days on %s", c.Hours/24, taps)
}

// subject is what the preconditions of one finding are judged from.
type subject struct {
	w        Weights
	d        *device.Device
	v        *advisory.Vulnerability
	coverage Coverage
	*reading
}

// remote tells whether the attack comes over a network.
func (s *subject) remote() bool { return !s.scored || s.m.AV == "N" || s.m.AV == "A" }

// service: the attack needs a service that the device offers.
func (s *subject) service() (Precondition, Reason) {
	need := s.need
	switch {
	case !s.remote():
		return given("L.service", 1, "needs no network service")
	case len(need) == 0:
		return s.unknown("L.service", "the advisory names no network service")
	}
	names := strings.Join(need, " or ")
	for _, svc := range s.d.Services {
		if svc.Answers && slices.Contains(need, svc.Name) {
			p, r := given("L.service", 1, fmt.Sprintf("%s seen answering on %s %d", svc.Name, svc.Transport, svc.Port))
			r.Evidence = place(svc.Input, svc.Frame)
			return p, r
		}
	}
	if s.coverage.Full() && s.d.OnWire {
		return given("L.service", s.w.Refuted, names+" never seen answering, "+s.coverage.String())
	}
	return s.unknown("L.service", "not known whether "+names+" is reachable on it, "+s.coverage.String())
}

// reach: from where the device was seen to be reached.
func (s *subject) reach() (Precondition, Reason) {
	if !s.remote() {
		return given("L.reach", 1, "needs no network path")
	}
	internet, nets := inbound(s.d)
	switch {
	case internet > 0:
		return given("L.reach", 1, fmt.Sprintf("reached from %d internet address(es)", internet))
	case len(nets) > 0:
		return given("L.reach", 0.7, "reached from "+count(len(nets), "other network")+": "+strings.Join(nets[:min(3, len(nets))], ", "))
	case s.m.AV == "A" && s.scored:
		return given("L.reach", 0.5, "attack only from its own network")
	case s.coverage.Full() && s.d.OnWire && len(s.d.Peers) > 0:
		return given("L.reach", 0.5, "only its own network was seen reaching it, "+s.coverage.String())
	case s.coverage.Full() && s.d.OnWire:
		return given("L.reach", 0.2, "nothing was seen reaching it, "+s.coverage.String())
	}
	return s.unknown("L.reach", "who can reach it is not known, "+s.coverage.String())
}

// credentials: 1 where none are needed or they are shared or default.
func (s *subject) credentials() (Precondition, Reason) {
	for _, l := range s.d.Logins {
		if l.Default || l.None {
			text := "a factory default login was seen on " + l.Service
			if l.None {
				text = l.Service + " was used without a password"
			}
			p, r := given("L.credentials", 1, text)
			r.Evidence = place(l.Input, l.Frame)
			return p, r
		}
	}
	for _, cwe := range s.v.CWEs {
		if word := credentialWeakness[cwe]; word != "" {
			return given("L.credentials", 1, word+" ("+cwe+")")
		}
	}
	if s.scored && s.m.PR == "N" {
		return given("L.credentials", 1, "no credentials needed")
	}
	return s.unknown("L.credentials", "needs a login; whether it is unique and managed is not known")
}

var credentialWeakness = map[string]string{
	"CWE-259": "hard-coded password", "CWE-287": "authentication is missing or weak", "CWE-306": "no authentication for a critical function",
	"CWE-798": "hard-coded credentials", "CWE-321": "hard-coded key", "CWE-1392": "default credentials", "CWE-1188": "insecure default",
	"CWE-603": "authentication in the client only", "CWE-288": "authentication can be bypassed", "CWE-290": "authentication can be spoofed",
}

// noLogin tells whether a password, even the best, is beside the point: nothing
// asks for one. Built-in and default passwords are passwords all the same.
func (s *subject) noLogin() bool {
	for _, cwe := range s.v.CWEs {
		if strings.HasPrefix(credentialWeakness[cwe], "hard-coded") || strings.HasPrefix(credentialWeakness[cwe], "default") {
			return false
		}
	}
	return s.scored && s.m.PR == "N"
}

// userAction: CVSS UI, where a reader of mail on a pump does not exist.
func (s *subject) userAction() (Precondition, Reason) {
	switch {
	case !s.scored || s.m.UI == "N" || s.m.UI == "":
		return given("L.user_action", 1, "no user action needed")
	default:
		return given("L.user_action", 0.5, "a user must take part in normal use")
	}
}

// configuration: known where the vulnerable setting itself was seen.
func (s *subject) configuration() (Precondition, Reason) {
	if slices.Contains(s.v.CWEs, "CWE-319") {
		for _, svc := range s.d.Services {
			if svc.Cleartext {
				p, r := given("L.configuration", 1, svc.Name+" seen in clear")
				r.Evidence = place(svc.Input, svc.Frame)
				return p, r
			}
		}
	}
	if setting, svc := s.weak(); setting != "" {
		p, r := given("L.configuration", 1, setting+" seen on "+svc.Name)
		r.Evidence = place(svc.Input, svc.Frame)
		return p, r
	}
	if s.setting {
		return s.unknown("L.configuration", "only with a certain setting; not known whether it is on")
	}
	return given("L.configuration", 1, "no special setting needed")
}

// weak finds a weak setting that was seen on a service that the attack needs.
func (s *subject) weak() (setting string, svc device.Service) {
	need := s.need
	for _, svc := range s.d.Services {
		if svc.Answers && len(svc.Weak) > 0 && slices.Contains(need, svc.Name) {
			return svc.Weak[0], svc
		}
	}
	return "", device.Service{}
}

// proximity matters where the attacker must stand at the device.
func (s *subject) proximity() (Precondition, Reason) {
	if s.remote() {
		return given("L.proximity", 1, "attack over the network")
	}
	place := strings.ToLower(s.d.Location + " " + s.d.Department)
	switch {
	case containsAny(place, []string{"lobby", "public", "waiting", "corridor", "entrance"}):
		return given("L.proximity", 0.5, "in a public area")
	case containsAny(place, []string{"locked", "server room", "data cent", "vault"}):
		return given("L.proximity", 0.1, "in a locked room")
	}
	return given("L.proximity", 0.3, "needs hands on the device, a staffed area is assumed")
}

func given(factor string, value float64, text string) (Precondition, Reason) {
	return Precondition{Value: value}, Reason{Factor: factor, Value: value, Text: text}
}

func (s *subject) unknown(factor, text string) (Precondition, Reason) {
	return Precondition{Value: s.w.Unknown, Unknown: true}, Reason{Factor: factor, Value: s.w.Unknown, Text: text, Unknown: true}
}

// inbound counts internet peers and names the other networks that opened
// sessions to the device.
func inbound(d *device.Device) (internet int, nets []string) {
	own := map[string]bool{}
	for _, a := range d.Addresses {
		own[network(a)] = true
	}
	for _, p := range d.Peers {
		switch {
		case !p.Inbound || !p.Addr.IsValid():
		case p.Internet:
			internet++
		default:
			if n := network(p.Addr); !own[n] && !slices.Contains(nets, n) {
				nets = append(nets, n)
			}
		}
	}
	slices.Sort(nets)
	return internet, nets
}
