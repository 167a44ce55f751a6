package fingerprint

import (
	"ward/asset/device"
	"ward/wire/packet"
	"ward/wire/proto/ssh"
	"ward/wire/proto/telnet"
)

func (r *Reader) sshBanner(f ssh.Banner) {
	at := r.from()
	if !r.text(at, sshBanner, f.Software) && f.Software != "" {
		r.claim(at, device.FieldRole, "ssh", "ssh.banner", device.Weak, quote("SSH banner", f.Software))
	}
	r.text(at, systemText, f.Comment)
	if f.Old && r.seen.Dir == 1 {
		r.weak(at, "ssh", "SSH 1", "ssh.protocol", quote("protocol version", f.Protocol))
	}
}

// telnetBanner reads the product line before a login. The Spectrum battery
// module tells its serial and level there (identification.md section 2).
func (r *Reader) telnetBanner(f telnet.Banner) {
	at := r.from()
	r.describe(at, f.Product)
	r.claim(at, device.FieldVersion, f.Version, "telnet.banner", device.Strong, quote("telnet banner", f.Product))
	r.claim(at, device.FieldSerial, f.Serial, "telnet.banner", device.Strong, quote("telnet banner", f.Product))
	if m, err := packet.ParseMAC(f.MAC); err == nil {
		r.bind(m, at, device.BindARP)
	}
}

// banner reads a greeting of FTP or SMTP.
func (r *Reader) banner(service, text string) {
	at := r.from()
	r.describe(at, text)
	for _, p := range greetings {
		if row, tail := p.find(text); row {
			r.software(at, p.product, version(tail), service+".banner", device.Strong, quote(service+" greeting", text))
			return
		}
	}
}
