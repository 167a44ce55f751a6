package session

// port is a well-known port of one transport.
type port struct {
	transport Transport
	number    uint16
}

// portNames says which service a port suggests where no content speaks: the
// IANA service name registry, and the habits of medical devices for what is not
// in it. The names are those of the codecs.
var portNames = map[port]string{
	{TCP, 20}:    "ftp-data",
	{TCP, 21}:    "ftp",
	{TCP, 22}:    "ssh",
	{TCP, 23}:    "telnet",
	{TCP, 25}:    "smtp",
	{TCP, 53}:    "dns",
	{TCP, 80}:    "http",
	{TCP, 88}:    "kerberos",
	{TCP, 104}:   "dicom",
	{TCP, 110}:   "pop3",
	{TCP, 111}:   "rpcbind",
	{TCP, 135}:   "msrpc",
	{TCP, 139}:   "smb",
	{TCP, 143}:   "imap",
	{TCP, 389}:   "ldap",
	{TCP, 443}:   "tls",
	{TCP, 445}:   "smb",
	{TCP, 502}:   "modbus",
	{TCP, 514}:   "syslog",
	{TCP, 515}:   "lpd",
	{TCP, 554}:   "rtsp",
	{TCP, 587}:   "smtp",
	{TCP, 631}:   "ipp",
	{TCP, 636}:   "tls",
	{TCP, 993}:   "tls",
	{TCP, 1433}:  "mssql",
	{TCP, 1521}:  "oracle",
	{TCP, 1883}:  "mqtt",
	{TCP, 2049}:  "nfs",
	{TCP, 2575}:  "hl7",
	{TCP, 2762}:  "tls",
	{TCP, 3306}:  "mysql",
	{TCP, 3389}:  "rdp",
	{TCP, 5060}:  "sip",
	{TCP, 5432}:  "postgres",
	{TCP, 5900}:  "vnc",
	{TCP, 6514}:  "tls",
	{TCP, 8080}:  "http",
	{TCP, 8443}:  "tls",
	{TCP, 8883}:  "tls",
	{TCP, 9100}:  "printing",
	{TCP, 11112}: "dicom",
	{TCP, 44818}: "enip",
	{UDP, 53}:    "dns",
	{UDP, 67}:    "dhcp",
	{UDP, 68}:    "dhcp",
	{UDP, 69}:    "tftp",
	{UDP, 88}:    "kerberos",
	{UDP, 123}:   "ntp",
	{UDP, 137}:   "nbns",
	{UDP, 138}:   "nbdgm",
	{UDP, 161}:   "snmp",
	{UDP, 162}:   "snmp",
	{UDP, 389}:   "ldap",
	{UDP, 443}:   "quic",
	{UDP, 514}:   "syslog",
	{UDP, 546}:   "dhcp6",
	{UDP, 547}:   "dhcp6",
	{UDP, 1812}:  "radius",
	{UDP, 1813}:  "radius",
	{UDP, 1900}:  "ssdp",
	{UDP, 3702}:  "sdc",
	{UDP, 5060}:  "sip",
	{UDP, 5353}:  "mdns",
	{UDP, 5355}:  "llmnr",
	{UDP, 24105}: "intellivue",
	{UDP, 47808}: "bacnet",
}

// PortName gives the service that the responder's port suggests, else that of
// the originator's.
func PortName(t Transport, orig, resp uint16) string {
	if name := portNames[port{t, resp}]; name != "" {
		return name
	}
	return portNames[port{t, orig}]
}
