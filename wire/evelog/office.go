package evelog

import (
	"strconv"
	"strings"

	"ward/wire/logfile"
	"ward/wire/proto"
)

// maxUsers bounds the FTP sessions whose user name waits for the password.
const maxUsers = 4096

type sshSide struct {
	Version  string `json:"proto_version"`
	Software string `json:"software_version"`
}

func (s *sshSide) line() string {
	if s.Software == "" {
		return ""
	}
	if s.Version == "" {
		return s.Software
	}
	return "SSH-" + s.Version + "-" + s.Software
}

type sshEvent struct {
	head
	SSH struct {
		Client sshSide `json:"client"`
		Server sshSide `json:"server"`
	} `json:"ssh"`
}

func (r *reader) ssh(line []byte) bool {
	var e sshEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "ssh", false) {
		return false
	}
	r.facts.SSH(e.SSH.Client.line(), e.SSH.Server.line())
	return r.tell()
}

type native struct {
	OS     string `json:"native_os"`
	LANMan string `json:"native_lm"`
}

// smbEvent is one command; of NTLM's names the user's is not read.
type smbEvent struct {
	head
	SMB struct {
		Request  native `json:"request"`
		Response native `json:"response"`
		NTLM     struct {
			Domain string `json:"domain"`
			Host   string `json:"host"`
		} `json:"ntlmssp"`
	} `json:"smb"`
}

func (r *reader) smb(line []byte) bool {
	var e smbEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "smb", e.from(139, 445)) {
		return false
	}
	r.facts.Native(proto.Orig, e.SMB.Request.OS, e.SMB.Request.LANMan)
	r.facts.Native(proto.Resp, e.SMB.Response.OS, e.SMB.Response.LANMan)
	r.facts.Machine(proto.Orig, "smb", e.SMB.NTLM.Host, e.SMB.NTLM.Domain, "")
	return r.tell()
}

type rdpEvent struct {
	head
	RDP struct {
		Protocol string `json:"protocol"`
		Client   struct {
			Name string `json:"client_name"`
		} `json:"client"`
	} `json:"rdp"`
}

// rdp reads both directions' messages; the one that sends the protocol chosen is the server.
func (r *reader) rdp(line []byte) bool {
	var e rdpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "rdp", e.from(3389)) {
		return false
	}
	r.facts.RDP(e.RDP.Client.Name, "", e.RDP.Protocol)
	return r.tell()
}

type rfbEvent struct {
	head
	RFB struct {
		Server rfbVersion `json:"server_protocol_version"`
		Client rfbVersion `json:"client_protocol_version"`
		Auth   struct {
			Type int `json:"security_type"`
		} `json:"authentication"`
	} `json:"rfb"`
}

type rfbVersion struct {
	Major string `json:"major"`
	Minor string `json:"minor"`
}

func (v rfbVersion) String() string {
	if v.Major == "" {
		return ""
	}
	return strings.TrimLeft(v.Major, "0") + "." + strings.TrimLeft(v.Minor, "0")
}

func (r *reader) rfb(line []byte) bool {
	var e rfbEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "rfb", false) {
		return false
	}
	r.facts.VNC(e.RFB.Client.String(), e.RFB.Server.String(), strconv.Itoa(e.RFB.Auth.Type))
	return r.tell()
}

type ftpEvent struct {
	head
	FTP struct {
		Command string   `json:"command"`
		Data    string   `json:"command_data"`
		Codes   []string `json:"completion_code"`
		Reply   []string `json:"reply"`
	} `json:"ftp"`
}

// ftp reads one command with its replies. A user name waits for its password
// only inside the reader: the codec tells anonymous logins and shipped pairs.
func (r *reader) ftp(line []byte) bool {
	var e ftpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "ftp", e.from(21)) {
		return false
	}
	code, reply := -1, ""
	if n := len(e.FTP.Codes); n > 0 {
		code, _ = strconv.Atoi(e.FTP.Codes[n-1])
	}
	if len(e.FTP.Reply) > 0 {
		reply = e.FTP.Reply[0]
	}
	switch e.FTP.Command {
	case "USER":
		if len(r.ftpUsers) < maxUsers {
			r.ftpUsers[r.s.ID] = e.FTP.Data
		}
	case "PASS":
		user, ok := r.ftpUsers[r.s.ID]
		delete(r.ftpUsers, r.s.ID)
		if ok && code == 230 {
			r.facts.FTP(user, e.FTP.Data, "", "", -1, "")
		}
	default:
		r.facts.FTP("", "", e.FTP.Command, e.FTP.Data, code, reply)
	}
	return r.tell()
}

type tftpEvent struct {
	head
	TFTP struct {
		Packet string `json:"packet"`
		File   string `json:"file"`
		Mode   string `json:"mode"`
	} `json:"tftp"`
}

func (r *reader) tftp(line []byte) bool {
	var e tftpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "tftp", e.from(69)) {
		return false
	}
	if e.TFTP.Packet == "read" || e.TFTP.Packet == "write" {
		r.facts.TFTP(e.TFTP.Packet == "write", e.TFTP.File, e.TFTP.Mode)
	}
	return r.tell()
}

type sipEvent struct {
	head
	SIP struct {
		Method string `json:"method"`
		URI    string `json:"uri"`
		Code   string `json:"code"`
		Agent  string `json:"user_agent"`
	} `json:"sip"`
}

// sip reads a request or a response; either side may send both.
func (r *reader) sip(line []byte) bool {
	var e sipEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "sip", e.SIP.Code != "") {
		return false
	}
	code, _ := strconv.Atoi(e.SIP.Code)
	r.facts.SIP(logfile.SIP{Method: e.SIP.Method, URI: e.SIP.URI, UserAgent: e.SIP.Agent, Status: code})
	return r.tell()
}

// smtpEvent: of "email" nothing is read.
type smtpEvent struct {
	head
	SMTP struct {
		Helo string `json:"helo"`
	} `json:"smtp"`
}

func (r *reader) smtp(line []byte) bool {
	var e smtpEvent
	if decode(line, &e) != nil || !r.begin(&e.head, "smtp", e.from(25, 587)) {
		return false
	}
	r.facts.SMTP(e.SMTP.Helo, false)
	return r.tell()
}
