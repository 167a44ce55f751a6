package fingerprint

import (
	"strings"
	"testing"
)

func TestSoftwareCPE(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, version, want string }{
		{"Apache HTTP Server", "2.4.6", "a:apache:http_server:2.4.6:*"},
		{"Apache Tomcat", "", "a:apache:tomcat:*:*"},
		{"OpenSSH", "7.6p1", "a:openbsd:openssh:7.6:p1"},
		{"OpenSSL", "1.0.2k-fips", "a:openssl:openssl:1.0.2k:*"},
		{"Samba", "4.3.11-Ubuntu", "a:samba:samba:4.3.11:*"},
		{"BusyBox", "1.21.1--LSDK-10.1.432", "a:busybox:busybox:1.21.1:*"},
		{"Eclipse Jetty", "9.4.43.v20210629", "a:eclipse:jetty:9.4.43:*"},
		{"MySQL", "5.5.62-0ubuntu0.14.04.1", "a:oracle:mysql:5.5.62:*"},
		{"MySQL", "5.5.5-10.1.26-MariaDB", "a:mariadb:mariadb:10.1.26:*"},
		{"Microsoft SQL Server", "10.50.1600", "a:microsoft:sql_server:2008:r2"},
		{"DCMTK", "3.6.7", "a:offis:dcmtk:3.6.7:*"},
		{"A product of a site", "1.0", ""},
	} {
		if got := short(r.SoftwareCPE(tt.name, tt.version)); got != tt.want {
			t.Errorf("%s %s is %q, want %q", tt.name, tt.version, got, tt.want)
		}
	}
}

func TestSystemCPEs(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Windows 7 SP1 or Server 2008 R2 SP1":  "o:microsoft:windows_7:-:sp1 o:microsoft:windows_server_2008:r2:sp1",
		"Windows 10 1809 or Server 2019":       "o:microsoft:windows_10_1809:*:* o:microsoft:windows_server_2019:*:*",
		"Windows 7":                            "o:microsoft:windows_7:-:*",
		"Microsoft Windows XP Service Pack 3":  "o:microsoft:windows_xp:*:sp3",
		"Windows Server 2008 R2 Standard 7601": "o:microsoft:windows_server_2008:r2:*",
		"Windows":                              "",
		"Linux":                                "",
		"Linux 2.6.21":                         "o:linux:linux_kernel:2.6.21:*",
		"CentOS Linux 7":                       "",
		"VxWorks 6.9":                          "o:windriver:vxworks:6.9:*",
		"Windows 10 or Server":                 "o:microsoft:windows_10:*:*",
	} {
		var got []string
		for _, n := range r.SystemCPEs(text) {
			got = append(got, short(n))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

// TestEveryCPE: each name of the tables is a whole CPE.
func TestEveryCPE(t *testing.T) {
	for name, p := range products {
		if cpeName(p) == "" {
			t.Errorf("%s: %q", name, p)
		}
	}
	for _, s := range systems {
		if cpeName(strings.ReplaceAll(s.name, "{v}", "1")) == "" || s.words != strings.ToLower(s.words) {
			t.Errorf("%+v", s)
		}
	}
}

func short(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(name, "cpe:2.3:"), ":*:*:*:*:*:*")
}
