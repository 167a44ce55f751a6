// Package paper turns what is known into pages for the hand: the worklist, one
// device, the inventory, as PDF (ISO 32000) of A4 pages with the fonts inside.
// The same values make the print views of the web.
//
// Nothing on it is clinical: no patient data reaches Ward, and nothing looks
// like an alarm. Texts come from attackers too: control and direction characters
// and what the fonts cannot show are replaced, long ones are cut.
package paper

import "time"

// Translate gives a text of the catalogue in the reader's language.
type Translate func(text string, args ...any) string

// Head is what stands on every page.
type Head struct {
	Site  string // name of the hospital
	Title string
	At    time.Time // when it was made, in the reader's time zone
	By    string    // who made it
	Scope string    // which devices, in words
	// Rests says what the answer rests on: coverage, age of the feeds.
	Rests []string
	T     Translate `json:"-"`
}

// Place is a device and where it stands.
type Place struct {
	Link, Name, Location string
}

// Work is one action.
type Work struct {
	Key, Link             string
	Rank                  int
	Band, Kind, State     string // in words
	Action                string
	Why                   []string
	Where                 []Place
	Devices               int // in all
	Hours                 float64
	Before, After         float64 // score of the worst finding, 0: not known
	Findings              int
	Steps                 []Step
	Verify, Assignee, Due string
}

// Step is what to do, and who says so.
type Step struct {
	Text, Source string
}

// Worklist is what to do, the most urgent first.
type Worklist struct {
	Head
	Work  []Work
	Total int
	Hours float64 // of the work shown
}

// Fact is one thing known about a device, and how.
type Fact struct {
	Name, Value, How, Where string
	Sure                    float64 // 0 to 1; 0: not a claim
}

// Factor is one of the three that make a risk.
type Factor struct {
	Letter, Title string
	Value         float64
	Text          []string
}

// Finding is one vulnerability of a device.
type Finding struct {
	Score                                float64
	Band, Vulnerability, Advisory, Match string
	Evidence, Why                        string
}

// Decision is what a person decided about it.
type Decision struct {
	What, Reason, State, By, At, Expires string
}

// Risk is the worst finding taken apart.
type Risk struct {
	Score, Low, High             float64
	Band, Vulnerability, FindOut string
	Factors                      []Factor
}

// Device is everything about one device.
type Device struct {
	Head
	Back       string // address of its page
	Name, Lead string
	Facts      []Fact
	Warnings   []string // contradictions
	Risk       *Risk
	Findings   []Finding
	Total      int // findings in all
	Work       []Work
	Decisions  []Decision
}

// Line is one device of the inventory.
type Line struct {
	Link, Name, Kind, Product, Version, Serial, Address, Location, Department string
	Tier, Band                                                                string
	Score                                                                     float64
	Findings                                                                  int
}

// Group counts the devices of one department by tier.
type Group struct {
	Department string
	Tiers      map[string]int
	Total      int
}

// Inventory is what is there, by department and location.
type Inventory struct {
	Head
	Groups []Group
	Lines  []Line // sorted by department and location; at most MaxLines
	Total  int
}

// Bounds of what is put on paper. What is left out is always said.
const (
	MaxWork     = 50
	MaxWhere    = 12   // devices named for one action
	MaxFindings = 100  // of one device
	MaxFacts    = 60   // of one device
	MaxLines    = 2000 // devices of an inventory
	MaxGroups   = 100  // departments of its summary
)

// TierNames are the columns of the summary; the last is for devices whose tier
// nobody knows.
var TierNames = [...]string{"T0", "T1", "T2", "T3", "T4", ""}
