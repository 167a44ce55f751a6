package device

import (
	"slices"
	"strings"
)

// Rules of kind claims about computers, which join two traits.
const (
	RuleDirectory = "device.directory"
	RulePC        = "device.pc"
)

// pcMakers hold MAC blocks of computers; a modality may be built on one, which
// its own protocol then shows.
var pcMakers = []string{"dell", "lenovo", "hp", "hewlett", "intel", "asustek", "giga byte", "acer", "microsoft", "fujitsu", "asrock", "micro star", "hon hai",
	"wistron", "compal", "lcfc", "quanta", "pegatron", "apple"}

// computer adds the kind of plain computers: a directory server offers LDAP
// beside Kerberos or DNS, a workstation is a PC maker's MAC with a Windows or
// macOS for desktops.
func (d *Device) computer() {
	roles := map[string]*Claim{}
	var maker *Claim
	for i := range d.Claims {
		switch c := &d.Claims[i]; {
		case c.Source.Rule == RuleDirectory || c.Source.Rule == RulePC:
			return
		case c.Field == FieldRole:
			roles[c.Value] = c
		case c.Field == FieldManufacturer && c.Source.Rule == "oui" && isPC(c.Value):
			maker = c
		}
	}
	if ldap := roles["ldap"]; ldap != nil && (roles["kerberos"] != nil || roles["dns_server"] != nil) {
		d.join(ldap, RuleDirectory, "domain_controller", "answers LDAP beside Kerberos or DNS")
		return
	}
	os := d.rank(FieldOS)
	if maker == nil || len(os) == 0 || os[0].Sure < Probably || !desktop(os[0].Text) {
		return
	}
	for _, server := range []string{"ldap", "dns_server", "dhcp_server", "kerberos", "database", "mail_server", "router", "virtual_machine"} {
		if roles[server] != nil {
			return
		}
	}
	d.join(&os[0].Claims[0], RulePC, "workstation", "runs "+os[0].Text+" on a network card of "+maker.Value)
}

// join adds a kind claim that rests on an earlier one and more.
func (d *Device) join(on *Claim, rule, kind, saw string) {
	c := *on
	c.Field, c.Value, c.Confidence, c.Source.Rule, c.Source.Saw = FieldKind, kind, Medium, rule, saw
	d.Claims = append(d.Claims, c)
}

func isPC(maker string) bool {
	m := makerKey(maker)
	return slices.ContainsFunc(pcMakers, func(p string) bool { return m == p || strings.HasPrefix(m, p+" ") })
}

// desktop tells systems of PCs; a text that leaves a server open counts too,
// since servers show their roles.
func desktop(os string) bool {
	return os == "macOS" || strings.HasPrefix(os, "Windows") && !strings.HasPrefix(os, "Windows Server") && !strings.HasPrefix(os, "Windows CE") &&
		!strings.Contains(os, "Embedded")
}
