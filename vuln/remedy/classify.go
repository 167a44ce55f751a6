package remedy

import (
	"regexp"
	"strings"
)

// The words by which a publisher's sentence is put on the ladder. The category
// it was filed under does not help: CISA files mitigations, telephone numbers
// and "no fix" alike as vendor_fix (vulnerability-priority.md section 4).
var (
	// pointers lead to more text and ask for nothing.
	pointers = re(`^for (?:more|additional|further)|^(?:see|visit|refer|review the (?:\w+ )?(?:security )?(?:advisory|bulletin))\b|further (?:information|questions)|additional (?:information|questions|patient)|contact information|(?:published|released|issued|posted) (?:a|an|its)? ?(?:product |new |related |coordinated |additional )*(?:security )?(?:bulletin|advisory|notice|letter|statement|information)|(?:available|found) (?:at|on|in) the following|following (?:location|url|link|web)|security (?:web ?site|web ?page|portal)|disclosure page|^tel\b|^online|^email|^phone|(?:with|any) questions|is (?:being|currently) (?:investigat|assess)|has determined that no|not intended to serve|guidance issued by|healthcare provider about|security advis\w+ [a-z]*-?\d|acknowledge|vulnerability disclosure|snort rules`)
	// generic is the advice that CISA, and some makers, give under everything.
	// Nothing of it was written for this device.
	generic = re(`do(?: not|n't) click|unsolicited|(?:untrusted|unknown) (?:e-?mail|links)|social engineering|email scam|phishing|recommended practices|best practices|no known public|report(?:ed|ing)? (?:no|incidents)|suspected malicious|impact analysis|risk assessment prior|(?:minimi[sz]e|reduce) (?:the )?(?:network )?exposure|defen[cs]e[- ]in[- ]depth|general security measure|operational guidelines|protected it environment|security guidelines|control systems? networks? and remote devices|more secure methods|vpn is only as secure|recogni[sz]e that vpn|(?:cisa|ics-cert|nccic) (?:also )?(?:recommends|encourages|reminds|provides)|appropriate mechanisms|general (?:workarounds|security)|(?:critical|automation|control) (?:applications and )?systems .{0,60}internet|firewalls? (?:to|and) (?:protect|separate)|behind (?:a )?firewalls?|^(?:do not directly connect|use (?:a )?(?:firewall or )?(?:virtual private|vpn))|when remote access is required|whenever (?:remote|internet) access|administrative and technical controls|identify, analyze, evaluate|first line of defen[cs]e`)
	intro   = re(`following (?:additional )?(?:mitigations?|measures|compensating|defensive|actions|steps|controls|recommendations|procedures|information|versions?|products?|workarounds?|guidelines|guidance|precautions|implementation|best practices|practices)\b[^.]{0,200}[.:]?$|following (?:mitigations?|defensive measures|compensating controls|actions outlined)|(?:additional|the) defensive measures|[:]$|\b(?:should|users|ensure|recommends|additionally|advises|indicated below):?$|compensating controls (?:including|to)|mitigations and compensating controls|precautions indicated below`)

	noFixWords = re(`(?:will|does|do|did|has|have) not (?:be |been |currently )?(?:plan\w*|issu\w*|releas\w*|provid\w*|develop\w*|offer\w*|produc\w*|support\w*|address\w*|fix\w*|patch\w*|respond\w*)|no (?:plans?|patch\w*|update\w*|software update|security update|remediation|solution)\b|no (?:\w+ )?(?:fix|fixes) |offer no mitigations|no longer (?:be )?(?:support\w*|sold|in (?:production|support)|manufactur\w*|maintain\w*)|end[- ]of[- ](?:life|support|service|sale|li)|\beol\b|not planned|(?:has|have|been|is|are) discontinued|been retired|cannot be (?:updated|upgraded|patched)|not capable of accepting|\bis obsolete|(?:will|are|is) not (?:be )?(?:available|addressed|fixed)|product updates? are not available|out of support|support life cycle .{0,80}ended`)
	endedWords = re(`no longer|end[- ]of[- ]|\beol\b|discontinued|retired|obsolete|out of support|support life cycle|cannot be (?:updated|upgraded|patched)|not capable of accepting`)
	stopWords  = re(`\b(?:stop|discontinue|cease|no longer) us(?:e|ing)\b|\breturn (?:them|it|the|remote)|\bunplug|remove the (?:device|product|software) from service|uninstall the (?:product|software)`)
	changeOver = re(`\b(?:consider|plan|for|recommends?)? ?(?:replac(?:e|ing|ement)|retir(?:e|ing)|transition(?:ing)?|migrat(?:e|ing)|changing to a newer|changing to the latest)\b`)
	notReplace = re(`replace (?:the )?(?:default|hard-?coded|password|certificate|credential|key)|(?:password|certificate|credential)s? .{0,20}replac`)

	disableWords  = re(`\b(?:disabl(?:e|ing)|turn(?:ing)? (?:it |them |the \w+ )?off|switch(?:ing)? off|deactivat(?:e|ing)|uninstall|clos(?:e|ing) (?:the )?(?:all )?(?:unused |unnecessary )?ports?|block(?:ing)? (?:(?:all|the|any|unused|unnecessary|tcp|udp|network|inbound|incoming|external) )*ports?|remov(?:e|ing) (?:the )?(?:wireless|wi-?fi|network|telnet|ftp|service|module)|disconnect\w*|unused (?:services|ports|accounts)|do not (?:enable|use the (?:wireless|network))|(?:never|not) (?:be )?connect(?:ed)? (?:to|the)|service is not running)\b`)
	roleWords     = re(`role-based access`)
	handsWords    = re(`\bphysical\w* (?:access|controls?|security|means)|(?:network and|protect) physical`)
	credWords     = re(`\b(?:passwords?|passphrases?|credentials?|pass ?codes?|pins?\b|default accounts?|user accounts?|login|log-?in|two-factor|multi-?factor|authentication (?:mode|method|feature|for)|active directory|least[- ]privilege|privileges?|access (?:rights|roles)|user (?:roles|rights)|role-based)\b`)
	reachWords    = re(`\b(?:access control lists?|acls?|allow-?list\w*|white-?list\w*|(?:only|limit\w*|restrict\w*)[^.]{0,60}(?:ip address\w*|hosts?|trusted (?:\w+ )?(?:systems?|devices?|computers?|networks?)|authorized (?:devices|systems|computers|hosts))|firewall rules?|firewall .{0,40}(?:port|rule|communication|restrict)|mac address (?:filter\w*|authenticat\w*)|802\.1x|network access control|port security|ip (?:address )?(?:filter|restrict)\w*|(?:restrict|limit|filter|block|control|protect) (?:\w+ ){0,3}(?:access|traffic) (?:to|of|on|from|for|via) (?:the |all )?(?:affected )?(?:ports?|services?|network|servers?|system|device|interface|tcp|udp|\d)|limit (?:network )?access|(?:restrict|limit) remote access|(?:block|control) unexpected|monitor (?:for )?(?:and/or|and|or) (?:block|control)|rate limit\w*|dhcp (?:server )?to|remote access .{0,40}must-have|secure terminal servers?)`)
	zoneWords     = re(`\b(?:segment\w*|vlans?|isolat\w*|segregat\w*|separate (?:\w+ ){0,2}networks?|stand-?alone|air-?gap\w*|dmz|demilitarized|firewalls?|vpns?\b|virtual private|not (?:be )?(?:accessible|exposed|reachable) (?:from|to) the internet|physically or logically|network exposure|private network|dedicated network|closed network|network zone)\b`)
	mustWords     = re(`\b(?:must(?: only)? be|must (?:only )?(?:run|operate|use|stay|remain|reside)|(?:is|are) required to be|requires? (?:an? |that )?(?:physical\w* |logical\w* )?(?:isolat|separat|segregat|dedicated|closed)|mandatory|(?:may|shall|must|should) only be (?:used|operated|connected|installed)|only (?:be )?(?:used|operated|connected|intended for use) (?:on|in|within) (?:an? |the )?(?:isolat|separat|dedicated|closed|private)|shall be)\b`)
	physicalWords = re(`\b(?:physical(?:ly)?|lock(?:ed|ing)?|tamper\w*|usb|removable media|badge|doors?|secure (?:location|area|room|environment|storage|place)|(?:maintain|keep) (?:\w+ ){0,3}control|under (?:your )?(?:direct )?control|unattended|proximity|possession|port covers?|cabinets?|device integrity)\b`)
	configWords   = re(`\b(?:(?:re)?configur\w*|settings?|encrypt\w*|wpa-?[23]?\w*|tls|ssl|certificates?|ciphers?|enabl(?:e|ing)|option|parameter|harden\w*|anti-?virus|anti-?malware|malware protection|endpoint protection|application (?:control|white-?list\w*)|data execution prevention|secure (?:host|mode|boot|terminal|configuration)|instructions? for use|labell?ing|service guides?|operating manual|user (?:manual|guide)|secure (?:communication|channel|connection)|authentication|authorized specifications|ssid|intrusion (?:detection|prevention)|autocomplete|untrusted code|role)\b`)
	habitWords    = re(`\b(?:monitor(?:ing)?|verif\w*|check(?:ing|s)?|review\w*|audit\w*|logs?\b|train\w*|procedures?|polic(?:y|ies)|educat\w*|inform\w*|delet\w*|wip(?:e|ing)|eras\w*|purg\w*|saniti[sz]\w*|dispos\w*|inspect\w*|confirm\w*|ensur\w*|maintain\w*|limit\w*|restrict\w*|avoid\w*|do not|only|trusted|restart\w*|reboot\w*|power(?:ed)? (?:off|cycle|down|on)|back-?ups?|report (?:any|unusual)|attentive|aware|alerts?\b|keep|stor(?:e|ed|ing)|follow\w*|caution|authorized|manual(?:ly)?|schedule\w*|handled|secured?|exchange|use)\b`)
)

