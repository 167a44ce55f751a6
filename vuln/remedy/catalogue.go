package remedy

import (
	_ "embed"
	"fmt"
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
		steps = append(steps, Step{Kind: e.Kind, Lowers: e.Lowers, Text: e.fill(d, v, need), Source: Source{ID: "ward:" + e.ID, Original: e.Rests}})
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

// fill writes the step for this device.
func (e *entry) fill(d *device.Device, v *advisory.Vulnerability, need []string) string {
	maker := d.Manufacturer
	if maker == "" {
		maker = "the manufacturer"
	}
	service := "the service"
	for _, s := range need {
		if slices.Contains(e.Service, s) {
			service = serviceWords(s)
			break
		}
	}
	return strings.NewReplacer("{maker}", maker, "{service}", service, "{peers}", peers(d, need), "{id}", v.ID).Replace(e.Step)
}

// maxPeers is how many peers a rule names before it says "the n hosts".
const maxPeers = 4

// peers names who legitimately opens sessions to the device, as far as seen.
func peers(d *device.Device, need []string) string {
	var seen []netip.Addr
	for _, p := range d.Peers {
		if p.Inbound && p.Addr.IsValid() && !p.Internet && !p.Addr.IsMulticast() && (len(need) == 0 || slices.Contains(need, p.Service)) && !slices.Contains(seen, p.Addr) {
			seen = append(seen, p.Addr)
		}
	}
	slices.SortFunc(seen, netip.Addr.Compare)
	switch n := len(seen); {
	case n == 0:
		return "its own server and the service host"
	case n > maxPeers:
		return fmt.Sprintf("the %d hosts seen doing so (ward explain lists them)", n)
	}
	names := make([]string, len(seen))
	for i, a := range seen {
		names[i] = a.String()
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
