package exposure

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/vuln/advisory"
)

func matches(list ...string) advisory.Node {
	var n advisory.Node
	for _, text := range list {
		f := strings.Fields(text) // name, "!" where not vulnerable, "<" end excluding
		m := advisory.CPEMatch{CPE: "cpe:2.3:" + f[0] + strings.Repeat(":*", 11-strings.Count(f[0], ":")-1), Vulnerable: true}
		for _, w := range f[1:] {
			if v, ok := strings.CutPrefix(w, "<"); ok {
				m.EndExcluding = v
			}
			m.Vulnerable = m.Vulnerable && w != "!"
		}
		n.Matches = append(n.Matches, m)
	}
	return n
}

func record(feed, id string, nodes ...advisory.Node) advisory.Advisory {
	return advisory.Advisory{ID: id, Feed: feed, File: feed + ".json",
		Vulnerabilities: []advisory.Vulnerability{{ID: id, Configurations: []advisory.Configuration{{Nodes: nodes}}}}}
}

func full(short string) string {
	return "cpe:2.3:" + short + strings.Repeat(":*", 11-strings.Count(short, ":")-1)
}

func TestConfigured(t *testing.T) {
	c := NewConfigured([]advisory.Advisory{
		record("nvd", "CVE-1", matches("a:apache:http_server <2.4.10")),
		record("nvd", "CVE-2", matches("a:apache:http_server <2.4.5")),
		record("nvd", "CVE-3", matches("o:microsoft:windows_7:-:sp1", "o:microsoft:windows_xp")),
		record("nvd", "CVE-4", matches("a:openbsd:openssh <7.0"), matches("o:microsoft:windows_7:- !")),
		record("nvd", "CVE-5", matches("a:nginx:nginx <1.20")),
		record("cve5", "CVE-1", matches("a:apache:http_server <2.4.10")),
	})
	soft := func(name, version, cpe string) device.Software {
		return device.Software{Name: name, Version: version, CPE: full(cpe)}
	}
	tests := []struct {
		name string
		d    device.Device
		want []string
	}{
		{"inside and outside", device.Device{Software: []device.Software{soft("Apache", "2.4.6", "a:apache:http_server:2.4.6")}}, []string{"CVE-1 confirmed"}},
		{"version unknown", device.Device{Software: []device.Software{soft("Apache", "", "a:apache:http_server")}}, []string{"CVE-1 likely", "CVE-2 likely"}},
		{"packages of a distribution", device.Device{OS: "CentOS Linux", Software: []device.Software{soft("Apache", "2.4.6", "a:apache:http_server:2.4.6")}}, []string{"CVE-1 likely"}},
		{"Windows hides its updates", device.Device{OS: "Windows 7 SP1", OSCPEs: []string{full("o:microsoft:windows_7:-:sp1")}}, []string{"CVE-3 likely"}},
		{"needs the system too", device.Device{Software: []device.Software{soft("OpenSSH", "6.6p1", "a:openbsd:openssh:6.6:p1")}}, []string{}},
		{"both are there", device.Device{OS: "Windows 7", OSCPEs: []string{full("o:microsoft:windows_7:-")},
			Software: []device.Software{soft("OpenSSH", "6.6", "a:openbsd:openssh:6.6")}}, []string{"CVE-3 likely", "CVE-4 confirmed"}},
		{"two names of one product", device.Device{Software: []device.Software{soft("nginx", "1.18.0", "a:f5:nginx:1.18.0")}}, []string{"CVE-5 confirmed"}},
		{"no names", device.Device{}, nil},
	}
	for _, tt := range tests {
		var got []string
		list := c.Findings(&tt.d)
		if list != nil {
			got = []string{}
		}
		for _, f := range list {
			got = append(got, fmt.Sprintf("%s %s", f.Vulnerability, f.Match))
			if len(f.Evidence) == 0 || f.Evidence[0].Rule != "cpe.configuration" || f.Product == "" || f.Evidence[0].File == "" {
				t.Errorf("%s: %+v", tt.name, f)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestConfiguredEvidence(t *testing.T) {
	c := NewConfigured([]advisory.Advisory{record("nvd", "CVE-1", matches("a:apache:http_server <2.4.10")), record("cve5", "CVE-1", matches("a:apache:http_server <2.4.10"))})
	d := device.Device{Software: []device.Software{{Name: "Apache HTTP Server", Version: "2.4.6", CPE: full("a:apache:http_server:2.4.6")}}}
	f := c.Findings(&d)
	want := []Evidence{
		{Rule: "cpe.configuration", Text: "Apache HTTP Server 2.4.6 is " + full("a:apache:http_server") + ", affected before 2.4.10", File: "nvd.json", Place: "/configurations/0/nodes/0/cpeMatch/0"},
		{Rule: "source.also", Text: "CVE-1 of cve5 says so too", File: "cve5.json"},
	}
	if diff := cmp.Diff(want, f[0].Evidence); diff != "" {
		t.Error(diff)
	}
	d.Software[0] = device.Software{Name: "Apache HTTP Server", Version: "2.4.12", CPE: full("a:apache:http_server:2.4.12")}
	why := c.Explain(&d, "cve-1")
	if len(why) != 2 || !strings.Contains(why[1].Text, "is not "+full("a:apache:http_server")+", affected before 2.4.10") {
		t.Errorf("%+v", why)
	}
	if why := c.Explain(&d, "CVE-9"); why != nil {
		t.Errorf("%+v", why)
	}
}

func TestMerge(t *testing.T) {
	adv := func(feed string) *advisory.Advisory { return &advisory.Advisory{ID: feed, Feed: feed, File: feed} }
	csaf, nvd, cve5 := adv("csaf"), adv("nvd"), adv("cve5")
	got := Merge([]Finding{
		{Vulnerability: "CVE-1", Status: Fixed, Adv: csaf},
		{Vulnerability: "CVE-1", Match: Confirmed, Adv: nvd},
		{Vulnerability: "CVE-2", Match: Likely, Adv: cve5},
		{Vulnerability: "CVE-2", Match: Confirmed, Adv: nvd},
		{Vulnerability: "CVE-3", Match: Likely, Adv: cve5},
	})
	var lines []string
	for _, f := range got {
		line := f.Vulnerability + " " + f.Adv.Feed
		for _, e := range f.Evidence {
			line += " +" + e.File
		}
		lines = append(lines, line)
	}
	if diff := cmp.Diff([]string{"CVE-1 csaf +nvd", "CVE-2 nvd +cve5", "CVE-3 cve5"}, lines); diff != "" {
		t.Error(diff)
	}
}
