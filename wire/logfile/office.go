package logfile

import (
	"strconv"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/ftp"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/rdp"
	"ward/wire/proto/record"
	"ward/wire/proto/sip"
	"ward/wire/proto/smb"
	"ward/wire/proto/smtp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/tftp"
	"ward/wire/proto/vnc"
)

// SSH adds the identification of each side, as "SSH-2.0-OpenSSH_9.2" or
// without the first two parts.
func (f *Facts) SSH(client, server string) {
	for dir, s := range [2]string{client, server} {
		if s == "" {
			continue
		}
		if !strings.HasPrefix(s, "SSH-") {
			s = "SSH-2.0-" + s
		}
		f.ask(&ssh.Codec, said{proto.Dir(dir), []byte(oneLine(s) + "\r\n")})
	}
}

// Machine adds the names that NTLM carries ([MS-NLMP] section 2.2).
func (f *Facts) Machine(dir proto.Dir, via, computer, domain, dnsName string) {
	const netbios = 15
	h := ntlm.Host{Via: via, Computer: text(computer, netbios), Domain: text(domain, netbios), DNSComputer: record.Host([]byte(dnsName))}
	if h.Computer != "" || h.DNSComputer != "" {
		f.Add(dir, h)
	}
}

// systems start every value of SMB's native operating system that is kept.
// Loggers that misread a message put other fields there.
var systems = []string{"Windows", "Unix", "Linux", "Samba", "Mac", "NT ", "OS/2"}

// Native adds what a side of SMB 1 says of its system.
func (f *Facts) Native(dir proto.Dir, os, lanman string) {
	n := smb.Native{OS: system(os), LANMan: system(lanman)}
	if n.OS != "" || n.LANMan != "" {
		f.Add(dir, n)
	}
}

func system(s string) string {
	for _, start := range systems {
		if strings.HasPrefix(s, start) {
			return text(s, maxHost)
		}
	}
	return ""
}

// RDP adds a client's name and build, and the security the server chose. The
// cookie is a user's name and is not read.
func (f *Facts) RDP(client, build, selected string) {
	if host := record.Host([]byte(client)); host != "" {
		n, _ := strconv.ParseUint(build, 10, 32)
		f.Add(proto.Orig, rdp.Client{Name: text(client, maxHost), Build: uint32(n)})
	}
	switch strings.ToLower(selected) {
	case "rdp":
		f.Add(proto.Resp, rdp.Negotiation{Selected: "rdp"})
	case "ssl", "tls":
		f.Add(proto.Resp, rdp.Negotiation{Selected: "tls"})
	case "hybrid":
		f.Add(proto.Resp, rdp.Negotiation{Selected: "nla", NLA: true})
	case "hybrid_ex", "hybrid-ex":
		f.Add(proto.Resp, rdp.Negotiation{Selected: "nla-ex", NLA: true})
	}
}

// VNC adds protocol versions and whether no password is wanted.
func (f *Facts) VNC(client, server, security string) {
	if v := word(client); v != "" {
		f.Add(proto.Orig, vnc.Version{Version: v})
	}
	if v := word(server); v != "" {
		f.Add(proto.Resp, vnc.Version{Version: v})
	}
	switch strings.ToLower(security) {
	case "none", "1":
		f.Add(proto.Resp, vnc.Security{Types: []string{"none"}, Chosen: "none", Open: true})
	case "vnc", "2":
		f.Add(proto.Resp, vnc.Security{Types: []string{"vnc"}, Chosen: "vnc"})
	}
}

// FTP adds what one command and its reply tell.
func (f *Facts) FTP(user, password, command, arg string, code int, reply string) {
	var m []said
	say := func(line string) { m = append(m, said{proto.Orig, []byte(oneLine(line) + "\r\n")}) }
	answer := func(line string) { m = append(m, said{proto.Resp, []byte(oneLine(line) + "\r\n")}) }
	if user != "" {
		say("USER " + user)
		say("PASS " + password)
		answer("230 -")
	}
	if command != "" && command != "USER" && command != "PASS" {
		say(command + " " + arg)
	}
	if code >= 100 && code <= 599 && (command != "" || user == "") {
		answer(strconv.Itoa(code) + " " + reply)
	}
	f.ask(&ftp.Codec, m...)
}

// TFTP adds a request; the file's name stays only as tftp.Parse keeps it.
func (f *Facts) TFTP(write bool, file, mode string) {
	b := []byte{0, 1}
	if write {
		b[1] = 2
	}
	b = append(append(append(append(b, file...), 0), mode...), 0)
	if r, ok := tftp.Parse(b); ok {
		f.Add(proto.Orig, r)
	}
}

// SIP is one message: a request has a method, a response a status.
type SIP struct {
	Method, URI, UserAgent string
	Status                 int
}

// SIP adds one message.
func (f *Facts) SIP(s SIP) {
	if s.Method != "" {
		head := "\r\n" + "User-Agent: " + oneLine(s.UserAgent) + "\r\n\r\n"
		f.ask(&sip.Codec, said{proto.Orig, []byte(oneLine(s.Method) + " " + oneLine(s.URI) + " SIP/2.0" + head)})
	}
	if s.Status >= 100 && s.Status <= 699 {
		f.ask(&sip.Codec, said{proto.Resp, []byte("SIP/2.0 " + strconv.Itoa(s.Status) + " -\r\n\r\n")})
	}
}

// SMTP adds the greeting of the side that sends mail. Nothing of a mail is read.
func (f *Facts) SMTP(helo string, startTLS bool) {
	if h := record.Host([]byte(helo)); h != "" {
		f.Add(proto.Orig, smtp.Hello{Host: h})
	}
	if startTLS {
		f.Add(proto.Resp, smtp.StartTLS{Accepted: true})
	}
}

// Codes of RFC 5424 tables 1 and 2, by Zeek's names.
var (
	facilities = strings.Fields("KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP NTP AUDIT ALERT CLOCK LOCAL0 LOCAL1 LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7")
	severities = strings.Fields("EMERG ALERT CRIT ERR WARNING NOTICE INFO DEBUG")
)

// Syslog adds one message.
func (f *Facts) Syslog(facility, severity, message string) {
	pri := max(index(facilities, facility), 0)*8 + max(index(severities, severity), 0)
	f.ask(&syslog.Codec, said{proto.Orig, []byte("<" + strconv.Itoa(pri) + ">" + oneLine(message))})
}

func index(list []string, word string) int {
	for i, w := range list {
		if w == word {
			return i
		}
	}
	return -1
}
