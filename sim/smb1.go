package sim

import (
	"encoding/binary"
	"time"
)

// smb1 is one message of the old protocol, MS-CIFS 2.2.3, with Unicode, status
// codes and extended security.
func smb1(command byte, answer bool, words, bytes []byte, status ...byte) []byte {
	b := make([]byte, 36)
	copy(b[4:], "\xffSMB")
	b[8] = command
	copy(b[9:13], status)
	b[13], b[14], b[15] = 0x18, 0x07, 0xc8
	if answer {
		b[13] = 0x98
	}
	b[30], b[31], b[34] = 0xff, 0xfe, 1
	b = append(b, byte(len(words)/2))
	b = append(b, words...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(bytes)))
	b = append(b, bytes...)
	n := len(b) - 4
	b[1], b[2], b[3] = byte(n>>16), byte(n>>8), byte(n)
	return b
}

// nativeNames are how a system names itself in the session setup.
func nativeNames(os string) (system, manager string) {
	if os == "Windows XP" {
		return "Windows 2002 Service Pack 3 2600", "Windows 2002 5.1"
	}
	return "Windows 7 Professional 7601 Service Pack 1", "Windows 7 Professional 6.1"
}

// oldShare is a session of a system that knows only SMB version 1.
func (h *Hospital) oldShare(at time.Duration, client, server *Host) {
	s := h.dial(at, "smb", client, server, 445)
	s.send(smb1(0x72, false, nil, []byte("\x02NT LM 0.12\x00")))
	words := []byte{0, 0, 3, 50, 0, 1, 0, 4, 0x11, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0xfd, 0xe3, 0, 0x80}
	s.reply(smb1(0x72, true, append(words, make([]byte, 11)...), h.noise(16)))
	s.send(setup1(client, ntlmNegotiate(client)))
	s.reply(setup1Answer(server, ntlmChallenge(server), 0x16, 0, 0, 0xc0))
	s.send(setup1(client, ntlmAuthenticate(client)))
	s.reply(setup1Answer(server, nil)).close()
}

// setup1 is the session setup request of MS-SMB 2.2.4.6.1.
func setup1(d *Host, token []byte) []byte {
	words := []byte{0xff, 0, 0, 0, 4, 0x11, 10, 0, 0, 0, 0, 0, 0, 0, byte(len(token)), byte(len(token) >> 8), 0, 0, 0, 0, 0xd4, 0, 0, 0xa0}
	return smb1(0x73, false, words, withNames(token, d.OS))
}

// setup1Answer is its answer, MS-SMB 2.2.4.6.2.
func setup1Answer(d *Host, token []byte, status ...byte) []byte {
	words := []byte{0xff, 0, 0, 0, 0, 0, byte(len(token)), byte(len(token) >> 8)}
	return smb1(0x73, true, words, withNames(token, d.OS), status...)
}

// withNames puts the system's names behind the token, at an even place: the
// bytes begin at an odd one in both messages.
func withNames(token []byte, os string) []byte {
	b := append([]byte{}, token...)
	if len(b)%2 == 0 {
		b = append(b, 0)
	}
	system, manager := nativeNames(os)
	b = append(append(b, utf16le(system)...), 0, 0)
	b = append(append(b, utf16le(manager)...), 0, 0)
	return append(b, 0, 0)
}
