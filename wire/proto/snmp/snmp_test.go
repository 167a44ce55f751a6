package snmp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
)

func tlv(tag byte, v ...string) string {
	body := strings.Join(v, "")
	if len(body) > 127 {
		return string([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}) + body
	}
	return string([]byte{tag, byte(len(body))}) + body
}

func integer(v byte) string { return tlv(2, string([]byte{v})) }

func message(version byte, community string, pdu byte, binds ...string) string {
	return tlv(0x30, integer(version), tlv(4, community), tlv(pdu, integer(7), integer(0), integer(0), tlv(0x30, binds...)))
}

func bind(oid string, tag byte, v string) string { return tlv(0x30, tlv(6, oid), tlv(tag, v)) }

const engine = "\x80\x00\x00\x09\x03\x00\x09\xfb\x01\x02\x03" // enterprise 9, MAC

func v3(flags byte, scoped string) string {
	usm := tlv(0x30, tlv(4, engine), integer(1), integer(2), tlv(4, canary.User), tlv(4, ""), tlv(4, ""))
	return tlv(0x30, integer(3), tlv(0x30, integer(9), tlv(2, "\x05\xdc"), tlv(4, string([]byte{flags})), integer(3)), tlv(4, usm), scoped)
}

func TestParse(t *testing.T) {
	secured := func(pdu, level string) Message {
		return Message{Version: "3", PDU: pdu, Security: level, EngineID: "80000009030009fb010203", EngineMAC: packet.MAC{0, 9, 0xfb, 1, 2, 3}, Enterprise: 9}
	}
	plain := tlv(0x30, tlv(4, engine), tlv(4, canary.User), tlv(0xa0, integer(7), integer(0), integer(0), tlv(0x30)))
	for _, tt := range []struct {
		name, in string
		want     Message
		system   System
		ok       bool
	}{
		{"v1 get public", message(0, "public", 0xa0, bind(sysDescr, 5, "")), Message{Version: "1", PDU: "get", Default: true, CommunityLength: 6}, System{}, true},
		{"v2c bulk with a secret", message(1, canary.Secret, 0xa5), Message{Version: "2c", PDU: "get_bulk", CommunityLength: 13}, System{}, true},
		{"v2c response", message(1, "public", 0xa2, bind(sysDescr, 4, "Monitor\r\nRev M"), bind(sysObjectID, 6, "\x2b\x06\x01\x04\x01\x09"), bind(sysName, 4, "mon-4"),
			bind(systemGroup+"\x06\x00", 4, canary.Address), bind(systemGroup+"\x04\x00", 4, canary.Phone)),
			Message{Version: "2c", PDU: "response", Default: true, CommunityLength: 6}, System{"Monitor Rev M", "1.3.6.1.4.1.9", "mon-4"}, true},
		{"set is no System", message(1, "private", 0xa3, bind(sysName, 4, canary.Family)), Message{Version: "2c", PDU: "set", Default: true, CommunityLength: 7}, System{}, true},
		{"v1 trap", tlv(0x30, integer(0), tlv(4, "public"), tlv(0xa4, tlv(6, "\x2b\x06"), tlv(0x40, "\x0a\x00\x00\x01"))), Message{Version: "1", PDU: "trap", Default: true, CommunityLength: 6}, System{}, true},
		{"v3 in clear", v3(0, plain), secured("get", "noAuth"), System{}, true},
		{"v3 authenticated", v3(1, plain), secured("get", "auth"), System{}, true},
		{"v3 encrypted", v3(3, tlv(4, canary.HL7Name)), secured("encrypted", "priv"), System{}, true},
		{"v3 encrypted without octets", v3(3, plain), Message{}, System{}, false},
		{"version 2", message(2, "public", 0xa0), Message{}, System{}, false},
		{"PDU tag", message(1, "public", 0xab), Message{}, System{}, false},
		{"trailing bytes", message(1, "public", 0xa0) + "x", Message{}, System{}, false},
		{"cut", message(1, "public", 0xa0)[:20], Message{}, System{}, false},
		{"indefinite length", "\x30\x80\x02\x01\x00", Message{}, System{}, false},
		{"LDAP bind", tlv(0x30, integer(1), tlv(0x60, integer(3), tlv(4, "cn=x"), tlv(0x80, "y"))), Message{}, System{}, false},
		{"empty", "", Message{}, System{}, false},
	} {
		m, s, ok := Parse([]byte(tt.in))
		if diff := cmp.Diff(tt.want, m) + cmp.Diff(tt.system, s); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprintf("%+v%+v", m, s), marker) {
				t.Errorf("%s: %q came out", tt.name, marker)
			}
		}
	}
}

func TestPollingIsEmittedOnce(t *testing.T) {
	p, n := Codec.New(), 0
	for range 5 {
		p.Data(proto.Orig, []byte(message(1, "public", 0xa0)), func(proto.Dir, proto.Fact) { n++ })
		p.Data(proto.Resp, []byte(message(1, "public", 0xa2, bind(sysName, 4, "mon-4"))), func(proto.Dir, proto.Fact) { n++ })
	}
	if n != 3 {
		t.Errorf("%d facts, want 3", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(message(1, "public", 0xa2, bind(sysDescr, 4, "x"), bind(sysObjectID, 6, "\x2b\x06"))))
	f.Add([]byte(v3(0, tlv(0x30, tlv(4, engine), tlv(4, ""), tlv(0xa0, integer(7), integer(0), integer(0), tlv(0x30))))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, s, ok := Parse(b); ok && (m.PDU == "" || len(s.Description) > maxText) {
			t.Fatalf("Parse = %+v %+v", m, s)
		}
	})
}
