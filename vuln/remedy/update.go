package remedy

import (
	"regexp"
	"strconv"
	"strings"
)

// availability of an update that a sentence speaks of. The zero value is none.
type availability int

const (
	noUpdate  availability = iota
	announced              // promised, not out when the text was written
	remote                 // the manufacturer installs it by itself
	released
)

var (
	patchWords = re(`\b(?:up(?:dat|grad)(?:e[sd]?|ing)|patch(?:e[sd]|ing)?|hot-?fix(?:es)?|firmware|service packs?|(?:new(?:er|est)?|fixed|corrected|latest|current|recent(?:ly)?(?: released)?) (?:software |product |firmware |mobile |application )*(?:versions?|releases?|builds?)|plans? (?:a|to make a) (?:new )?release|new releases?|software (?:fix|fixes|release|correction)|security (?:fix|fixes)|release a fix|releas\w+ (?:version|v?\d)|releas\w+ (?:\S+ ){0,5}version \d|version \S+ was released|(?:fixed|remediated|resolved|addressed|corrected|mitigated|patched) (?:in|with|by)|remediat(?:es|ed|ion) (?:for )?(?:these|this|the|cwe|cve|hard)|releas\w+ (?:\S+ )?(?:fixes|patches)|the fix\b)`)

	releasedWords = re(`\b(?:(?:has|have) (?:been )?(?:also |now |already )?(?:released|produced|developed|created|issued|made|provided|fixed|corrected|addressed|remediated|resolved|mitigated|implemented|deployed)|(?:was|were|been) (?:released|made available|corrected|fixed|addressed|remediated|resolved|implemented)|released|produced an?|(?:is|are) (?:now |currently |also )?available|available (?:now|for|via|on|upon|from|to|in|by)|(?:can|may) be (?:applied|obtained|downloaded|found|requested)|(?:fixed|mitigated|remediated|resolved|corrected|addressed) in|(?:fixes|remediates|mitigates|resolves|corrects|addresses|eliminates) )`)
	comingWords   = re(`\b(?:plans?|planning|planned|scheduled|expect(?:s|ed)?|intends?|anticipates?|estimated|will (?:be )?(?:\w+ )?(?:releas\w*|provid\w*|issu\w*|available|updat\w*|address\w*|mitigat\w*|deploy\w*|produc\w*|deliver\w*)|(?:is|are) (?:currently )?(?:producing|developing|working|being developed|being deployed|adding)|in the process of|under development|in development|with be available|upon (?:the )?release|when (?:\w+ )?releases|as soon as it becomes|when (?:updated )?(?:products|updates) are available|fix_planned)\b`)
	remoteWords   = re(`\b(?:automatically|over-the-air|remotely|server-side|by (?:its|the) service|proactively|will update the devices|via field service|during regular office visits|routine patch deployment)\b`)

	// noUpdateWords: the sentence speaks of updates, but of nothing to install.
	noUpdateWords = re(`\b(?:questions?|inquiries|concerns?, |information (?:on|about|regarding) how|updates? (?:on|about) |updates and additional|further assess\w*|as with any|can cause|not advisable|advisable|should be approached|is to be determined|has reviewed|risk of performing|preloaded|re-enabled|drug library|formulary|update mechanism|(?:up|down)load (?:center|page)|virus|anti-?virus|definitions?|signatures?|mailing list|letter|notif(?:y|ied|ication)|alerted|subscrib\w*|bulletin|advisory (?:at|for|label)|for more|more details|additional (?:details|information|security)|not (?:pertain|apply) |does not affect|not available (?:for|in|to) (?:the|all)|safety communication|will (?:implement|prevent|not install)|must be updated|this (?:configuration|action)|not capable of|until (?:the|these|this|an?|\w+ )?(?:update|patch|fix|mitigation)\w*|update account|would impact|manual|documentation|assistance|advisory will|for (?:more|further)|has not released|up-to-date|up to date|responded|best practices|additional options)`)
	updateVerbs   = re(`^(?:update|upgrade|apply|install|obtain|download|patch|migrate|move|contact [^.]{0,80}(?:patch|update|upgrade|fix|hotfix|installation|version)|reach out [^.]{0,60}update|request [^.]{0,40}(?:patch|update|upgrade)|use (?:the )?(?:latest|newest|most recent|version|v\d)|see [^.]{0,60}upgrade|firmware|keep [^.]{0,60}to receive)\b`)
	// labelled is a bare list item: "Welch Allyn Service Monitor: v1.7.0.0".
	labelled = regexp.MustCompile(`^[^.:]{3,120}(?::| -|,)? (?:[Ff]irmware )?(?:[Vv]ersions? |[Vv])\S*\d\S*(?: or later| or higher| or newer| and later| \([^)]*\))*[., ]*$`)
)

// readUpdate decides whether the sentence tells of an update one can install.
func readUpdate(s *statement, category string) availability {
	words := patchWords.MatchString(s.text)
	if !words && !strings.ContainsAny(s.text, "0123456789") {
		return noUpdate
	}
	do, told := directive(s.text)
	told = told && updateVerbs.MatchString(strings.ToLower(do))
	switch {
	case noUpdateWords.MatchString(s.text) && (!told || len(versionsIn(s.text)) == 0):
		return noUpdate
	case told && (words || len(versionsIn(do)) > 0):
		s.do = do
		if comingWords.MatchString(s.text) {
			return announced
		}
		return released
	case labelled.MatchString(s.text) && len(versionsIn(s.text)) > 0 && (category == "vendor_fix" || category == "mitigation"):
		return released
	case !words:
		return noUpdate
	case remoteWords.MatchString(s.text):
		return remote
	case comingWords.MatchString(s.text):
		return announced
	case releasedWords.MatchString(s.text):
		return released
	}
	return noUpdate
}

