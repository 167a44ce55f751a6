package session

import (
	"ward/wire/proto"
	"ward/wire/proto/arp"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/carescape"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/dhcp6"
	"ward/wire/proto/dicom"
	"ward/wire/proto/dns"
	"ward/wire/proto/ftp"
	"ward/wire/proto/hl7"
	"ward/wire/proto/http"
	"ward/wire/proto/icmp"
	"ward/wire/proto/intellivue"
	"ward/wire/proto/kerberos"
	"ward/wire/proto/ldap"
	"ward/wire/proto/lis2a2"
	"ward/wire/proto/lldp"
	"ward/wire/proto/modbus"
	"ward/wire/proto/mqtt"
	"ward/wire/proto/mssql"
	"ward/wire/proto/mysql"
	"ward/wire/proto/nbns"
	"ward/wire/proto/ntp"
	"ward/wire/proto/oracle"
	"ward/wire/proto/poct1a"
	"ward/wire/proto/postgres"
	"ward/wire/proto/printing"
	"ward/wire/proto/quic"
	"ward/wire/proto/radius"
	"ward/wire/proto/rdp"
	"ward/wire/proto/rtsp"
	"ward/wire/proto/sdc"
	"ward/wire/proto/sip"
	"ward/wire/proto/smb"
	"ward/wire/proto/smtp"
	"ward/wire/proto/snmp"
	"ward/wire/proto/ssdp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/telnet"
	"ward/wire/proto/tftp"
	"ward/wire/proto/tls"
	"ward/wire/proto/vnc"
)

// services is every protocol Ward reads, the more specific before the more
// general: the first that is sure names the session. A new codec is one line.
var services = []*proto.Codec{
	// Below TCP and UDP.
	&arp.Codec, &icmp.Codec, &icmp.V6, &lldp.Codec, &lldp.CDP,

	// Medical.
	&dicom.Codec, &hl7.Codec, &intellivue.Codec, &carescape.Codec, &sdc.Codec, &poct1a.Codec,
	&lis2a2.Codec,

	// Network.
	&tls.Codec, &http.Codec, &http.Codec2, &dns.Codec, &dns.LLMNR, &dns.MDNS, &nbns.Codec,
	&nbns.Datagram, &dhcp.Codec, &dhcp6.Codec, &snmp.Codec, &ssdp.Codec, &ntp.Codec, &quic.Codec,
	&radius.Codec, &ldap.Codec, &kerberos.Codec,

	// Administration, offices, media.
	&ssh.Codec, &smb.Codec, &rdp.Codec, &vnc.Codec, &ftp.Codec, &tftp.Codec, &smtp.Codec, &sip.Codec,
	&rtsp.Codec, &mqtt.Codec, &printing.Codec, &printing.LPD, &mssql.Codec, &mysql.Codec,
	&postgres.Codec, &oracle.Codec,

	// Buildings.
	&bacnet.Codec, &modbus.Codec,

	// What is recognised by little, last.
	&telnet.Codec, &syslog.Codec,
}

// Services gives the codecs a run uses when Options name none.
func Services() []*proto.Codec { return services }
