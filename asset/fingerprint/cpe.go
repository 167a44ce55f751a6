package fingerprint

import (
	"strings"

	"ward/spec/cpe"
)

// products gives part, vendor and product of the CPE dictionary for the names
// that rules give to software. A name that is not here has no certain CPE.
var products = map[string]string{
	"Apache HTTP Server": "a:apache:http_server", "Apache Tomcat": "a:apache:tomcat", "nginx": "a:f5:nginx", "lighttpd": "a:lighttpd:lighttpd",
	"Microsoft IIS": "a:microsoft:internet_information_services", "GoAhead": "a:embedthis:goahead", "Boa": "a:boa:boa",
	"mini_httpd": "a:acme:mini_httpd", "thttpd": "a:acme:thttpd", "RomPager": "a:allegrosoft:rompager", "Eclipse Jetty": "a:eclipse:jetty",
	"Oracle WebLogic Server": "a:oracle:weblogic_server", "IBM HTTP Server": "a:ibm:http_server", "Mongoose": "a:cesanta:mongoose",
	"gSOAP": "a:genivia:gsoap", "Werkzeug": "a:palletsprojects:werkzeug", "Gunicorn": "a:gunicorn:gunicorn", "Python": "a:python:python",
	"PHP": "a:php:php", "OpenSSL": "a:openssl:openssl", "OpenSSH": "a:openbsd:openssh", "Dropbear SSH": "a:dropbear_ssh_project:dropbear_ssh",
	"libssh": "a:libssh:libssh", "Paramiko": "a:paramiko:paramiko", "Orthanc": "a:orthanc-server:orthanc", "DCMTK": "a:offis:dcmtk",
	"Mirth Connect": "a:nextgen:mirth_connect", "Niagara": "a:tridium:niagara", "CUPS": "a:apple:cups", "MiniUPnPd": "a:miniupnp_project:miniupnpd",
	"libupnp": "a:libupnp_project:libupnp", "Asterisk": "a:digium:asterisk", "FreePBX": "a:sangoma:freepbx", "BusyBox": "a:busybox:busybox",
	"dhcpcd": "a:dhcpcd_project:dhcpcd", "curl": "a:haxx:curl", "GNU Wget": "a:gnu:wget", "Samba": "a:samba:samba", "MySQL": "a:oracle:mysql",
	"MariaDB": "a:mariadb:mariadb", "PostgreSQL": "a:postgresql:postgresql", "Microsoft SQL Server": "a:microsoft:sql_server",
	"vsftpd": "a:vsftpd_project:vsftpd", "ProFTPD": "a:proftpd:proftpd", "Pure-FTPd": "a:pureftpd:pure-ftpd", "Serv-U": "a:solarwinds:serv-u",
	"FileZilla Server": "a:filezilla-project:filezilla_server", "Postfix": "a:postfix:postfix", "Exim": "a:exim:exim", "Sendmail": "a:sendmail:sendmail",
	"ISC BIND": "a:isc:bind", "dnsmasq": "a:thekelleys:dnsmasq",
}

// system is one operating system: the words that name it and its CPE. The first
// row whose words all stand in the text counts.
type system struct {
	words string
	name  string // part, vendor, product, version, update; "{v}" is the version in the text
}

// systems stand with the narrow names first. Linux distributions have the CPE
// of the distribution; a kernel needs its version.
var systems = [...]system{
	{"windows 11 21h2", "o:microsoft:windows_11_21h2"}, {"windows 11 22h2", "o:microsoft:windows_11_22h2"},
	{"windows 11 23h2", "o:microsoft:windows_11_23h2"}, {"windows 11 24h2", "o:microsoft:windows_11_24h2"}, {"windows 11 25h2", "o:microsoft:windows_11_25h2"},
	{"windows 10 1507", "o:microsoft:windows_10_1507"}, {"windows 10 1511", "o:microsoft:windows_10_1511"}, {"windows 10 1607", "o:microsoft:windows_10_1607"},
	{"windows 10 1703", "o:microsoft:windows_10_1703"}, {"windows 10 1709", "o:microsoft:windows_10_1709"}, {"windows 10 1803", "o:microsoft:windows_10_1803"},
	{"windows 10 1809", "o:microsoft:windows_10_1809"}, {"windows 10 1903", "o:microsoft:windows_10_1903"}, {"windows 10 1909", "o:microsoft:windows_10_1909"},
	{"windows 10 2004", "o:microsoft:windows_10_2004"}, {"windows 10 20h2", "o:microsoft:windows_10_20h2"}, {"windows 10 21h1", "o:microsoft:windows_10_21h1"},
	{"windows 10 21h2", "o:microsoft:windows_10_21h2"}, {"windows 10 22h2", "o:microsoft:windows_10_22h2"}, {"windows 10", "o:microsoft:windows_10"},
	{"windows 8.1", "o:microsoft:windows_8.1"}, {"windows 8", "o:microsoft:windows_8"},
	{"windows 7 sp1", "o:microsoft:windows_7:-:sp1"}, {"windows 7", "o:microsoft:windows_7:-"}, {"windows vista", "o:microsoft:windows_vista"},
	{"windows xp sp3", "o:microsoft:windows_xp:*:sp3"}, {"windows xp sp2", "o:microsoft:windows_xp:*:sp2"}, {"windows xp", "o:microsoft:windows_xp"},
	{"windows 2000", "o:microsoft:windows_2000"}, {"windows ce", "o:microsoft:windows_ce:{v}"},
	{"server 2008 r2 sp1", "o:microsoft:windows_server_2008:r2:sp1"}, {"server 2008 r2", "o:microsoft:windows_server_2008:r2"},
	{"server 2008 sp2", "o:microsoft:windows_server_2008:-:sp2"}, {"server 2008", "o:microsoft:windows_server_2008:-"},
	{"server 2003", "o:microsoft:windows_server_2003"}, {"server 2012 r2", "o:microsoft:windows_server_2012:r2"}, {"server 2012", "o:microsoft:windows_server_2012:-"},
	{"server 2016", "o:microsoft:windows_server_2016"}, {"server 2019", "o:microsoft:windows_server_2019"},
	{"server 2022", "o:microsoft:windows_server_2022"}, {"server 2025", "o:microsoft:windows_server_2025"},
	{"cisco ios", "o:cisco:ios:{v}"}, {"vxworks", "o:windriver:vxworks:{v}"}, {"routeros", "o:mikrotik:routeros:{v}"}, {"freebsd", "o:freebsd:freebsd:{v}"},
	{"android", "o:google:android:{v}"}, {"linux kernel", "o:linux:linux_kernel:{v}"}, {"linux", "o:linux:linux_kernel:{v}"},
}