var (
	contacts = re(`^(?:[^,]{0,90}, )?(?:contact|reach|call|talk|discuss)\b`)
	asksFor  = re(`\bto (?:request|enable|disable|have)\b`)
)

func re(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + pattern) }

// rules are asked in order: what removes the flaw's way, then habits. Network
// borders come behind every narrower reading.
var rules = []struct {
	words *regexp.Regexp
	kind  Kind
}{
	{handsWords, Physical},
	{disableWords, DisableService},
	{roleWords, Credentials},
	{reachWords, NetworkControl},
	{credWords, Credentials},
	{zoneWords, Segmentation},
	{physicalWords, Physical},
	{configWords, Configuration},
	{habitWords, Workflow},
}

// classify puts a sentence on the ladder, or leaves kind empty where it asks
// for nothing. The categories that promise no update are believed.
func classify(s *statement, category string) {
	text := s.text
	do, told := directive(text)
	s.noFix = noFixWords.MatchString(text) || category == "no_fix_planned" || category == "none_available"
	s.ended = s.noFix && endedWords.MatchString(text)
	if s.noFix && intro.MatchString(text) {
		s.noFix, s.ended = false, false
		return
	}
	if told && stopWords.MatchString(text) {
		s.kind, s.do, s.demands = Replace, do, true
		return
	}
	if category == "no_fix_planned" || category == "none_available" {
		return
	}
	if u := readUpdate(s, category); u != noUpdate && (!s.noFix || told) {
		s.kind, s.update, s.fixed, s.noFix = Patch, u, versionsIn(text), false
		return
	}
	switch {
	case !told, intro.MatchString(text), pointers.MatchString(text), generic.MatchString(text):
		return
	case contacts.MatchString(do) && !asksFor.MatchString(do):
		return
	case changeOver.MatchString(do) && !notReplace.MatchString(do):
		s.kind, s.do = Replace, do
		return
	case pointers.MatchString(do) || updateVerbs.MatchString(strings.ToLower(do)) && patchWords.MatchString(do):
		return
	}
	for _, r := range rules {
		if r.words.MatchString(do) {
			s.kind, s.do = r.kind, do
			s.demands = r.kind == Segmentation && mustWords.MatchString(text)
			return
		}
	}
}
