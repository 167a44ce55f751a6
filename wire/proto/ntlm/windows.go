package ntlm

import (
	"encoding/binary"
	"fmt"
)

// version reads a VERSION structure ([MS-NLMP] 2.2.2.10): major, minor, build
// u16, three reserved, revision 15.
func version(b []byte) (text, windows string) {
	major, minor, build := b[0], b[1], binary.LittleEndian.Uint16(b[2:])
	if major == 0 || b[7] != 15 {
		return "", ""
	}
	return fmt.Sprintf("%d.%d.%d", major, minor, build), Windows(major, minor, build)
}

// builds names Windows releases by build number; client and server releases
// that share a build are both named, because the number cannot tell.
var builds = map[uint16]string{
	2195:  "Windows 2000",
	2600:  "Windows XP",
	3790:  "Windows Server 2003",
	6000:  "Windows Vista",
	6001:  "Windows Vista SP1 or Server 2008",
	6002:  "Windows Vista SP2 or Server 2008 SP2",
	6003:  "Windows Server 2008 SP2",
	7600:  "Windows 7 or Server 2008 R2",
	7601:  "Windows 7 SP1 or Server 2008 R2 SP1",
	9200:  "Windows 8 or Server 2012",
	9600:  "Windows 8.1 or Server 2012 R2",
	10240: "Windows 10 1507",
	10586: "Windows 10 1511",
	14393: "Windows 10 1607 or Server 2016",
	15063: "Windows 10 1703",
	16299: "Windows 10 1709",
	17134: "Windows 10 1803",
	17763: "Windows 10 1809 or Server 2019",
	18362: "Windows 10 1903",
	18363: "Windows 10 1909",
	19041: "Windows 10 2004",
	19042: "Windows 10 20H2",
	19043: "Windows 10 21H1",
	19044: "Windows 10 21H2",
	19045: "Windows 10 22H2",
	20348: "Windows Server 2022",
	22000: "Windows 11 21H2",
	22621: "Windows 11 22H2",
	22631: "Windows 11 23H2",
	26100: "Windows 11 24H2 or Server 2025",
	26200: "Windows 11 25H2",
}

// Windows names the release of a version as Windows itself reports it. Samba
// says 6.1 with build 0 and gets no name here.
func Windows(major, minor uint8, build uint16) string {
	if name, ok := builds[build]; ok {
		return name
	}
	switch {
	case build == 0:
		return ""
	case major == 5 && minor == 0:
		return "Windows 2000"
	case major == 5 && minor == 1:
		return "Windows XP"
	case major == 5 && minor == 2:
		return "Windows Server 2003"
	case major == 10 && build > 22000:
		return "Windows 11 or Server"
	case major == 10:
		return "Windows 10 or Server"
	}
	return ""
}