// version is one version in a text that may be the fixed one.
type version struct {
	text   string
	near   string // the words around it, lower case, to tell products apart
	sure   int
	orMore bool // "or later"
}

var (
	versionToken = regexp.MustCompile(`(?:^|[\s("/])((?:[Vv]ersions? |[Rr]elease )?(?:[VvRrS]|VF|VM|vers?\.? ?|V )?\d+(?:\.[0-9A-Za-z?]+)+|[VvRr] ?\d+\b|[A-Z]\.\d\d(?:\.\d+)*|(?:[Vv]ersion|VERSION|[Rr]elease) \d+\b)((?:[ -](?:SP|HF|Update|Upd|[Ss]ervice [Pp]ack|GMA|RU|U|Patch|Build|build) ?\d+[a-z]?\b| Rev [A-Z]\b)*)`)
	olderTail    = re(`^[^,.;()]{0,14}\b(?:prior|earlier|older|below|before|lower|through|and under|or under|is not vulnerable|is obsolete|is affected|are affected|are end)`)
	olderHead    = re(`\b(?:prior to|earlier than|older than|less than|later than|newer than|before|below|affected|vulnerable|supporting|supports?|unsupported|from|up to|through|using|running|if you (?:have|use)|windows|android|ios|tls|ssl|wpa|section|port|nist sp|sp|ip|between|replac\w+|instead of|out of support|as of|users of|users with|all|for|kernel|java|smb|cvss|base|build)(?: \S+){0,1}? ?(?:software |firmware )?(?:versions?|v)? ?$`)
	fixHead      = re(`(?:up(?:dat|grad)\w*|install\w*|appl(?:y|ies|ied)|releas\w*|remediat\w*|mitigat\w*|fixed|resolv\w*|address\w*|corrected|newe[rs]t?|latest|new|available|created|produced|hotfix|patch|download\w*|fixes|use)\b[^;]{0,90}$`)
	orLater      = re(`^\)?(?: service pack)?,? ?(?:or|and|\()? ?(?:any )?(?:later|newer|higher|above|greater|up\b|onwards?|more recent|subsequent|future|the latest)`)
	listAfter    = re(`^[\s,]*(?:and|or|,)?\s*(?:version )?v?\d+(?:\.\w+)+[^.]{0,12}(?:prior|earlier|older|lower)`)
	monthHead    = re(`\b(?:january|february|march|april|may|june|july|august|september|october|november|december|q[1-4]|quarter|end of|windows|android|ios)\b[^.]{0,6}$`)
)

const maxVersions = 12

// versionsIn gives the versions that a sentence calls fixed, the surest first.
// A version that the sentence calls affected is left out.
func versionsIn(text string) []version {
	var out []version
	for _, at := range versionToken.FindAllStringSubmatchIndex(text, maxVersions) {
		head, tail := text[max(0, at[2]-110):at[2]], text[at[1]:]
		v := version{text: cleanVersion(text[at[2]:at[1]]), orMore: orLater.MatchString(tail)}
		short := head[max(0, len(head)-40):]
		if olderTail.MatchString(tail) || listAfter.MatchString(tail) || monthHead.MatchString(short) ||
			olderHead.MatchString(short) && !v.orMore {
			continue
		}
		if v.orMore {
			v.sure += 2
		}
		if fixHead.MatchString(head) {
			v.sure += 2
		}
		if labelled.MatchString(text) {
			v.sure++
		}
		if v.sure == 0 {
			continue
		}
		v.near = strings.ToLower(head + tail[:min(24, len(tail))])
		out = appendVersion(out, v)
	}
	return out
}

// appendVersion keeps the list sorted by how sure each is, without repeats.
func appendVersion(list []version, v version) []version {
	for i := range list {
		if list[i].text == v.text {
			list[i].sure = max(list[i].sure, v.sure)
			list[i].near += " " + v.near
			return list
		}
	}
	at := len(list)
	for at > 0 && list[at-1].sure < v.sure {
		at--
	}
	list = append(list, version{})
	copy(list[at+1:], list[at:])
	list[at] = v
	return list
}

func cleanVersion(s string) string {
	s = strings.TrimSpace(s)
	for _, prefix := range []string{"Version ", "version ", "Versions ", "versions ", "VERSION ", "Release ", "release "} {
		s = strings.TrimPrefix(s, prefix)
	}
	return strings.TrimRight(s, ".,")
}

// olderThan compares dotted numbers; false where one is not made of numbers.
func olderThan(a, b string) bool {
	x, y := strings.Split(strings.TrimLeft(a, "vVrR "), "."), strings.Split(strings.TrimLeft(b, "vVrR "), ".")
	for i := range max(len(x), len(y)) {
		var m, n int
		var err error
		if i < len(x) {
			if m, err = strconv.Atoi(x[i]); err != nil {
				return false
			}
		}
		if i < len(y) {
			if n, err = strconv.Atoi(y[i]); err != nil {
				return false
			}
		}
		if m != n {
			return m < n
		}
	}
	return false
}
