// Package smb reads the opening of SMB 1, 2 and 3 sessions ([MS-CIFS],
// [MS-SMB2]) on TCP 445 or behind NetBIOS (RFC 1002): dialect, signing, machine
// names and Windows version, guest and anonymous sessions, administrative
// shares. User names, other share names and files are never kept.
package smb

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/record"
)

const name = "smb"

// Codec recognises SMB by its header behind the NetBIOS session length.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    newParser,
	Facts:  []proto.Fact{Negotiate{}, Native{}, Session{}, Tree{}, Called{}, ntlm.Host{}},
}

// Negotiate is what the server chose.
type Negotiate struct {
	Dialect         string `json:"dialect" keep:"protocol version"`
	SigningEnabled  bool   `json:"signing_enabled"`
	SigningRequired bool   `json:"signing_required"`
	// ShareLevel: SMB 1 without user names (old servers).
	ShareLevel bool `json:"share_level,omitempty"`
}

// Native is what an SMB 1 side says of its system.
type Native struct {
	OS     string `json:"os,omitempty" keep:"operating system name and version"`
	LANMan string `json:"lan_manager,omitempty" keep:"product that speaks SMB"`
	Domain string `json:"domain,omitempty" keep:"domain or workgroup of the server"`
}

// Session is an accepted session that needs no account.
type Session struct {
	Guest     bool `json:"guest,omitempty"`
	Anonymous bool `json:"anonymous,omitempty"`
}

// Tree is one kind of share that was asked for.
type Tree struct {
	Kind     string `json:"kind" keep:"IPC$, ADMIN$, drive$, print$ or other"`
	Accepted bool   `json:"accepted"`
}

// Called are the NetBIOS names of a session request (RFC 1002, section 4.3.2).
type Called struct {
	Server string `json:"server" keep:"NetBIOS name of the machine"`
	Client string `json:"client" keep:"NetBIOS name of the machine"`
}

func (Negotiate) Service() string { return name }
func (Native) Service() string    { return name }
func (Session) Service() string   { return name }
func (Tree) Service() string      { return name }
func (Called) Service() string    { return name }

// Markers of the two headers, and of compressed and encrypted SMB 3.
var (
	smb1 = []byte("\xffSMB")
	smb2 = []byte("\xfeSMB")
	smb3 = []byte("\xfdSMB")
)

const (
	nbHead      = 4 // NetBIOS session header: type, flags and length
	nbMessage   = 0x00
	nbRequest   = 0x81
	nbPositive  = 0x82
	nbNegative  = 0x83
	nbKeepAlive = 0x85
	maxKept     = 4 << 10 // bytes of one message that are read
	maxMessages = 200     // of one session; names stand at its start
)

// size reads the NetBIOS session header; on TCP 445 the length has 24 bits.
func size(h []byte) int {
	switch h[0] {
	case nbMessage, nbRequest, nbPositive, nbNegative, nbKeepAlive:
		return nbHead + int(h[1])<<16 + int(h[2])<<8 + int(h[3])
	}
	return -1
}

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchSide(orig), matchSide(resp))
}

func matchSide(b []byte) proto.Match {
	for len(b) >= nbHead && (b[0] == nbRequest || b[0] == nbPositive) {
		n := size(b)
		if b[0] == nbRequest && n != 72 || b[0] == nbPositive && n != nbHead {
			return proto.No
		}
		b = b[min(n, len(b)):]
	}
	if len(b) == 0 || len(b) < nbHead+4 && b[0] == nbMessage {
		return proto.Maybe
	}
	if len(b) < nbHead+4 {
		return proto.No
	}
	m := b[nbHead : nbHead+4]
	if b[0] != nbMessage || !bytes.Equal(m, smb1) && !bytes.Equal(m, smb2) && !bytes.Equal(m, smb3) {
		return proto.No
	}
	return proto.Yes
}

type parser struct {
	sides    [2]record.Framer
	messages int
	offered  []string // SMB 1 dialects, for the index in the answer
	done     bool     // the negotiation was reported
	tree     string   // kind of share asked for
	anon     bool
	trees    []Tree
	hosts    []ntlm.Host
}

func newParser() proto.Parser {
	f := record.Framer{Head: nbHead, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	p.sides[dir].Data(b, func(rec []byte, _ int) bool {
		p.messages++
		p.record(dir, rec, emit)
		return true
	})
	return p.messages < maxMessages && !(p.sides[0].Bad() && p.sides[1].Bad())
}

func (p *parser) record(dir proto.Dir, rec []byte, emit proto.Emit) {
	if rec[0] == nbRequest {
		if c, ok := parseRequest(rec[nbHead:]); ok {
			emit(dir, c)
		}
		return
	}
	m := rec[nbHead:]
	switch {
	case bytes.HasPrefix(m, smb1) && len(m) >= smb1Head:
		p.message1(dir, m, emit)
	case bytes.HasPrefix(m, smb2) && len(m) >= smb2Head:
		p.message2(dir, m, emit)
	}
}

// names reports the machine names of an NTLMSSP message, each once.
func (p *parser) names(dir proto.Dir, m []byte, emit proto.Emit) {
	h, ok := ntlm.Find(m, name)
	if !ok || len(p.hosts) >= 8 {
		return
	}
	p.anon = h.Anonymous
	for _, have := range p.hosts {
		if have == h {
			return
		}
	}
	p.hosts = append(p.hosts, h)
	emit(dir, h)
}

// accepted reports a session that was let in without an account.
func (p *parser) accepted(dir proto.Dir, guest, anonymous bool, emit proto.Emit) {
	if guest || anonymous {
		emit(dir, Session{Guest: guest, Anonymous: anonymous})
	}
	p.anon = false
}

func (p *parser) treeAnswer(dir proto.Dir, ok bool, emit proto.Emit) {
	t := Tree{Kind: p.tree, Accepted: ok}
	p.tree = ""
	if t.Kind == "" {
		return
	}
	for _, have := range p.trees {
		if have == t {
			return
		}
	}
	p.trees = append(p.trees, t)
	emit(dir, t)
}

// shareKind classes the last part of \\server\share; the name is dropped.
func shareKind(path string) string {
	share := path[bytes.LastIndexByte([]byte(path), '\\')+1:]
	switch up := string(bytes.ToUpper([]byte(share))); {
	case up == "IPC$" || up == "ADMIN$":
		return up
	case up == "PRINT$":
		return "print$"
	case len(up) == 2 && up[1] == '$' && up[0] >= 'A' && up[0] <= 'Z':
		return "drive$"
	}
	return "other"
}

// parseRequest reads called and calling name: length 32, the encoded name, 0.
func parseRequest(b []byte) (Called, bool) {
	if len(b) != 68 || b[0] != 32 || b[34] != 32 {
		return Called{}, false
	}
	c := Called{Server: netbiosName(b[1:33]), Client: netbiosName(b[35:67])}
	return c, c.Server != "" || c.Client != ""
}

// netbiosName undoes the first-level encoding (RFC 1001, section 14.1): each
// half byte is a letter from A.
func netbiosName(b []byte) string {
	var raw [16]byte
	for i := range raw {
		hi, lo := b[2*i]-'A', b[2*i+1]-'A'
		if hi > 15 || lo > 15 {
			return ""
		}
		raw[i] = hi<<4 | lo
	}
	return record.Text(raw[:15], 15)
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.sides[0].Held() + p.sides[1].Held() }

// Gap gives the direction up: messages have no marker to find again safely.
func (p *parser) Gap(dir proto.Dir, _ int) { p.sides[dir].Lost() }

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
