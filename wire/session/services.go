package session

import (
	"ward/wire/proto"
	"ward/wire/proto/arp"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/dhcp6"
	"ward/wire/proto/dicom"
	"ward/wire/proto/dns"
	"ward/wire/proto/ftp"
	"ward/wire/proto/hl7"
	"ward/wire/proto/http"
	"ward/wire/proto/icmp"
	"ward/wire/proto/lis2a2"
	"ward/wire/proto/lldp"
	"ward/wire/proto/modbus"
	"ward/wire/proto/nbns"
	"ward/wire/proto/ntp"
	"ward/wire/proto/poct1a"
	"ward/wire/proto/quic"
	"ward/wire/proto/smb"
	"ward/wire/proto/smtp"
	"ward/wire/proto/snmp"
	"ward/wire/proto/ssdp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/telnet"
	"ward/wire/proto/tls"
)

// services is every protocol Ward reads, the more specific before the more
// general: the first that is sure names the session. A new codec is one line.
var services = []*proto.Codec{
	// Below TCP and UDP.
	&arp.Codec, &icmp.Codec, &icmp.V6, &lldp.Codec, &lldp.CDP,

	// Medical.
	&dicom.Codec, &hl7.Codec, &poct1a.Codec, &lis2a2.Codec,

	// Network.
	&tls.Codec, &http.Codec, &http.Codec2, &dns.Codec, &dns.MDNS, &dns.LLMNR, &nbns.Codec, &nbns.Datagram,
	&dhcp.Codec, &dhcp6.Codec, &snmp.Codec, &ssdp.Codec, &ntp.Codec, &quic.Codec,

	// Administration and offices.
	&ssh.Codec, &smb.Codec, &ftp.Codec, &smtp.Codec, &telnet.Codec,

	// Buildings.
	&bacnet.Codec, &modbus.Codec,

	// What is recognised by little, last.
	&syslog.Codec,
}

// Services gives the codecs a run uses when Options name none.
func Services() []*proto.Codec { return services }
