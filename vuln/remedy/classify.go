package remedy

import (
	"regexp"
	"strings"
)

// The words by which a publisher's sentence is put on the ladder. The category
// it was filed under does not help: CISA files mitigations, telephone numbers
// and "no fix" alike as vendor_fix (vulnerability-priority.md section 4).
var (
	nothing = re(`^for (?:more|additional|further)|further (?:information|questions)|additional (?:information|questions|patient)|contact information|has (?:published|released|issued|posted) (?:a|an|its)? ?(?:product |new |related |coordinated )?(?:security )?(?:bulletin|advisory|notice|letter|statement)|(?:available|found) (?:at|on|in) the following|following (?:location|url|link|web)|security (?:web ?site|web ?page|portal)|do not click|unsolicited|social engineering|email scam|recommended practices|no known public|report(?:ed|ing)? (?:no|incidents)|suspected malicious|perform proper impact|impact analysis|^tel\b|^online|^email|^phone|is (?:being|currently) (?:investigat|assess)|has determined that no|not intended to serve|cisa (?:recommends|encourages|reminds|provides)|ics-cert (?:recommends|reminds|also|encourages|provides)|nccic (?:recommends|reminds)`)
	intro   = re(`(?:the )?following (?:mitigations?|measures|compensating|defensive|actions|steps|controls|recommendations|procedures|information|versions?|products?|workarounds?|guidelines|precautions)\b[^.]{0,60}:?$|:$`)

	noFixWords   = re(`(?:will|does|do|did) not (?:be )?(?:plan(?:ning)?|issu\w*|releas\w*|provid\w*|develop\w*|offer\w*|produc\w*|support\w*)|not developed a (?:product )?(?:fix|update|patch)|no (?:plans?|fix|patch|update|mitigations?|software update)\b|no longer (?:support\w*|sold|in (?:production|support)|manufactur\w*|available)|end[- ]of[- ](?:life|support|service|sale)|not planned|discontinued|has been retired|cannot be (?:updated|upgraded|patched)|not capable of accepting|obsolete`)
	replaceWords = re(`(?:stop|discontinue|cease|no longer) us(?:e|ing)|\breplac(?:e|ing|ement)\b|\bretir(?:e|ing)\b|migrat(?:e|ing)|return (?:them|it|the)|dispos(?:e|al)|changing to a newer|transition to|unplug|remove the (?:device|product|software) from service|decommission`)

	patchWords  = re(`\b(?:up(?:dat|grad)(?:e[sd]?|ing)|patch(?:e[sd]|ing)?|hot-?fix(?:es)?|firmware|service packs?|new(?:er|est)? (?:software|version|release)|latest (?:software|version|release|build|available)|fixed in|remediated in|resolved in|addressed in|corrected in|mitigated in|software (?:fix|release|correction))`)
	futureWords = re(`\b(?:plans?|planning|planned|scheduled|expect(?:s|ed)?|intends?|will (?:be )?(?:releas\w*|provid\w*|issu\w*|available|update|address|mitigat\w*)|is (?:producing|developing|working)|in the process of|is adding|being developed|under development|when \w+ releases)\b`)

	disableWords  = re(`\b(?:disabl(?:e|ing)|turn(?:ing)? (?:it |them )?off|switch(?:ing)? off|deactivat(?:e|ing)|uninstall|clos(?:e|ing) (?:the )?(?:unused |unnecessary )?ports?|block(?:ing)? (?:(?:all|the|any|unused|unnecessary|tcp|udp|network|inbound|incoming|external) )*ports?|remov(?:e|ing) (?:the )?(?:wireless|wi-?fi|network|telnet|ftp|service|module)|disconnect\w*|unused (?:services|ports|accounts)|do not (?:enable|connect|use the (?:wireless|network))|not (?:be )?connect(?:ed)? to)\b`)
	credWords     = re(`\b(?:passwords?|passphrases?|credentials?|pass ?codes?|pins?\b|default accounts?|user accounts?|login|log-?in|two-factor|multi-?factor|authentication (?:mode|method|feature)|active directory|least privilege|privileges?|access (?:rights|roles)|user (?:roles|rights))\b`)
	reachWords    = re(`\b(?:access control lists?|acls?|allow-?list\w*|white-?list\w*|(?:only|limit\w*|restrict\w*)[^.]{0,60}(?:ip address\w*|hosts?|trusted (?:\w+ )?(?:systems?|devices?|computers?|networks?)|authorized (?:devices|systems|computers|hosts))|firewall rules?|mac address (?:filter\w*|authenticat\w*)|802\.1x|network access control|port security|ip (?:address )?(?:filter|restrict)\w*|restrict (?:network )?access to (?:the )?(?:port|service|network|server|system|device|interface)|limit (?:network )?access|monitor (?:and|or) (?:block|control)|rate limit\w*|dhcp (?:server )?to)`)
	zoneWords     = re(`\b(?:segment\w*|vlans?|isolat\w*|segregat\w*|separate (?:\w+ ){0,2}networks?|stand-?alone|air-?gap\w*|dmz|demilitarized|firewalls?|vpns?\b|virtual private|not (?:be )?(?:accessible|exposed|reachable) (?:from|to) the internet|behind|physically or logically|network exposure|private network|dedicated network|closed network)\b`)
	mustWords     = re(`\b(?:must|required|requires|mandatory|only be used|intended to be used|shall)\b`)
	configWords   = re(`\b(?:configur\w*|settings?|encrypt\w*|wpa-?[23]?\w*|tls|ssl|https|certificates?|enabl(?:e|ing)|option|parameter|harden\w*|anti-?virus|anti-?malware|malware protection|endpoint protection|application (?:control|white-?list\w*)|secure (?:host|mode|boot|terminal|configuration)|instructions? for use|product labell?ing|service guides?|operating manual|user (?:manual|guide)|secure (?:communication|channel|connection)|authentication and encryption|ssid)\b`)
	physicalWords = re(`\b(?:physical(?:ly)?|lock(?:ed|ing)?|tamper\w*|usb|removable media|badge|door|secure (?:location|area|room|environment|storage|place)|control (?:of|over)|under (?:your )?(?:direct )?control|unattended|proximity|possession|hard ?drive encryption|port covers?|cabinet)\b`)
	habitWords    = re(`\b(?:monitor(?:ing)?|verif\w*|check(?:ing)?|review\w*|audit\w*|logs?\b|train\w*|procedures?|polic(?:y|ies)|educat\w*|inform\w*|delet\w*|wip(?:e|ing)|eras\w*|purg\w*|inspect\w*|confirm\w*|ensur\w*|maintain\w*|limit\w*|restrict\w*|avoid\w*|do not|only (?:use|open|install|connect|allow|download)|trusted|restart\w*|reboot\w*|power(?:ed)? (?:off|cycle|down|on)|back-?ups?|report (?:any|unusual)|attentive|aware|alerts?\b|keep|store|follow\w*|use (?:only|caution)|authorized personnel|manual(?:ly)?|schedule\w*)\b`)
)

