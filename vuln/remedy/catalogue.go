package remedy

import (
	_ "embed"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/risk"
)

//go:embed catalogue.yaml
var catalogueText []byte

// entry is one row of the catalogue: conditions and a step.
type entry struct {
	ID      string   `yaml:"id"`
	Kind    Kind     `yaml:"kind"`
	CWE     []string `yaml:"cwe"`
	Text    []string `yaml:"text"`
	Vector  []string `yaml:"vector"`
	Action  bool     `yaml:"action"`
	Service []string `yaml:"service"`
	Step    string   `yaml:"step"`
	Lowers  Lowers   `yaml:"lowers"` // where it is not what the kind does
	Rests   string   `yaml:"rests"`
}

// catalogue is read once; a broken built-in file is a broken build, and a test
// reads it too.
var catalogue = mustRead(catalogueText)

func mustRead(text []byte) []entry {
	entries, err := readCatalogue(text)
	if err != nil {
		panic(err)
	}
	return entries
}

func readCatalogue(text []byte) ([]entry, error) {
	var entries []entry
	if err := yaml.Load(text, &entries, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("remedy: catalogue.yaml: %w", err)
	}
	for _, e := range entries {
		if e.ID == "" || e.Step == "" || e.Rests == "" || rungOf(e.Kind).words == "" || e.Kind.Segments() {
			return nil, fmt.Errorf("remedy: catalogue.yaml: entry %q needs id, a kind below segmentation, step and rests", e.ID)
		}
	}
	return entries, nil
}

// fromCatalogue gives the entries whose conditions hold.
func fromCatalogue(a *risk.Assessment) []Step {
	v, d := a.Finding.Vuln, a.Finding.Dev
	m, scored := risk.Metrics(v)
	need := risk.Services(v)
	var steps []Step
	for _, e := range catalogue {
		if !e.holds(v, m, scored, need) {
			continue
		}
		if e.Kind == DisableService && len(usersOf(d, e.shared(need))) > 0 {
			continue // somebody needs it
		}
		st := Step{Kind: e.Kind, Lowers: e.Lowers, Source: Source{ID: "ward:" + e.ID, Original: e.Rests}}
		if strings.Contains(e.Step, "{peers}") {
			st.services, st.peers = e.shared(need), peersOf([]*device.Device{d}, e.shared(need))
		}
		st.Text = e.fill(maker(a.Finding), v.ID, e.shared(need), st.peers)
		steps = append(steps, st)
	}
	return steps
}

func (e *entry) holds(v *advisory.Vulnerability, m advisory.Metrics, scored bool, need []string) bool {
	vector := m.AV
	if !scored {
		vector = "N" // the careful reading
	}
	switch {
	case len(e.Vector) > 0 && !slices.Contains(e.Vector, vector):
		return false
	case len(e.CWE) > 0 && !overlap(e.CWE, v.CWEs):
		return false
	case e.Action && (!scored || m.UI != "R"):
		return false
	case len(e.Service) > 0 && !overlap(e.Service, need):
		return false
	}
	return len(e.Text) == 0 || mentions(v, e.Text)
}

func mentions(v *advisory.Vulnerability, words []string) bool {
	text := " " + strings.ToLower(v.Title+" "+v.Description) + " "
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// shared gives the services of the entry that the attack needs.
func (e *entry) shared(need []string) []string {
	var out []string
	for _, s := range need {
		if slices.Contains(e.Service, s) {
			out = append(out, s)
		}
	}
	return out
}

// fill writes the step for this device.
func (e *entry) fill(maker, id string, services []string, peers string) string {
	service := "the service"
	if len(services) > 0 {
		service = serviceWords(services[0])
	}
	return cut(strings.NewReplacer("{maker}", maker, "{service}", service, "{peers}", peers, "{id}", id).Replace(e.Step), maxStepText)
}

// maxPeers is how many peers a rule names before it says "the n hosts".
const maxPeers = 4

// usersOf gives the addresses of the site that were seen using one of the
// services of a device; no services means any.
func usersOf(d *device.Device, services []string) []netip.Addr {
	var out []netip.Addr
	for _, p := range d.Peers {
		if p.Inbound && p.Addr.IsValid() && !p.Internet && !p.Addr.IsMulticast() && (len(services) == 0 || slices.Contains(services, p.Service)) {
			out = append(out, p.Addr)
		}
	}
	return out
}

// peersOf names who legitimately opens sessions to the devices, as far as seen.
func peersOf(devices []*device.Device, services []string) string {
	seen := map[netip.Addr]bool{}
	for _, d := range devices {
		for _, a := range usersOf(d, services) {
			seen[a] = true
		}
	}
	switch n := len(seen); {
	case n == 0:
		return "its own server and the service host"
	case n > maxPeers:
		return fmt.Sprintf("the %d hosts seen doing so (ward explain lists them)", n)
	}
	var names []string
	for _, a := range slices.SortedFunc(maps.Keys(seen), netip.Addr.Compare) {
		names = append(names, a.String())
	}
	return strings.Join(names, ", ")
}

func serviceWords(service string) string {
	words := map[string]string{"rdp": "Remote Desktop", "smb": "file sharing (SMB)", "http": "its web pages", "tls": "its web pages", "vnc": "remote control (VNC)",
		"snmp": "SNMP", "ssh": "SSH", "ftp": "FTP", "tftp": "TFTP", "telnet": "Telnet", "dicom": "DICOM", "hl7": "HL7"}
	if w := words[service]; w != "" {
		return w
	}
	return service
}
