package fingerprint

import (
	"strings"

	"ward/asset/device"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/rdp"
	"ward/wire/proto/smb"
)

// ntlmHost reads NTLM (MS-NLMP section 2.2): names and build of the machine that
// sent the message. Samba and others send build 0 or 6.1.0.
func (r *Reader) ntlmHost(f ntlm.Host) {
	at := r.from()
	name := f.DNSComputer
	if name == "" {
		name = f.Computer
	}
	r.host(at, name, "ntlm.computer", "NTLM computer name", device.Strong)
	if f.Windows != "" {
		r.claim(at, device.FieldOS, f.Windows, "ntlm.build", device.Strong, "NTLM version "+f.OSVersion)
	}
}

// smbCalled reads the NetBIOS names of a session request: the caller's own, and
// the name it knows the server by.
func (r *Reader) smbCalled(f smb.Called) {
	r.host(r.orig(), f.Client, "smb.calling", "calling name of a NetBIOS session", device.Strong)
	if !strings.HasPrefix(f.Server, "*") {
		r.host(r.resp(), f.Server, "smb.called", "called name of a NetBIOS session", device.Medium)
	}
}

// smbNative reads what SMB 1 says of the operating system, in words.
func (r *Reader) smbNative(f smb.Native) {
	at := r.from()
	if os := windowsWords(f.OS); os != "" && !strings.HasPrefix(f.LANMan, "Samba") {
		r.claim(at, device.FieldOS, os, "smb.native", device.Strong, quote("SMB native OS", f.OS))
	}
	if v, ok := strings.CutPrefix(f.LANMan, "Samba "); ok {
		r.software(at, "Samba", v, "smb.native", device.Strong, quote("SMB native LAN manager", f.LANMan))
		r.claim(at, device.FieldOS, "Linux", "smb.samba", device.Weak, "runs Samba")
	}
}

// windowsWords writes native OS text the way people name Windows.
func windowsWords(s string) string {
	switch {
	case s == "" || s == "Unix":
		return ""
	case strings.HasPrefix(s, "Windows 5.0"), strings.HasPrefix(s, "Windows 2000 2195"):
		return "Windows 2000"
	case strings.HasPrefix(s, "Windows 5.1"), strings.HasPrefix(s, "Windows 2002 2600"), strings.HasPrefix(s, "Windows 2002 Service"):
		return "Windows XP"
	case s == "Windows 6.1":
		return windowsNT(6, 1)
	}
	return s
}

func (r *Reader) rdpClient(f rdp.Client) {
	r.host(r.from(), f.Name, "rdp.client", "RDP client name", device.Strong)
	r.claim(r.from(), device.FieldOS, "Windows", "rdp.client", device.Weak, "RDP client")
}
