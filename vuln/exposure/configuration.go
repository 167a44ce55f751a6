package exposure

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"ward/asset/device"
	"ward/spec/cpe"
	"ward/vuln/advisory"
	"ward/vuln/exposure/cpeindex"
)

// Configured joins devices with CVE records by CPE applicability statements
// (NVD, cpeApplicability of CVE JSON 5): the software and the operating system
// of a device against products and version ranges.
//
// Proven product and version make a Finding confirmed, except where a fix does
// not show in the version: Windows, and packages of a Linux distribution.
type Configured struct {
	records []*advisory.Advisory
	index   *cpeindex.Index
	matcher *cpeindex.Matcher
	memo    map[string][]Finding // by the names of a device: many devices run the same
}

// NewConfigured reads the records, which must not change afterwards. Records
// without configurations are passed over. It belongs to one goroutine.
func NewConfigured(records []advisory.Advisory) *Configured {
	c, b := &Configured{memo: map[string][]Finding{}}, cpeindex.NewBuilder()
	for i := range records {
		if len(records[i].Vulnerabilities) != 1 || len(records[i].Vulnerabilities[0].Configurations) == 0 {
			continue
		}
		b.Add(strconv.Itoa(len(c.records)), records[i].Vulnerabilities[0].Configurations)
		c.records = append(c.records, &records[i])
	}
	c.index = b.Index()
	c.matcher = c.index.NewMatcher()
	return c
}

// named is a CPE name of a device and what it names there.
type named struct {
	name cpe.Name
	what string
	open string // why a fix may not show in the version
}

// twins are products that the CPE dictionary lists under two names.
var twins = [...][2]string{
	{"f5:nginx", "nginx:nginx"}, {"oracle:mysql", "mysql:mysql"}, {"eclipse:jetty", "mortbay:jetty"}, {"libupnp_project:libupnp", "pupnp_project:pupnp"},
	{"digium:asterisk", "sangoma:asterisk"}, {"apple:cups", "openprinting:cups"}, {"microsoft:internet_information_services", "microsoft:internet_information_server"},
	{"vsftpd_project:vsftpd", "beasts:vsftpd"}, {"linux:linux_kernel", "linux:kernel"}, {"cesanta:mongoose", "cesanta:mongoose_embedded_web_server_library"},
}

// CPENames gives every CPE name under which the records may know a device's
// software and operating system.
func CPENames(d *device.Device) []cpe.Name {
	var out []cpe.Name
	for _, n := range namesOf(d) {
		out = append(out, n.name)
	}
	return out
}

func namesOf(d *device.Device) []named {
	var out []named
	add := func(text, what, open string) {
		n, err := cpe.Parse(text)
		if err != nil {
			return
		}
		out = append(out, named{n, what, open})
		if v, ok := strings.CutPrefix(string(n.Product), "windows_10_"); ok && n.Vendor == "microsoft" {
			old := n
			old.Product, old.Version = "windows_10", cpe.Value(v)
			out = append(out, named{old, what, open})
		}
		for _, t := range twins {
			vendor, product, _ := strings.Cut(t[1], ":")
			if t[0] == string(n.Vendor+":"+n.Product) {
				n.Vendor, n.Product = cpe.Value(vendor), cpe.Value(product)
				out = append(out, named{n, what, open})
			}
		}
	}
	packaged := distribution(d.OS)
	for _, s := range d.Software {
		add(s.CPE, strings.TrimSpace(s.Name+" "+s.Version), packaged)
	}
	open := ""
	switch {
	case strings.HasPrefix(d.OS, "Windows"), strings.Contains(d.OS, "Microsoft"):
		open = "whether the update is installed does not show on the wire"
	case len(d.OSCPEs) > 1:
		open = "which of these systems it is does not show on the wire"
	}
	for _, text := range d.OSCPEs {
		add(text, d.OS, open)
	}
	return out
}

// distribution tells whether the software comes as packages of a distribution.
func distribution(os string) string {
	for _, name := range [...]string{"Ubuntu", "Debian", "Raspbian", "CentOS", "Red Hat", "SUSE", "Alpine"} {
		if strings.Contains(os, name) {
			return name + " fixes packages without changing the version"
		}
	}
	return ""
}

