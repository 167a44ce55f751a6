package remedy

import (
	"regexp"
	"slices"
	"strings"
)

// verbs are the words by which an instruction begins.
var verbs = strings.Fields(`implement ensure use restrict limit disable enable change monitor apply install configure reconfigure review verify keep
	maintain consider block allow set remove connect disconnect avoid follow employ protect place isolate segment separate segregate control
	contact check delete turn switch run perform operate lock store report train inform encrypt deploy utilize utilise adhere create assign
	require prevent minimize minimise reduce secure log audit back close open power press return replace upgrade update obtain download ask make
	treat access inspect confirm never exercise unplug shut stop wipe erase purge select enter add establish practice do don't only grant
	take discontinue retire migrate purchase talk discuss handle manage retain sanitize sanitise harden patch filter whitelist allowlist
	scan test validate reboot restart exchange evaluate define choose always permit deny shred destroy rotate regenerate renew revoke
	uninstall deactivate activate house locate harden request adjust enforce educate refrain logout sign transition cease start import
	load read share provide put force authenticate pair accept determine identify schedule plan transfer supervise physically regularly immediately periodically`)

var verbSet, gerunds = verbForms()

// verbForms gives the verbs and what their -ing forms stand for.
func verbForms() (map[string]bool, map[string]string) {
	set, forms := map[string]bool{}, map[string]string{}
	for _, v := range verbs {
		set[v] = true
		forms[v+"ing"] = v
		forms[strings.TrimSuffix(v, "e")+"ing"] = v
		forms[v+v[len(v)-1:]+"ing"] = v
	}
	return set, forms
}

var (
	bullet  = regexp.MustCompile(`^(?:[-–*o>·]\s+|\(?\d{1,2}[.)]\s*|[a-z]\)\s*)+`)
	subject = `(?:users?|customers?|hospitals?|healthcare providers|healthcare organizations|organi[sz]ations?|operators?|administrators?|patients?|clinicians?|providers|facilities|facility|owners?|those|everyone|operators and users|asset owners|device users|personnel|staff)`
	opening = re(`^(?:in addition(?: to [^,]{0,80})?|additionally|also|further(?:more)?|note(?: that)?|where possible|if possible|whenever possible|as a last resort|therefore|specifically|for all users|in the interim|alternatively|please|cve-\d+-\d+[^-:]{0,60} ?[-:]|and)[,:]? +`)
	told    = re(`^.{0,220}?\b(?:recommends?|recommended|advises?|advised|encourages?|encouraged|suggests?|suggested|urges?|urged|requests?|requested|instructs?|instructed|directs?|directing|reminds?)\b[:,]? *`)
	filler  = re(`^(?:(?:also|strongly|further|that|all|any|to|for|the|affected|these|impacted|currently|u\.s\.|` + subject + `|should|must|either|using|running|who [^,.]{0,60}?|of (?:the |an? |affected )*[^,.]{0,70}? (?:to|should)|with [^,.]{0,80}? (?:to|should)|in addition,?|as a mitigation,?|the following:?)[ ,]+)+`)
	modal   = re(`^.{0,140}?\b` + subject + `\b[^.]{0,90}?\b(?:should|must|may|can|need to|will need to|are (?:\w+ )?(?:advised|recommended|encouraged|asked|urged|required|instructed|reminded)(?: by [^.]{0,40}?)? to) (?:always |also |still |consider |immediately |only |either )*(not )?`)
	passive = re(`^(.{3,120}?),? (?:(?:should|must|shall) (not )?(?:always |only )?be|(?:is|are) (?:required|recommended) to be) (.+)$`)
	lead    = re(`^(?:when|where|if|before|after|until|while|for|by|to|as|on|during|at) [^,.]{3,110}, +`)
)

// directive turns a sentence into an imperative, or says that it asks for
// nothing.
func directive(text string) (string, bool) {
	s := strings.TrimSpace(bullet.ReplaceAllString(text, ""))
	for range 3 {
		s = opening.ReplaceAllString(s, "")
	}
	if imperative(s) {
		return s, true
	}
	if at := lead.FindStringIndex(s); at != nil && imperative(s[at[1]:]) {
		return s, true
	}
	lower := strings.ToLower(s)
	if containsAny(lower, tells) {
		if at := told.FindStringIndex(s); at != nil {
			if do, ok := afterTold(s[at[1]:]); ok {
				return do, true
			}
		}
	}
	if !containsAny(lower, modals) {
		return "", false
	}
	if at := modal.FindStringSubmatchIndex(s); at != nil {
		if do := s[at[1]:]; imperative(do) {
			if at[2] >= 0 {
				do = "do not " + do
			}
			return do, true
		}
	}
	if m := passive.FindStringSubmatch(s); m != nil && !indirect.MatchString(m[1]) && !strings.Contains(m[3], "should be") {
		return "make sure that " + lowerStart(m[1]) + " " + is(m[1]) + " " + m[2] + m[3], true
	}
	return "", false
}

