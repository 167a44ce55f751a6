package remedy

import (
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// TestReading: sentences as publishers write them, and what becomes of them.
// want is "kind: text", or "" where there is nothing to do.
func TestReading(t *testing.T) {
	rows := []struct{ category, text, want string }{
		{"vendor_fix", "Update to V5.1 or later version", "patch: update to V5.1 or later"},
		{"vendor_fix", "Update to V14 SP1 Update 14 or later version", "patch: update to V14 SP1 Update 14 or later"},
		{"vendor_fix", "Example recommends users update to Version 3.06.1804 or later.", "patch: update to 3.06.1804 or later"},
		{"vendor_fix", "All Example versions 2.3 and prior are affected. Example recommends upgrading to version 2.4.", "patch: update to 2.4"},
		{"vendor_fix", "Example is no longer supporting v2.0.2 and recommends that users upgrade to v2.0.3.", "patch: update to v2.0.3"},
		{"vendor_fix", "Example plans a new release to remediate this vulnerability by the end of Q3 2020.", "patch: get the update that Example announced; ask whether it is out"},
		{"vendor_fix", "Users are recommended to update to version 4.2.", "patch: update to 4.2"},
		{"fix_planned", "Example expects to release version 9.1 in 2027.", "patch: get version 9.1 from Example, announced in the advisory"},
		{"optional_patch", "Update to V2.0", "patch: update to V2.0"},
		{"no_fix_planned", "Currently no fix is planned", ""},
		{"none_available", "Currently no fix is available", ""},
		{"vendor_fix", "Example will not be issuing a product update.", ""},
		{"vendor_fix", "Additionally the updated firmware will prevent unencrypted transmission.", ""},
		{"vendor_fix", "As with any software update, firmware updates can cause devices to malfunction.", ""},
		{"vendor_fix", "For most patients, permanently disabling RF is not advisable.", ""},
		{"vendor_fix", "Users with questions regarding the update should contact Example at 1-800-722-9377.", ""},
		{"mitigation", "Example recommends the following mitigations:", ""},
		{"mitigation", "Minimize network exposure for all control system devices.", ""},
		{"mitigation", "Do not click web links or open attachments in unsolicited email messages.", ""},
		{"mitigation", "When remote access is required, use secure methods such as virtual private networks.", ""},
		{"mitigation", "Locate control system networks behind firewalls.", ""},
		{"workaround", "Restrict access to port 5900/tcp to trusted IP addresses only", "network_control: restrict access to port 5900/tcp to trusted IP addresses only"},
		{"mitigation", "Example recommends disabling the Telnet service.", "disable_service: disable the Telnet service"},
		{"mitigation", "Customers should not share passwords.", "credentials: do not share passwords"},
		{"mitigation", "Servers should be kept in controlled locked data centers.", "physical: make sure that servers are kept in controlled locked data centers"},
		{"mitigation", "Restrict physical access to the device.", "physical: restrict physical access to the device"},
		{"mitigation", "The network is required to be physically or logically isolated from the hospital network.", "segmentation: make sure that the network is physically or logically isolated from the hospital network"},
		{"vendor_fix", "Example advises users to stop using the remote controller.", "replace: stop using the remote controller"},
	}
	for _, row := range rows {
		v := &advisory.Vulnerability{ID: "CVE-2030-0001", Remediations: []advisory.Remediation{{Category: row.category, Text: row.text}}}
		f := &exposure.Finding{Advisory: "TEST-1", Adv: &advisory.Advisory{ID: "TEST-1"}, Vuln: v, Dev: &device.Device{Manufacturer: "Example"}}
		got := ""
		for _, s := range NewAdviser().fromAdvisory(f) {
			got = strings.TrimPrefix(got+"; "+string(s.Kind)+": "+s.Text, "; ")
			if !strings.Contains(row.text, s.Source.Original) {
				t.Errorf("%q is not in %q", s.Source.Original, row.text)
			}
		}
		if got != row.want {
			t.Errorf("%s\n got  %s\n want %s", row.text, got, row.want)
		}
	}
}

func TestNoFixIsContext(t *testing.T) {
	v := &advisory.Vulnerability{ID: "CVE-2030-0001", Remediations: []advisory.Remediation{
		{Category: "vendor_fix", Text: "The product has reached end of life and is no longer supported."}}}
	f := &exposure.Finding{Adv: &advisory.Advisory{ID: "TEST-1"}, Vuln: v, Dev: &device.Device{Manufacturer: "Example"}}
	a := risk.Assessment{Finding: f}
	if got := RuledOut(&a); len(got) != 1 || got[0].Kind != Patch {
		t.Errorf("ruled out: %+v", got)
	}
	for _, s := range NewAdviser().fromAdvisory(f) {
		if s.Kind != Replace || s.Demands {
			t.Errorf("%+v", s)
		}
	}
}

// TestAffectedIsNeverFixed: a version that the advisory calls affected is not
// offered as the fix.
func TestAffectedIsNeverFixed(t *testing.T) {
	rows := []struct{ affected, text, want string }{
		{"<= 1.7.3", "Example released Version 1.7.3 to address this.", ""},
		{"<= 1.7.3", "Example released Version 1.7.2 to address this.", ""},
		{"<= 1.7.3", "Example released Version 1.7.4 to address this.", "1.7.4"},
		{"< 8.2.2", "Example released Version 8.2.2 to address this.", "8.2.2"},
		{"< 8.2.2", "Example released a software update to address this.", "8.2.2"},
		{"2.2.3", "Example recommends users update to a version later than Version 2.2.3.", ""},
	}
	for _, row := range rows {
		adv := &advisory.Advisory{ID: "TEST-1", Products: []advisory.Product{{ID: "P", Name: "Pump", Version: row.affected}}}
		v := &advisory.Vulnerability{ID: "CVE-2030-0001", Remediations: []advisory.Remediation{{Category: "vendor_fix", Text: row.text}}}
		steps := NewAdviser().fromAdvisory(&exposure.Finding{ProductID: "P", Adv: adv, Vuln: v, Dev: &device.Device{Manufacturer: "Example"}})
		if len(steps) != 1 || steps[0].Fixed != row.want {
			t.Errorf("%s | %s: %+v, want %q", row.affected, row.text, steps, row.want)
		}
	}
}

func FuzzStatements(f *testing.F) {
	f.Add("vendor_fix", "Update to V5.1 or later version\nRestrict access to port 22/tcp of affected\ndevices.")
	f.Add("mitigation", "• Users should change passwords; e.g. \"a\".\r\n1) Do not share them")
	f.Fuzz(func(t *testing.T, category, text string) {
		v := &advisory.Vulnerability{Remediations: []advisory.Remediation{{Category: category, Text: text}}}
		for _, s := range NewAdviser().fromAdvisory(&exposure.Finding{Adv: &advisory.Advisory{}, Vuln: v, Dev: &device.Device{}}) {
			if len(s.Text) > maxStepText || s.Text == "" || !strings.Contains(text, s.Source.Original) {
				t.Fatalf("%+v", s)
			}
		}
	})
}
