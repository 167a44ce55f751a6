package smb

import (
	"bytes"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

// SMB 1 header, [MS-CIFS] 2.2.3.1: marker 4, command 1, status 4, flags 1,
// flags2 2, 12 more, tree u16, pid u16, uid u16, mid u16; then word count,
// words, byte count u16, bytes.
const (
	smb1Head     = 32
	cmdTreeX     = 0x75
	cmdNegotiate = 0x72
	cmdSessionX  = 0x73

	flagUnicode = 0x8000
	flagReply   = 0x80
	maxDialects = 16
	maxNative   = 64
	noDialect   = 0xffff
)

func (p *parser) message1(dir proto.Dir, m []byte, emit proto.Emit) {
	words, data, ok := body1(m)
	if !ok {
		return
	}
	reply := m[9]&flagReply != 0
	unicode := le16(m[10:])&flagUnicode != 0
	status := le32(m[5:])
	switch m[4] {
	case cmdNegotiate:
		if !reply {
			p.offer1(data)
		} else {
			p.negotiate1(dir, words, emit)
		}
	case cmdSessionX:
		p.names(dir, m, emit)
		p.session1(dir, reply, status, unicode, words, data, emit)
	case cmdTreeX:
		if reply {
			p.treeAnswer(dir, status == 0, emit)
		} else {
			p.tree1(unicode, words, data)
		}
	}
}

func body1(m []byte) (words, data []byte, ok bool) {
	b := m[smb1Head:]
	if len(b) < 1 || len(b) < 1+2*int(b[0])+2 {
		return nil, nil, false
	}
	n := 2 * int(b[0])
	words, b = b[1:1+n], b[1+n:]
	return words, b[2:min(len(b), 2+int(le16(b)))], true
}

// offer1 reads the dialect list: 02, NUL-ended name, and so on.
func (p *parser) offer1(data []byte) {
	p.offered = nil
	for len(data) > 0 && data[0] == 2 && len(p.offered) < maxDialects {
		text, rest, ok := bytes.Cut(data[1:], []byte{0})
		if !ok {
			break
		}
		p.offered, data = append(p.offered, record.Text(text, 32)), rest
	}
}

func (p *parser) negotiate1(dir proto.Dir, words []byte, emit proto.Emit) {
	if len(words) < 2 || p.done {
		return
	}
	index := int(le16(words))
	if index == noDialect {
		return
	}
	n := Negotiate{Dialect: "SMB 1"}
	if index < len(p.offered) && p.offered[index] != "NT LM 0.12" && p.offered[index] != "NT LANMAN 1.0" {
		n.Dialect = "SMB 1 (" + p.offered[index] + ")"
	}
	if len(words) >= 34 {
		mode := words[2]
		n.ShareLevel, n.SigningEnabled, n.SigningRequired = mode&1 == 0, mode&4 != 0, mode&8 != 0
	}
	p.done = true
	emit(dir, n)
}

// session1 reads the strings at the end of a session setup ([MS-CIFS] 2.2.4.53,
// [MS-SMB] 2.2.4.6): behind the security blob for 12 words (4 in an answer),
// behind passwords, account and domain for 13.
func (p *parser) session1(dir proto.Dir, reply bool, status uint32, unicode bool, words, data []byte, emit proto.Emit) {
	skip, texts := 0, 0 // bytes and strings in front of the native OS
	switch {
	case reply && len(words) == 6:
	case reply && len(words) == 8:
		skip = int(le16(words[6:]))
	case !reply && len(words) == 24:
		skip = int(le16(words[14:]))
	case !reply && len(words) == 26:
		skip, texts = int(le16(words[14:]))+int(le16(words[16:])), 2
		p.anon = le16(words[16:]) == 0 && le16(words[14:]) <= 1
	default:
		return
	}
	if skip <= len(data) {
		s := strings1{data: data, at: skip, unicode: unicode}
		for range texts {
			s.next() // account and domain, not kept
		}
		n := Native{OS: s.next(), LANMan: s.next()}
		if reply {
			n.Domain = s.next()
		}
		if n.OS != "" || n.LANMan != "" {
			emit(dir, n)
		}
	}
	if reply && status == 0 && len(words) >= 6 {
		p.accepted(dir, words[4]&1 != 0, p.anon, emit)
	}
}

// strings1 walks NUL-ended strings. UTF-16 ones start at an even offset of the
// message: the words before data always make data itself start at an odd one.
type strings1 struct {
	data    []byte
	at      int
	unicode bool
}

func (s *strings1) next() string {
	if !s.unicode {
		text, _, _ := bytes.Cut(s.data[min(s.at, len(s.data)):], []byte{0})
		s.at += len(text) + 1
		return record.Text(text, maxNative)
	}
	if s.at%2 == 0 {
		s.at++
	}
	from := min(s.at, len(s.data))
	for s.at+1 < len(s.data) && (s.data[s.at] != 0 || s.data[s.at+1] != 0) {
		s.at += 2
	}
	text := s.data[from:min(max(s.at, from), len(s.data))]
	s.at += 2
	return record.UTF16(text, maxNative)
}

// tree1: words AndX 4, flags u16, password length u16; then password and path.
func (p *parser) tree1(unicode bool, words, data []byte) {
	if len(words) < 8 || int(le16(words[6:])) > len(data) {
		return
	}
	s := strings1{data: data, at: int(le16(words[6:])), unicode: unicode}
	p.tree = shareKind(s.next())
}
