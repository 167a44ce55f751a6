package device

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func derived(claims ...Claim) *Device {
	d := &Device{Claims: claims}
	d.derive(nil, nil)
	return d
}

func TestKind(t *testing.T) {
	k := func(value, rule string, w float64) Claim { return claim(FieldKind, value, rule, w) }
	tests := []struct {
		name   string
		claims []Claim
		want   string
		sure   float64
	}{
		{"nothing", nil, "", 0},
		{"weak only", []Claim{k("camera", "a", Weak)}, "", 0},
		{"medium is probably", []Claim{k("camera", "a", Medium)}, "camera", 0.5},
		{"two mediums are sure", []Claim{k("camera", "a", Medium), k("camera", "b", Medium)}, "camera", 0.75},
		{"the same rule counts once", []Claim{k("camera", "a", Medium), k("camera", "a", Medium)}, "camera", 0.5},
		{"strong", []Claim{k("camera", "a", Strong), k("printer", "b", Medium)}, "camera", 0.8},
		{"a person wins", []Claim{k("camera", "a", Strong), k("camera", "b", Strong), k("printer", RuleHuman, Human)}, "printer", 1},
	}
	for _, tt := range tests {
		d := derived(tt.claims...)
		if d.Kind != tt.want || math.Abs(d.KindSure-tt.sure) > 1e-9 {
			t.Errorf("%s: %q %.2f, want %q %.2f", tt.name, d.Kind, d.KindSure, tt.want, tt.sure)
		}
	}
}

func TestTier(t *testing.T) {
	tests := []struct {
		kind, location string
		want           TierName
	}{
		{"patient_monitor", "Ward 7", T1}, {"patient_monitor", "ICU 3", T0}, {"patient_monitor", "Order desk", T1},
		{"ct", "Radiology", T3}, {"ct", "ED", T2}, {"infusion_pump", "NICU", T0}, {"building_controller", "OR 2", T3},
		{"printer", "ICU", T3}, {"", "ICU", ""}, {"ultrasound", "Emergency Department", T2}, {"xray", "SICU-2", T2},
	}
	for _, tt := range tests {
		if got := TierFor(tt.kind, tt.location, ""); got != tt.want {
			t.Errorf("%s at %s: %s, want %s", tt.kind, tt.location, got, tt.want)
		}
	}
}

func TestEveryKind(t *testing.T) {
	names := map[string]bool{}
	for _, k := range Kinds() {
		if names[k.Name] || k.Label == "" || k.Words == "" {
			t.Errorf("%+v", k)
		}
		names[k.Name] = true
		if _, ok := tierNamed(string(k.Tier)); !ok {
			t.Errorf("%s has tier %q", k.Name, k.Tier)
		}
		for _, text := range []string{k.Name, k.Label, strings.ToUpper(k.Label)} {
			if got, ok := KindFromWords(text); !ok || got.Name != k.Name {
				t.Errorf("%q is %q, want %q", text, got.Name, k.Name)
			}
		}
	}
	for text, want := range map[string]string{"Infusion Pumps": "infusion_pump", "Pump, Infusion, Syringe": "infusion_pump",
		"Bedside Monitor": "patient_monitor", "MRI": "mr", "Laser Printer": "printer", "Scanning System, Ultrasonic": ""} {
		if got, _ := KindFromWords(text); got.Name != want {
			t.Errorf("%q is %q, want %q", text, got.Name, want)
		}
	}
}

func TestConflicts(t *testing.T) {
	record := func(f Field, v string) Claim {
		return Claim{Field: f, Value: v, Confidence: Human, Source: Source{Rule: RuleCMMS, Input: "assets.csv", Line: 4}}
	}
	tests := []struct {
		name   string
		claims []Claim
		want   string
	}{
		{"record against wire", []Claim{record(FieldOS, "Windows 10"), claim(FieldOS, "Windows 7", "smb.build", Strong)},
			"CMMS says Windows 10, the wire says Windows 7 (assets.csv line 4; smb.build, frame 1)"},
		{"more detail is no conflict", []Claim{record(FieldOS, "Windows 10"), claim(FieldOS, "Microsoft Windows 10 IoT", "smb.build", Strong)}, ""},
		{"same maker, other words", []Claim{record(FieldManufacturer, "Philips Healthcare"), claim(FieldManufacturer, "Philips Medical Systems", "oui", Medium)}, ""},
		{"weak evidence is no conflict", []Claim{record(FieldManufacturer, "Baxter"), claim(FieldManufacturer, "Digi", "oui", Weak)}, ""},
		{"an edition is no conflict", []Claim{record(FieldOS, "Windows Server 2019 Standard"), claim(FieldOS, "Windows 10 1809 or Server 2019", "ntlm.build", Strong)}, ""},
		{"server against desktop", []Claim{record(FieldOS, "Windows Server 2008"), claim(FieldOS, "Windows 10 1809", "ntlm.build", Strong)},
			"CMMS says Windows Server 2008, the wire says Windows 10 1809 (assets.csv line 4; ntlm.build, frame 1)"},
		{"no edition told", []Claim{record(FieldOS, "Windows"), claim(FieldOS, "Windows 7", "ntlm.build", Strong)}, ""},
		{"a CT is a workstation too", []Claim{record(FieldKind, "ct"), claim(FieldKind, "workstation", "device.pc", Medium)}, ""},
		{"two kinds", []Claim{claim(FieldKind, "ct", "a", Strong), claim(FieldKind, "mr", "b", Strong)},
			"the wire says CT scanner and MR scanner: perhaps several devices behind one address"},
		{"two serials", []Claim{claim(FieldSerial, "A1", "lis2a2.sender", Strong), claim(FieldSerial, "B2", "lis2a2.sender", Strong)},
			"the wire says A1 and B2: perhaps several devices behind one address"},
		{"host name with domain", []Claim{record(FieldHostname, "CT01"), claim(FieldHostname, "ct01.example.org", "dhcp", Strong)}, ""},
	}
	for _, tt := range tests {
		d := derived(tt.claims...)
		if diff := cmp.Diff(tt.want, strings.Join(d.Warnings, "; ")); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if (tt.want == "") != (len(d.Conflicts) == 0) {
			t.Errorf("%s: conflicts %+v", tt.name, d.Conflicts)
		}
	}
}