// distributions of Linux number their releases their own way, not as the kernel.
var distributions = [...]string{"ubuntu", "debian", "raspbian", "centos", "red hat", "suse", "alpine"}

// SoftwareCPE gives the CPE 2.3 name of a product that the rules name, "" where
// it is not certain.
func (r *Rules) SoftwareCPE(name, version string) string {
	if name == "MySQL" && strings.Contains(version, "MariaDB") {
		name, version = "MariaDB", strings.TrimPrefix(version, "5.5.5-") // the prefix pleases old clients
	}
	product, ok := products[name]
	if !ok {
		return ""
	}
	version, update := numbers(version)
	if name == "Microsoft SQL Server" {
		version, update = sqlServer(version)
	}
	return cpeName(product + ":" + version + ":" + update)
}

// SystemCPEs gives the CPE 2.3 names of an operating system; several where the
// text leaves open which of them it is ("Windows 7 or Server 2008 R2").
func (r *Rules) SystemCPEs(text string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ToLower(text), " or ") {
		if name := systemCPE(part); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func systemCPE(text string) string {
	for _, d := range distributions {
		if strings.Contains(text, d) {
			return ""
		}
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "service pack ", "sp"), "microsoft ", "")
	for _, s := range systems {
		at := strings.Index(text, s.words)
		if at < 0 {
			continue
		}
		tail := text[at+len(s.words):]
		if !strings.Contains(s.name, "{v}") {
			if tail != "" && (digit(tail[0]) || tail[0] == '.') {
				continue // "windows 7" is not in "windows 7.5"
			}
			return cpeName(s.name)
		}
		v, _ := numbers(version(tail))
		if v == "" {
			return ""
		}
		return cpeName(strings.ReplaceAll(s.name, "{v}", v))
	}
	return ""
}

// cpeName binds "a:vendor:product:version:update", later parts may be missing.
func cpeName(short string) string {
	parts := strings.Split(short, ":")
	for i := 3; i < len(parts); i++ {
		if parts[i] == "" {
			parts[i] = "*"
		}
	}
	n, err := cpe.Parse("cpe:2.3:" + strings.Join(parts, ":"))
	if err != nil {
		return ""
	}
	return n.String()
}

// numbers cuts what a packager added to a version ("4.3.11-Ubuntu" is 4.3.11)
// and parts the portable release of OpenSSH, which a CPE holds as its update.
func numbers(v string) (version, update string) {
	v = strings.ToLower(v)
	if v == "" || !digit(v[0]) {
		return "", ""
	}
	n := 0
	for n < len(v) && (digit(v[n]) || v[n] == '.' && n+1 < len(v) && digit(v[n+1])) {
		n++
	}
	version, rest := v[:n], v[n:]
	switch {
	case len(rest) > 1 && rest[0] == 'p' && digit(rest[1]):
		end := 1
		for end < len(rest) && digit(rest[end]) {
			end++
		}
		return version, rest[:end]
	case len(rest) > 0 && rest[0] >= 'a' && rest[0] <= 'z' && (len(rest) == 1 || rest[1] < 'a' || rest[1] > 'z'):
		return version + rest[:1], "" // OpenSSL 1.0.2k
	}
	return version, ""
}

// sqlServer turns the version of the program into the year that names it.
func sqlServer(v string) (version, update string) {
	switch major, minor, _ := strings.Cut(v, "."); {
	case major == "10" && strings.HasPrefix(minor, "5"):
		return "2008", "r2"
	default:
		return map[string]string{"8": "2000", "9": "2005", "10": "2008", "11": "2012", "12": "2014", "13": "2016", "14": "2017", "15": "2019", "16": "2022"}[major], ""
	}
}