func re(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + pattern) }

// rules are asked in order: what removes the flaw, then what removes the way to
// it, then habits. Network borders come behind every narrower reading.
var rules = []struct {
	words *regexp.Regexp
	kind  Kind
}{
	{disableWords, DisableService},
	{reachWords, NetworkControl},
	{credWords, Credentials},
	{zoneWords, Segmentation},
	{physicalWords, Physical},
	{configWords, Configuration},
	{habitWords, Workflow},
}

// classify puts a sentence on the ladder, or leaves kind empty where it asks
// for nothing.
func classify(s *statement, category string) {
	text := s.text
	s.noFix = noFixWords.MatchString(text)
	patch := patchWords.MatchString(text)
	switch {
	case intro.MatchString(text):
		return
	case s.noFix && replaceWords.MatchString(text):
		s.kind = Replace
		return
	case patch && !s.noFix && instructs(text):
		s.kind = Patch
		s.fixed = fixedVersion(text)
		s.future = s.fixed == "" && futureWords.MatchString(text) || futureWords.MatchString(text) && !strings.Contains(strings.ToLower(text), "has released")
		return
	case nothing.MatchString(text):
		return
	case replaceWords.MatchString(text) && !patch:
		s.kind = Replace
		return
	case s.noFix:
		s.kind = Replace
		return
	}
	for _, r := range rules {
		if r.words.MatchString(text) && (instructs(text) || imperative(text)) {
			s.kind = r.kind
			return
		}
	}
}

