package smb

import (
	"fmt"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

// SMB 2 header, [MS-SMB2] 2.2.1: marker 4, size u16, credit u16, status u32,
// command u16, credits u16, flags u32, next u32, 40 more.
const (
	smb2Head      = 64
	cmd2Negotiate = 0
	cmd2Session   = 1
	cmd2Tree      = 3

	flag2Reply   = 1
	dialectAny   = 0x02ff // the server wants another round
	dialectFirst = 0x0202
	maxShare     = 128
)

func (p *parser) message2(dir proto.Dir, m []byte, emit proto.Emit) {
	reply := le32(m[16:])&flag2Reply != 0
	status, b := le32(m[8:]), m[smb2Head:]
	switch le16(m[12:]) {
	case cmd2Negotiate:
		if reply && status == 0 {
			p.negotiate2(dir, b, emit)
		}
	case cmd2Session:
		p.names(dir, b, emit)
		// SessionFlags stand behind StructureSize: 1 guest, 2 null session.
		if reply && status == 0 && len(b) >= 4 {
			p.accepted(dir, b[2]&1 != 0, b[2]&2 != 0 || p.anon, emit)
		}
	case cmd2Tree:
		if reply {
			p.treeAnswer(dir, status == 0, emit)
		} else {
			p.tree2(m)
		}
	}
}

// negotiate2: structure size u16, security mode u16, dialect u16.
func (p *parser) negotiate2(dir proto.Dir, b []byte, emit proto.Emit) {
	if len(b) < 6 || p.done {
		return
	}
	d := le16(b[4:])
	if d == dialectAny || d < dialectFirst || d > 0x0311 {
		return
	}
	p.done = true
	n := Negotiate{Dialect: fmt.Sprintf("SMB %d.%d", d>>8, d>>4&0xf), SigningEnabled: b[2]&1 != 0, SigningRequired: b[2]&2 != 0}
	if d&0xf != 0 {
		n.Dialect += fmt.Sprintf(".%d", d&0xf)
	}
	emit(dir, n)
}

// tree2: structure size u16, flags u16, path offset u16 from the header, length u16.
func (p *parser) tree2(m []byte) {
	b := m[smb2Head:]
	if len(b) < 8 {
		return
	}
	from, n := int(le16(b[4:])), int(le16(b[6:]))
	if from < smb2Head || from+n > len(m) {
		return
	}
	p.tree = shareKind(record.UTF16(m[from:from+n], maxShare))
}
