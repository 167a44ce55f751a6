package web

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"ward/vuln/advisory"
)

// Bounds of what one advisory may put on a page. Whoever writes it chooses its
// length.
const (
	maxProducts = 100
	maxRemedies = 50
	maxOriginal = 12_000 // bytes of one text
	maxFlaws    = 50     // vulnerabilities of one advisory
)

// advisoryPart is what an advisory says about one vulnerability.
type advisoryPart struct {
	*advisory.Vulnerability
	Words    []words // the description
	Status   []statusGroup
	Remedies []remedyText
	Cut      int // remediations that are not shown
}

// statusGroup is the products of one status.
type statusGroup struct {
	Status   advisory.Status
	Products []namedProduct
	More     int
}

// namedProduct is a product with what the publisher says of its status.
type namedProduct struct{ Name, Why string }

// remedyText is a remediation in the publisher's words.
type remedyText struct {
	Category string
	Words    []words
	URL      string // http or https, else empty
	Date     time.Time
	Products []string
	More     int
}

// words are a piece of text, a link where Link is set.
type words struct{ Text, Link string }

// partOf gives what an advisory says about one of its vulnerabilities.
func partOf(a *advisory.Advisory, v *advisory.Vulnerability) advisoryPart {
	names := map[string]string{}
	for i := range a.Products {
		names[a.Products[i].ID] = productName(&a.Products[i])
	}
	p := advisoryPart{Vulnerability: v, Words: original(v.Description), Status: statusOf(v, names)}
	for i := range v.Remediations[:min(len(v.Remediations), maxRemedies)] {
		m := &v.Remediations[i]
		t := remedyText{Category: m.Category, Words: original(m.Text), URL: webLink(m.URL), Date: m.Date}
		for _, id := range m.Products[:min(len(m.Products), maxProducts/10)] {
			t.Products = append(t.Products, nameOr(names, id))
		}
		t.More = len(m.Products) - len(t.Products)
		p.Remedies = append(p.Remedies, t)
	}
	p.Cut = len(v.Remediations) - len(p.Remedies)
	return p
}

func statusOf(v *advisory.Vulnerability, names map[string]string) []statusGroup {
	var out []statusGroup
	at := map[advisory.Status]int{}
	for _, st := range v.Status {
		i, ok := at[st.Status]
		if !ok {
			i = len(out)
			at[st.Status], out = i, append(out, statusGroup{Status: st.Status})
		}
		if g := &out[i]; len(g.Products) < maxProducts {
			g.Products = append(g.Products, namedProduct{nameOr(names, st.Product), strings.TrimSpace(strings.ReplaceAll(st.Flag, "_", " ") + " " + st.Why)})
		} else {
			g.More++
		}
	}
	return out
}

func nameOr(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n
	}
	return id
}

func productName(p *advisory.Product) string {
	name := p.Text
	if name == "" {
		name = strings.TrimSpace(p.Vendor + " " + p.Name)
	}
	if p.Version != "" && !strings.Contains(name, p.Version) {
		name += " " + p.Version
	}
	return name
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"'\x60|\\^{}]+`)

// original cuts a publisher's text into words and links. Only addresses of
// http and https become links; everything else stays text.
func original(text string) []words {
	if len(text) > maxOriginal {
		end := maxOriginal
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + " …"
	}
	var out []words
	from := 0
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]")
		if webLink(link) == "" {
			continue
		}
		if at[0] > from {
			out = append(out, words{Text: text[from:at[0]]})
		}
		out = append(out, words{link, link})
		from = at[0] + len(link)
	}
	if from < len(text) {
		out = append(out, words{Text: text[from:]})
	}
	return out
}