// Findings gives one Finding for each CVE that the records' configurations
// join with the device, sorted by CVE.
func (c *Configured) Findings(d *device.Device) []Finding {
	names := namesOf(d)
	if len(names) == 0 || len(c.records) == 0 {
		return nil
	}
	var key strings.Builder
	for _, n := range names {
		fmt.Fprintf(&key, "%s|%s|%s\n", n.name, n.what, n.open)
	}
	like, ok := c.memo[key.String()]
	if !ok {
		if len(c.memo) >= maxMemo {
			clear(c.memo)
		}
		like = c.findings(d, names)
		c.memo[key.String()] = like
	}
	out := make([]Finding, len(like))
	for i, f := range like {
		f.Device, f.Dev = d.ID, d
		out[i] = f
	}
	return out
}

func (c *Configured) findings(d *device.Device, names []named) []Finding {
	plain := make([]cpe.Name, len(names))
	for i, n := range names {
		plain[i] = n.name
	}
	byCVE := map[string]Finding{}
	c.matcher.Match(plain, func(id string, how cpeindex.How) {
		i, err := strconv.Atoi(id)
		if err != nil {
			return
		}
		f := finding(d, c.records[i], how, names)
		old, again := byCVE[f.Vulnerability]
		if again && !surer(&f, &old) {
			f, old = old, f
		}
		if again {
			f.Evidence = append(f.Evidence, also(&old))
		}
		byCVE[f.Vulnerability] = f
	})
	out := make([]Finding, 0, len(byCVE))
	for _, f := range byCVE {
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Vulnerability < out[j].Vulnerability })
	return out
}

// surer orders two findings of one CVE: the surer match, then NVD, then by file.
func surer(a, b *Finding) bool {
	if x, y := levels[a.Match], levels[b.Match]; x != y {
		return x > y
	}
	if a.Adv.Feed != b.Adv.Feed {
		return a.Adv.Feed > b.Adv.Feed // "nvd" > "cve5"
	}
	return a.Adv.File < b.Adv.File
}

// also notes a further record that says the same.
func also(f *Finding) Evidence {
	return Evidence{Rule: "source.also", Text: fmt.Sprintf("%s of %s says so too", f.Advisory, f.Adv.Feed), File: f.Adv.File}
}

// Merge joins the findings of one device out of several sources: an advisory of
// a maker or agency speaks for its CVE, and records of NVD and CVE JSON 5 on the
// same CVE become evidence of it. Among records the surest stays.
func Merge(findings []Finding) []Finding {
	spoken := map[string]bool{}
	for i := range findings {
		if !isRecord(findings[i].Adv) {
			spoken[findings[i].Vulnerability] = true
		}
	}
	best := map[string]int{}
	for i := range findings {
		f := &findings[i]
		if !isRecord(f.Adv) || spoken[f.Vulnerability] {
			continue
		}
		if at, ok := best[f.Vulnerability]; !ok || surer(f, &findings[at]) {
			best[f.Vulnerability] = i
		}
	}
	var out []Finding
	place := map[string]int{} // of the finding that speaks, in out
	for i := range findings {
		f := findings[i]
		at, kept := best[f.Vulnerability]
		if isRecord(f.Adv) && (!kept || at != i) {
			continue
		}
		if _, ok := place[f.Vulnerability]; !ok {
			place[f.Vulnerability] = len(out)
		}
		out = append(out, f)
	}
	for i := range findings {
		f := &findings[i]
		if at, kept := best[f.Vulnerability]; isRecord(f.Adv) && (!kept || at != i) {
			keeper := &out[place[f.Vulnerability]]
			n := len(keeper.Evidence)
			keeper.Evidence = append(keeper.Evidence[:n:n], also(f)) // the list may be shared
		}
	}
	return out
}

func isRecord(a *advisory.Advisory) bool { return a != nil && (a.Feed == "nvd" || a.Feed == "cve5") }