// TestSeveralBehind: what several devices say through one address is nobody's
// model, and one warning names them.
func TestSeveralBehind(t *testing.T) {
	said := func(f Field, v string) Claim { return claim(f, v, "lis2a2.sender", Strong) }
	d := derived(said(FieldBehind, "Sysmex XN-550 22723"), said(FieldBehind, "Siemens DCA VANTAGE S067337"), said(FieldModel, "XN-550"), said(FieldModel, "DCA VANTAGE"),
		said(FieldSerial, "22723"), said(FieldSerial, "S067337"), said(FieldManufacturer, "Sysmex"), claim(FieldKind, "lab_analyser", "model", Strong))
	if d.Model != "" || d.Serial != "" || d.Manufacturer != "" || d.Kind != "lab_analyser" {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]string{"2 devices behind one address: Siemens DCA VANTAGE S067337, Sysmex XN-550 22723"}, d.Warnings); diff != "" {
		t.Error(diff)
	}
	if d := derived(said(FieldBehind, "Sysmex XN-550 22723"), said(FieldModel, "XN-550")); d.Model != "XN-550" || len(d.Warnings) > 0 {
		t.Errorf("%+v", d)
	}
}

func TestComputer(t *testing.T) {
	dell, windows := claim(FieldManufacturer, "Dell", "oui", Weak), claim(FieldOS, "Windows 10", "ntlm.build", Strong)
	for _, tt := range []struct {
		name   string
		claims []Claim
		want   string
	}{
		{"PC", []Claim{dell, windows}, "workstation"},
		{"server system", []Claim{dell, claim(FieldOS, "Windows Server 2016", "ntlm.build", Strong)}, ""},
		{"a modality on a PC", []Claim{dell, windows, claim(FieldKind, "ct", "dicom.storage", Medium)}, "ct"},
		{"other maker", []Claim{claim(FieldManufacturer, "Philips", "oui", Medium), windows}, ""},
		{"database on a PC", []Claim{dell, windows, claim(FieldRole, "database", "service.mssql", Medium)}, ""},
		{"directory", []Claim{windows, claim(FieldRole, "ldap", "service.ldap", Medium), claim(FieldRole, "dns_server", "service.dns", Medium),
			claim(FieldKind, "infrastructure", "service.dns", Medium), claim(FieldKind, "domain_controller", "service.ldap", Weak)}, "domain_controller"},
	} {
		if d := derived(tt.claims...); d.Kind != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, d.Kind, tt.want)
		}
	}
}

func TestWeakOS(t *testing.T) {
	if d := derived(claim(FieldOS, "Windows", "rdp.client", Weak)); d.OS != "" {
		t.Errorf("%q rests on weak evidence alone", d.OS)
	}
	if d := derived(claim(FieldOS, "Linux", "dhcp_class", Strong), claim(FieldOS, "Linux 3.14.0", "system", Medium)); d.OS != "Linux 3.14.0" {
		t.Errorf("%q: the version is lost", d.OS)
	}
	if d := derived(claim(FieldOS, "Windows", "dhcp_class", Strong), claim(FieldOS, "Linux 3.14.0", "system", Medium)); d.OS != "Windows" {
		t.Errorf("%q", d.OS)
	}
	if d := derived(claim(FieldOS, "Windows", "dhcp_class", Medium)); d.OS != "Windows" {
		t.Errorf("%q", d.OS)
	}
}

func TestSoftware(t *testing.T) {
	s := func(name, version, rule string) Claim {
		return Claim{Field: FieldSoftware, Name: name, Value: version, Confidence: Strong, Source: Source{Rule: rule}}
	}
	d := derived(s("Apache HTTP Server", NoVersion, "a"), s("Apache HTTP Server", "2.4.6", "b"), s("OpenSSH", NoVersion, "c"))
	want := []Software{{Name: "Apache HTTP Server", Version: "2.4.6"}, {Name: "OpenSSH"}}
	if diff := cmp.Diff(want, d.Software); diff != "" {
		t.Error(diff)
	}
}