// instruction is how a publisher tells users to act, or says that a thing exists.
var instruction = re(`\b(?:recommend\w*|advis\w*|encourag\w*|should|must|suggest\w*|urg(?:e|es)|need to|instruct\w*|request\w*|please|can (?:be )?\w+|users? (?:can|may|are)|released?|available|producing|produced|provid\w*|developed|issued|will|plans?|planned|scheduled|has (?:been )?(?:addressed|mitigated|corrected|resolved|fixed|remediated|created|implemented)|fixed|obtain|apply|install|contact|update[sd]?|upgrade[sd]?)\b`)

func instructs(text string) bool { return instruction.MatchString(text) }

// verbs begin a sentence of a list that says what to do.
var verbs = re(`^(?:[-–*\d.)\s]*)(?:for [^,]{3,60}, |where possible,? |if possible,? |when \w+[^,]{0,60}, |always |all |only |please )?(?:do(?:n't| not)|implement|ensure|use|restrict|limit|disable|enable|change|monitor|apply|install|configure|review|verify|keep|maintain|consider|block|allow|set|remove|connect|disconnect|avoid|follow|employ|protect|place|isolate|segment|separate|segregate|control|contact|check|delete|turn|switch|run|perform|operate|lock|store|report|train|inform|encrypt|deploy|utili[sz]e|adhere|create|assign|require|prevent|minimi[sz]e|reduce|secure|log|audit|back|close|open|power|press|return|replace|upgrade|update|obtain|download|ask|make|treat|be|access|inspect|confirm|never|exercise|employing|using|ensuring|restricting|limiting|unplug|shut|stop|wipe|erase|purge|select|enter|add|establish|practice|physically|customers|users|administrators|hospitals|healthcare|clinicians|patients|operators|facilities)\b`)

func imperative(text string) bool { return verbs.MatchString(text) }

var (
	versionAfter = re(`(?:\b(?:to|in|with|install|version|versions|release|releases|update|upgrade|software|firmware|v|of)\b[\s:]*)((?:v(?:ersion)?\.? ?|r|rev\.? ?|vf)?\d+(?:\.[0-9a-z]+)+(?:[-_ ]?(?:sp|hf|b|build|r)\d+)?|v ?\d+\b|[a-z]\.\d{2}(?:\.\d+)?)(?:,? (?:or|and) (?:later|newer|higher|above|greater)| and (?:up|onwards?))?`)
	date         = re(`\b(?:january|february|march|april|may|june|july|august|september|october|november|december|q[1-4]|quarter)\b`)
	older        = re(`(?:prior|earlier|older|below|before|lower|affected|vulnerable|unsupported|less than|up to|through)\b`)
)

// fixedVersion reads the version that removes the flaw out of a sentence about
// an update: the highest that is not named as an affected one.
func fixedVersion(text string) string {
	for _, at := range versionAfter.FindAllStringSubmatchIndex(text, 8) {
		version := text[at[2]:at[3]]
		tail := text[at[1]:min(len(text), at[1]+20)]
		head := text[max(0, at[0]-24):at[0]]
		if older.MatchString(tail) || older.MatchString(head) || date.MatchString(head) {
			continue
		}
		return strings.TrimSpace(version)
	}
	return ""
}