var (
	tells  = []string{"recommend", "advis", "encourag", "suggest", "urge", "request", "instruct", "direct", "remind"}
	modals = []string{"should", "must", "may", "can", "need", "are ", "is r", "shall"}
	// indirect speech has no thing as its subject that one could look after.
	indirect = re(`,|\b(?:states?|recommends?|notes?|reports?|that|stores?|which|it|and)$|\b(?:states?|recommends?|notes?|reports?|stores?|if|this|these)\b`)
)

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// afterTold reads what follows "Philips recommends".
func afterTold(s string) (string, bool) {
	s = strings.TrimSpace(filler.ReplaceAllString(s+" ", ""))
	if imperative(s) {
		return s, true
	}
	word, rest, _ := strings.Cut(s, " ")
	if base := gerunds[strings.ToLower(word)]; base != "" {
		return base + " " + rest, true
	}
	if word == "not" {
		return "do " + s, imperative(rest)
	}
	if at := toVerb.FindStringSubmatchIndex(s); at != nil && imperative(s[at[2]:]) {
		return s[at[2]:], true
	}
	return "", false
}

var toVerb = re(`^[^,.;]{0,110}?\b(?:to|should|must) (\w+)`)

// imperative tells whether a text begins with a verb of instruction.
func imperative(s string) bool {
	word, rest, _ := strings.Cut(strings.ToLower(s), " ")
	word = strings.TrimRight(word, ",:")
	if !verbSet[word] {
		return false
	}
	next, _, _ := strings.Cut(rest, " ")
	switch {
	case word == "secure" || word == "isolate":
		return slices.Contains([]string{"the", "your", "all", "it", "any", "them", "access", "each", "and", "affected"}, next)
	case next == "to" && (word == "update" || word == "upgrade" || word == "return" || word == "change"):
		return true
	}
	return !nouns[word] || !nounNext[next]
}

// Some verbs are nouns too: "Control systems are", "Access to", "Patch is".
var (
	nouns = map[string]bool{"access": true, "control": true, "use": true, "patch": true, "update": true, "upgrade": true, "report": true,
		"log": true, "change": true, "power": true, "test": true, "place": true, "store": true, "request": true, "lock": true, "filter": true,
		"plan": true, "download": true, "lists": true, "monitor": true, "schedule": true, "return": true, "audit": true}
	nounNext = map[string]bool{"to": true, "is": true, "are": true, "of": true, "systems": true, "was": true, "has": true, "healthcare": true,
		"should": true, "must": true, "can": true, "will": true, "may": true, "for": true, "by": true, "from": true}
)

// is agrees with the noun before it.
func is(noun string) string {
	words := strings.Fields(strings.ToLower(noun))
	head := words[len(words)-1]
	for i, w := range words {
		if i > 0 && (w == "to" || w == "of" || w == "from" || w == "at" || w == "for" || w == "with" || w == "on") {
			head = words[i-1]
			break
		}
	}
	if head == "access" || !strings.HasSuffix(head, "s") || strings.HasSuffix(head, "ss") {
		return "is"
	}
	return "are"
}

var capitals = regexp.MustCompile(`^[A-Z][a-z' ]`)

// lowerStart writes the first letter small where the word is no name of letters.
func lowerStart(s string) string {
	if capitals.MatchString(s) {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// maxStepText is how long an instruction on the worklist may be; the whole
// sentence stands in the source.
const maxStepText = 240

// tailClauses explain, they do not instruct: a long text is cut there first.
var tailClauses = re(`(?:, (?:which|including|such as|e\.g\.|in order|so that|as (?:referenced|described)|i\.e\.)| \((?:e\.g\.|i\.e\.|see)| in order to | so that | to (?:prevent|reduce|help|minimi[sz]e|protect) | whereby | until )`)

// short makes an instruction fit on the worklist.
func short(s string) string {
	s = strings.TrimRight(strings.TrimSpace(lowerStart(s)), ".:;, ")
	s = strings.ReplaceAll(s, " their ", " the ")
	if len(s) > maxStepText {
		if at := tailClauses.FindStringIndex(s[30:]); at != nil && 30+at[0] <= maxStepText {
			s = s[:30+at[0]]
		}
	}
	return cut(s, maxStepText)
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	if i := strings.LastIndexByte(s[:n], ' '); i > n/2 {
		n = i
	}
	return strings.TrimRight(strings.ToValidUTF8(s[:n], ""), " ,;:") + "…"
}
