package advisory

import (
	"fmt"
	"strings"
)

// maxDifferences bounds what Differences lists.
const maxDifferences = 20

// Differences says in words what a newer state of an advisory changed of what
// matters: products, versions, vulnerabilities, scores, status, remediations.
// Empty: only its title, notes or dates differ.
func Differences(old, now *Advisory) []string {
	var d differences
	d.sets("product", products(old), products(now))
	d.sets("vulnerability", vulnerabilities(old), vulnerabilities(now))
	before := map[string]*Vulnerability{}
	for i := range old.Vulnerabilities {
		before[old.Vulnerabilities[i].ID] = &old.Vulnerabilities[i]
	}
	were, are := names(old), names(now)
	for i := range now.Vulnerabilities {
		v := &now.Vulnerabilities[i]
		if b := before[v.ID]; b != nil {
			d.vulnerability(b, v, were, are)
		}
	}
	if d.more > 0 {
		d.list = append(d.list, fmt.Sprintf("and %d further differences", d.more))
	}
	return d.list
}

type differences struct {
	list []string
	more int
}

func (d *differences) say(format string, args ...any) {
	if len(d.list) >= maxDifferences {
		d.more++
		return
	}
	d.list = append(d.list, fmt.Sprintf(format, args...))
}

// sets tells what was added and what removed, in order.
func (d *differences) sets(noun string, old, now []string) {
	before, after := setOf(old), setOf(now)
	for _, x := range now {
		if !before[x] {
			d.say("%s added: %s", noun, x)
		}
	}
	for _, x := range old {
		if !after[x] {
			d.say("%s removed: %s", noun, x)
		}
	}
}

func setOf(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, x := range list {
		out[x] = true
	}
	return out
}

func (d *differences) vulnerability(old, now *Vulnerability, before, after map[string]string) {
	d.sets(now.ID+": score", scores(old), scores(now))
	d.sets(now.ID+": status", statuses(old, before), statuses(now, after))
	d.sets(now.ID+": remediation", remediations(old), remediations(now))
	d.sets(now.ID+": weakness", old.CWEs, now.CWEs)
	if old.Description != now.Description {
		d.say("%s: the description was reworded", now.ID)
	}
	if n, m := configurations(old), configurations(now); n != m {
		d.say("%s: CPE names of affected products: %d before, %d now", now.ID, n, m)
	}
}

// maxWords bounds one quoted text.
const maxWords = 120

func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "") + "…"
	}
	return s
}

func (p *Product) words() string {
	text := p.Text
	if text == "" {
		text = strings.TrimSpace(p.Vendor + " " + p.Name)
	}
	if p.Version != "" && !strings.Contains(text, p.Version) {
		text += " " + p.Version
	}
	return clip(text)
}

func products(a *Advisory) (out []string) {
	for i := range a.Products {
		out = append(out, a.Products[i].words())
	}
	return out
}

// names gives the products by their ID.
func names(a *Advisory) map[string]string {
	out := map[string]string{}
	for i := range a.Products {
		out[a.Products[i].ID] = a.Products[i].words()
	}
	return out
}

func vulnerabilities(a *Advisory) (out []string) {
	for i := range a.Vulnerabilities {
		out = append(out, a.Vulnerabilities[i].ID)
	}
	return out
}

func scores(v *Vulnerability) (out []string) {
	for _, s := range v.Scores {
		out = append(out, clip(fmt.Sprintf("CVSS %s %.1f %s", s.Version, s.Base, s.Vector)))
	}
	return out
}

func statuses(v *Vulnerability, names map[string]string) (out []string) {
	for _, s := range v.Status {
		name := names[s.Product]
		if name == "" {
			name = s.Product
		}
		out = append(out, clip(strings.ReplaceAll(string(s.Status), "_", " ")+": "+name))
	}
	return out
}

func remediations(v *Vulnerability) (out []string) {
	for _, r := range v.Remediations {
		out = append(out, clip(strings.ReplaceAll(r.Category, "_", " ")+": "+r.Text))
	}
	return out
}

func configurations(v *Vulnerability) (n int) {
	for _, c := range v.Configurations {
		for _, node := range c.Nodes {
			n += len(node.Matches)
		}
	}
	return n
}
