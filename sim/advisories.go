package sim

// advisories are the example documents, in our own words.
var advisories = []advisory{
	{id: "ICSMA-20-049-01", date: "2020-02-18", title: "Spacelabs Xhibit telemetry receiver, remote desktop", vendor: "Spacelabs",
		products: []affected{{"Xhibit Telemetry Receiver (XTR) Model number 96280", "1.0.2", []string{"xtr@1.0.2"}}},
		flaws: []flaw{{cve: "CVE-2019-0708", cwe: "CWE-416", vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", score: 9.8,
			words: "The Windows of the receiver runs code that anyone sends to its remote desktop service, without a login (BlueKeep).",
			steps: []string{"vendor_fix: Update the receiver to version 1.2.1 or later.", "mitigation: Where an update must wait, apply Microsoft's customer guidance: enable Network Level Authentication, close TCP port 3389 or switch the remote desktop service off."}}}},
	{id: "ICSMA-22-251-01", date: "2022-09-29", title: "Baxter Sigma Spectrum infusion pumps, wireless battery module", vendor: "Baxter",
		products: []affected{
			{"Sigma Spectrum v6.x model 35700BAX", "vers:all/*", []string{"spectrum@20D29", "spectrum@16D38"}},
			{"Sigma Spectrum LVP v6.x Wireless Battery Modules", "v16 | v16D38 | v17 | v17D19 | v20D29 to v20D32 | v22D24 to v22D28", []string{"spectrum@20D29", "spectrum@16D38"}},
			{"Spectrum IQ LVP v9.x Wireless Battery Modules", "v22D19 to v22D28", nil},
			{"Sigma Spectrum Wireless Battery Module", "v20D29", []string{"spectrum@20D29"}},
		},
		flaws: []flaw{
			{cve: "CVE-2022-26390", cwe: "CWE-311", vector: "CVSS:3.1/AV:P/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", score: 4.2, only: []int{0, 1, 2},
				words: "The battery module keeps network credentials unencrypted; who holds it can read them out.",
				steps: []string{"mitigation: Before a module leaves the hospital, reset its network settings on another pump and clear the pump's drug library and history log.", "mitigation: Keep pumps and modules where only staff reach them."}},
			{cve: "CVE-2022-26393", cwe: "CWE-134", vector: "CVSS:3.1/AV:A/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L", score: 5.0, only: []int{3},
				words: "Messages to the module can hold format instructions, which read its memory or stop it.",
				steps: []string{"vendor_fix: Update the module: version 20D30 and all others contain the correction.", "mitigation: Use WPA2 with EAP-TLS for the pumps' wireless network and watch for unexpected Telnet and FTP towards them."}},
		}},
	{id: "ICSMA-23-194-01", date: "2023-07-13", title: "BD Alaris System with Guardrails Suite MX", vendor: "BD",
		products: []affected{
			{"Alaris Point-of-Care Unit (PCU) Model 8015", "<=12.1.3", []string{"alaris@9.33", "alaris@12.1.2"}},
			{"Alaris Systems Manager", "<=12.3", []string{"pump_server@12.1"}},
		},
		flaws: []flaw{
			{cve: "CVE-2023-30559", cwe: "CWE-20", vector: "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:H", score: 5.2, only: []int{0},
				words: "The firmware package of the wireless card is not signed properly and can be changed.",
				steps: []string{"mitigation: Let only authorised staff handle pumps and firmware packages.", "mitigation: Allow the pump no traffic but DNS, DHCP and port 3613."}},
			{cve: "CVE-2023-30560", cwe: "CWE-287", vector: "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", score: 6.8, only: []int{0},
				words: "With a cable to the unit its configuration can be changed without a login.",
				steps: []string{"mitigation: Control who can touch the units; check the configuration of a unit that was out of sight."}},
			{cve: "CVE-2023-30563", cwe: "CWE-79", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:L/A:N", score: 8.2, only: []int{1},
				words: "A file that is imported as a list of users can carry script that takes over a session.",
				steps: []string{"vendor_fix: Update to the BD Alaris System release 12.3 with its Systems Manager.", "mitigation: Require administrator rights on the computer that runs Systems Manager."}},
		}},
	{id: "ICSMA-20-254-01", date: "2020-09-10", title: "Philips patient monitoring devices", vendor: "Philips",
		products: []affected{
			{"Patient Information Center iX (PICiX)", "C.02", []string{"philips_central@C.02"}},
			{"Patient Information Center iX (PICiX)", "B.02", nil},
			{"IntelliVue patient monitor MX400-MX850", "<=N.0", []string{"mx800@M.03.12", "mx450@L.00.98"}},
			{"IntelliVue patient monitor MP2-MP90", "<=N", []string{"mp50@J.10.50"}},
		},
		flaws: []flaw{
			{cve: "CVE-2020-16216", cwe: "CWE-20", vector: "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", score: 6.5, only: []int{2, 3},
				words: "Input that the monitor does not expect can make it restart.",
				steps: []string{"vendor_fix: Update IntelliVue monitors to N.00 or N.01; for M.04 ask the maker's service for the way.", "mitigation: Keep the monitoring network apart from the hospital network, with a firewall or access lists."}},
			{cve: "CVE-2020-16224", cwe: "CWE-130", vector: "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", score: 6.5, only: []int{0, 1},
				words: "A length field that is not checked lets the surveillance station restart.",
				steps: []string{"vendor_fix: Update Patient Information Center iX to C.03.", "mitigation: Start the certificate enrolment service only while certificates are given out."}},
		}},
	{id: "ICSMA-20-023-01", date: "2020-01-23", title: "GE CARESCAPE, ApexPro and Clinical Information Center", vendor: "GE",
		products: []affected{
			{"Clinical Information Center (CIC)", "4.X and 5.X", []string{"ge_central@5.1"}},
			{"CARESCAPE B650", "1.X", nil},
			{"CARESCAPE B650", "2.X", []string{"b650@2.0"}},
		},
		flaws: []flaw{
			{cve: "CVE-2020-6962", cwe: "CWE-20", vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", score: 10,
				words: "The web configuration takes input that lets an attacker run code.",
				steps: []string{"mitigation: Check that the MC and IX networks are set up and isolated as the maker's network guides ask.", "mitigation: Let no traffic reach the MC and IX networks from outside, and put passwords on services that have factory ones."}},
			{cve: "CVE-2020-6963", cwe: "CWE-798", vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", score: 10, only: []int{0},
				words: "The file sharing service has a login that is the same on every unit.",
				steps: []string{"mitigation: Check that the MC and IX networks are isolated; block file sharing (TCP 139 and 445) at their border."}},
		}},
	{id: "ICSMA-21-187-01", date: "2021-07-06", title: "Philips Vue PACS", vendor: "Philips",
		products: []affected{{"Vue PACS", "12.2.x.x and prior", []string{"pacs@12.2.1.5"}}},
		flaws: []flaw{
			{cve: "CVE-2020-1938", cwe: "CWE-20", vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", score: 9.8,
				words: "The connector of the web server for its front end (AJP) trusts whoever reaches it and gives out or runs files.",
				steps: []string{"vendor_fix: Update to the corrected release that the maker's service names for this site (12.2.8.0 and later).", "mitigation: Set up the system's ports as the maker's guide D000763414 says, so that TCP 8009 is closed from outside."}},
			{cve: "CVE-2021-27497", cwe: "CWE-693", vector: "CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", score: 6.5,
				words: "A protection mechanism is missing or used wrongly.",
				steps: []string{"vendor_fix: Update to release 12.2.8.100 or later."}},
		}},
}

var cweNames = map[string]string{
	"CWE-20": "Improper Input Validation", "CWE-79": "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
	"CWE-130": "Improper Handling of Length Parameter Inconsistency", "CWE-134": "Use of Externally-Controlled Format String", "CWE-287": "Improper Authentication",
	"CWE-311": "Missing Encryption of Sensitive Data", "CWE-416": "Use After Free", "CWE-693": "Protection Mechanism Failure", "CWE-798": "Use of Hard-coded Credentials",
}
