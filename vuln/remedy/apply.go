package remedy

import "ward/vuln/risk"

// Apply gives the score's inputs after the step. A step that takes away what
// the attack does not need changes nothing: a password rule does not stop an
// attack without login, a firewall does not stop a hand on the device.
func (s *Step) Apply(in risk.Inputs) risk.Inputs {
	r := rungOf(s.Kind)
	lowers := s.Lowers
	if lowers == "" {
		lowers = r.lowers
	}
	switch lowers {
	case LowersMatch:
		in.Match = r.to
	case LowersService:
		lower(&in.Service, r.to, !in.Local)
	case LowersReach:
		lower(&in.Reach, r.to, !in.Local)
	case LowersCredentials:
		lower(&in.Credentials, r.to, !in.NoLogin)
	case LowersUserAction:
		lower(&in.UserAction, r.to, in.UserAction.Value < 1)
	case LowersConfiguration:
		lower(&in.Configuration, r.to, true)
	case LowersProximity:
		lower(&in.Proximity, r.to, in.Local)
	}
	return in
}

func lower(p *risk.Precondition, to float64, matters bool) {
	if matters {
		*p = risk.Precondition{Value: min(p.Value, to)}
	}
}
