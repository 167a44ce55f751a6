package notify

import (
	"slices"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// Rule is one kind of event: how much it may interrupt at most, and whom it
// concerns.
type Rule struct {
	Name  string
	Title string // English; {{t}} translates it
	Level store.NoticeLevel
	Roles []people.Role
	// Tiers are those that keep the level; devices of others are told one level
	// lower. nil: all.
	Tiers []device.TierName
}

// Names of the rules.
const (
	FunctionLost      = "function_lost"
	MalwareSpread     = "malware_spread"
	SafetyFlag        = "safety_flag"
	FailingOpen       = "failing_open"
	FindingActNow     = "finding_act_now"
	FeedIsStale       = "feed_stale"
	TapIsSilent       = "tap_silent"
	ImportHasFailed   = "import_failed"
	FindingNextWindow = "finding_next_window"
	FindingNew        = "finding_new"
	FindingChanged    = "finding_changed"
)

// Rules is the routing table (SR-50): only the first four may page.
var rules = []Rule{
	{FunctionLost, "Device lost its function", store.NoticePage, []people.Role{people.Biomed, people.Analyst}, []device.TierName{device.T0, device.T1}},
	{MalwareSpread, "Malware spreads", store.NoticePage, []people.Role{people.Biomed, people.Analyst, people.Administrator}, nil},
	{SafetyFlag, "Safety flag", store.NoticePage, []people.Role{people.Biomed, people.Analyst, people.Approver}, nil},
	{FailingOpen, "Ward lets traffic pass without protection", store.NoticePage, []people.Role{people.Analyst, people.Administrator}, nil},
	{FindingActNow, "Act now", store.NoticeToday, []people.Role{people.Biomed, people.Analyst}, nil},
	{FeedIsStale, "Feed is stale", store.NoticeToday, []people.Role{people.Analyst, people.Administrator}, nil},
	{TapIsSilent, "Tap is silent", store.NoticeToday, []people.Role{people.Analyst, people.Administrator}, nil},
	{ImportHasFailed, "Import failed", store.NoticeToday, []people.Role{people.Analyst, people.Administrator}, nil},
	{FindingNextWindow, "For the next change window", store.NoticeDigest, []people.Role{people.Biomed, people.Analyst}, nil},
	{FindingNew, "New finding", store.NoticeDigest, []people.Role{people.Biomed, people.Analyst}, nil},
	{FindingChanged, "Finding changed", store.NoticeDigest, []people.Role{people.Biomed, people.Analyst}, nil},
}

// Rules lists the rules, the most urgent first.
func Rules() []Rule { return slices.Clone(rules) }

// RuleNamed gives a rule; an unknown name is a rule for the digest of analysts.
func RuleNamed(name string) Rule {
	for _, r := range rules {
		if r.Name == name {
			return r
		}
	}
	return Rule{Name: name, Title: name, Level: store.NoticeDigest, Roles: []people.Role{people.Analyst}}
}

// ceiling is the level that a rule has for a device of the tier.
func (r *Rule) ceiling(tier device.TierName) store.NoticeLevel {
	if r.Tiers == nil || slices.Contains(r.Tiers, tier) {
		return r.Level
	}
	return lower(r.Level)
}

func lower(l store.NoticeLevel) store.NoticeLevel {
	if l == store.NoticePage {
		return store.NoticeToday
	}
	return store.NoticeDigest
}

const (
	// window is how long the same subject and rule are one notice (SR-52).
	window = 24 * 3600e9
	// Verdicts is how many of the last Verdicts count, minPrecision the share of
	// useful ones below which a rule is demoted (SR-53).
	Verdicts     = 20
	minPrecision = 0.5
)

// Demoted tells whether people found the rule so often useless that it goes to
// the digest.
func Demoted(p store.Precision) bool {
	return p.Judged >= Verdicts && float64(p.Useful) < minPrecision*float64(p.Judged)
}
