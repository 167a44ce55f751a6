package pipeline_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/golden"
	"ward/internal/shareddata"
	"ward/pipeline"
)

// goldens are the real captures whose result a person has checked: every
// medical one, and one of each other family that a hospital has.
var goldens = []string{
	"recorded-third-party/astm-lis2-analyzers.pcap",
	"recorded-third-party/dicom-abuse-scan-aet-guess-bulk-pull.pcap",
	"recorded-third-party/dicom-modality-worklist-store.pcap",
	"recorded-third-party/dicom-query-retrieve-viewer.pcap",
	"recorded-third-party/dicom-tls.pcap",
	"recorded-third-party/hl7v2-mllp.pcap",
	"recorded-third-party/sdc11073-provider-consumer.pcap",
	"ndpi/hl7.pcap",
	"ndpi/bacnet.pcap",
	"malcolm/protocols/BACnet_device_control.pcap",
	"suricata-verify/modbus/modbus.pcap",
	"iot-sentinel/D-LinkCam/Setup-A-1-STA.pcap",
	"iot-sentinel/HueBridge/Setup-A-1-STA.pcap",
	"ndpi/ipp.pcap",
	"ndpi/rtsp.pcap",
	"zeek/rdp/rdp-to-ssl.pcap",
}

// TestGolden compares what comes out of each of them with its file.
func TestGolden(t *testing.T) {
	root := filepath.Join(shareddata.Dir(t), "pcap")
	for _, name := range goldens {
		t.Run(name, func(t *testing.T) {
			r, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: []string{filepath.Join(root, name)}})
			if err != nil {
				t.Fatal(err)
			}
			file := strings.TrimSuffix(strings.ReplaceAll(name, "/", "--"), filepath.Ext(name)) + ".txt"
			golden.Check(t, filepath.Join("testdata", "golden", file), summary(r))
		})
	}
}

// summary writes the devices, services and claims of a result as short text.
func summary(r *pipeline.Result) string {
	var b strings.Builder
	in := r.Inputs[0]
	fmt.Fprintf(&b, "%s of %d frames, %d sessions:", in.Kind, in.Frames, r.Sessions.Count)
	for _, name := range slices.Sorted(maps.Keys(r.Sessions.ByService)) {
		fmt.Fprintf(&b, " %s %d", name, r.Sessions.ByService[name])
	}
	b.WriteString("\n")
	for _, d := range r.Devices {
		b.WriteString("\n")
		describe(&b, d)
	}
	return b.String()
}

func describe(b *strings.Builder, d *device.Device) {
	fmt.Fprintf(b, "%s %s\n", d.ID, joined(d.Addresses, netip.Addr.String))
	for _, f := range [][2]string{{"kind", d.Kind}, {"tier", string(d.Tier)}, {"manufacturer", d.Manufacturer}, {"model", d.Model}, {"version", d.Version},
		{"os", d.OS}, {"serial", d.Serial}, {"hostname", d.Hostname}, {"ae", strings.Join(d.AETitles, " ")}, {"roles", strings.Join(d.Roles, " ")}} {
		if f[1] != "" {
			fmt.Fprintf(b, "  %-13s %s\n", f[0], f[1])
		}
	}
	for _, s := range d.Software {
		fmt.Fprintf(b, "  %-13s %s %s\n", "software", s.Name, s.Version)
	}
	for _, s := range d.Services {
		word := "uses"
		if s.Answers {
			word = "offers"
		}
		fmt.Fprintf(b, "  %-13s %s %s/%d\n", word, s.Name, s.Transport, s.Port)
	}
	for _, line := range claims(d) {
		fmt.Fprintf(b, "  %-13s %s\n", "claim", line)
	}
	for _, c := range d.Conflicts {
		fmt.Fprintf(b, "  %-13s %s\n", "conflict", c.Text)
	}
}

// claims gives the claims as lines: what, by which rule, first in which frame.
func claims(d *device.Device) []string {
	sorted := slices.Clone(d.Claims)
	slices.SortStableFunc(sorted, func(a, b device.Claim) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Source.Rule, b.Source.Rule))
	})
	var out []string
	for _, c := range sorted {
		if c.Field == device.FieldAddress {
			continue
		}
		out = append(out, fmt.Sprintf("%s = %s (%s %.1f, frame %d)", c.Field, strings.TrimSpace(c.Name+" "+c.Value), c.Source.Rule, c.Confidence, c.Source.Frame))
	}
	return out
}

func joined[T any](list []T, text func(T) string) string {
	var words []string
	for _, v := range list {
		words = append(words, text(v))
	}
	return strings.Join(words, " ")
}
