package people

import (
	"net/netip"
	"slices"
	"time"
)

// Lockout says how long to wait after failed sign-ins. It grows and is never
// permanent, so that nobody can lock a person out for good.
type Lockout struct {
	Free   int           // failures without any wait
	First  time.Duration // wait after the next one; doubles with each
	Most   time.Duration // longest wait
	Forget time.Duration // failures older than this do not count
}

// The two lock-outs [E]: of an account, whoever tries, and of an address, on
// whatever accounts. The second allows more: many share one address.
var (
	AccountLockout = Lockout{Free: 5, First: 30 * time.Second, Most: 15 * time.Minute, Forget: 24 * time.Hour}
	AddressLockout = Lockout{Free: 20, First: 30 * time.Second, Most: 15 * time.Minute, Forget: 24 * time.Hour}
)

// Until gives the time from which a sign-in is checked again, after these
// failures; zero when at once. Times after now do not count.
func (l Lockout) Until(failures []time.Time, now time.Time) time.Time {
	var last time.Time
	count := 0
	for _, f := range failures {
		if f.After(now) || now.Sub(f) > l.Forget {
			continue
		}
		count++
		if f.After(last) {
			last = f
		}
	}
	if count <= l.Free {
		return time.Time{}
	}
	wait := l.First
	for i := l.Free + 1; i < count && wait < l.Most; i++ {
		wait *= 2
	}
	until := last.Add(min(wait, l.Most))
	if !until.After(now) {
		return time.Time{}
	}
	return until
}

// AddressKey groups addresses that one guest controls: an IPv4 address, an IPv6
// network of 64 bits.
func AddressKey(from string) string {
	a, err := netip.ParseAddr(from)
	if err != nil {
		return from
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}

// NeedsSecondFactor tells whether the roles may only be used with a second
// factor or a passkey: those who change people or rules, and the second person.
func (p *Person) NeedsSecondFactor() bool {
	return slices.Contains(p.Roles, Administrator) || slices.Contains(p.Roles, Approver)
}

// HasSecondFactor tells whether the person has one.
func (p *Person) HasSecondFactor() bool { return p.TOTP || p.Passkeys > 0 }
