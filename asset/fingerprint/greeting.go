package fingerprint

import "strings"

// greeting is a product that names itself in FTP and SMTP greetings.
type greeting struct{ text, product string }

var greetings = [...]greeting{
	{"vsFTPd", "vsftpd"}, {"ProFTPD", "ProFTPD"}, {"Pure-FTPd", "Pure-FTPd"}, {"FileZilla Server", "FileZilla Server"},
	{"Microsoft FTP Service", "Microsoft FTP Service"}, {"Serv-U FTP Server", "Serv-U"}, {"wu-", "WU-FTPD"}, {"VxWorks FTP server", "VxWorks FTP server"},
	{"Postfix", "Postfix"}, {"Exim", "Exim"}, {"Sendmail", "Sendmail"}, {"Microsoft ESMTP MAIL Service", "Microsoft SMTP Service"},
}

// find gives what follows the product's name.
func (g greeting) find(s string) (bool, string) {
	i := strings.Index(s, g.text)
	if i < 0 {
		return false, ""
	}
	tail := s[i+len(g.text):]
	for _, w := range []string{" version", " Version:", " Version", " server"} {
		tail = strings.TrimPrefix(tail, w)
	}
	return true, tail
}
