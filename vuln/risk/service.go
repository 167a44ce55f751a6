package risk

import (
	"slices"
	"strings"

	"ward/vuln/advisory"
)

// serviceWords says which words of an advisory mean which services. The order
// matters little: all that hit are kept.
var serviceWords = []struct {
	words    []string
	services []string
}{
	{[]string{"remote desktop", " rdp", "(rdp", "bluekeep", "terminal services"}, []string{"rdp"}},
	{[]string{"server message block", " smb", "smbv1", "(smb"}, []string{"smb"}},
	{[]string{"telnet"}, []string{"telnet"}},
	{[]string{" ftp", "file transfer protocol", "(ftp"}, []string{"ftp"}},
	{[]string{"tftp"}, []string{"tftp"}},
	{[]string{"http", "web server", "web interface", "web application", "web portal", "web page", "webpage", "web-based", "browser", "cross-site", "url ", "uri ", "tomcat", "apache", "iis "}, []string{"http", "tls", "http2"}},
	{[]string{"dicom"}, []string{"dicom"}},
	{[]string{"hl7"}, []string{"hl7"}},
	{[]string{"vnc"}, []string{"vnc"}},
	{[]string{" ssh", "secure shell", "(ssh"}, []string{"ssh"}},
	{[]string{"snmp"}, []string{"snmp"}},
	{[]string{"modbus"}, []string{"modbus"}},
	{[]string{"bacnet"}, []string{"bacnet"}},
	{[]string{"sql server", "mssql"}, []string{"mssql"}},
	{[]string{"mysql"}, []string{"mysql"}},
	{[]string{"postgres"}, []string{"postgres"}},
	{[]string{"dns server"}, []string{"dns"}},
	{[]string{"print spooler"}, []string{"smb"}},
}

// webWeaknesses need a web server even where the text does not say so: path
// traversal aside, which file servers have as well.
var webWeaknesses = []string{"CWE-79", "CWE-352", "CWE-601", "CWE-918", "CWE-384", "CWE-1021"}

// servicesNamed gives the services of which the attack needs one, sorted.
func servicesNamed(text string, cwes []string) []string {
	var out []string
	text = " " + text
	for _, row := range serviceWords {
		if containsAny(text, row.words) {
			out = append(out, row.services...)
		}
	}
	for _, cwe := range cwes {
		if slices.Contains(webWeaknesses, cwe) {
			out = append(out, "http", "tls", "http2")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// stripLinks removes URLs, whose "http" is no service of the device.
func stripLinks(text string) string {
	fields := strings.Fields(text)
	kept := fields[:0]
	for _, f := range fields {
		if !strings.Contains(f, "://") && !strings.HasPrefix(f, "www.") {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

// Services gives the services of which an attack on the vulnerability needs
// one, as far as the advisory names them.
func Services(v *advisory.Vulnerability) []string {
	return servicesNamed(stripLinks(strings.ToLower(v.Title+" "+v.Description)), v.CWEs)
}
