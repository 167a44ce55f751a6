package dicom

import (
	"encoding/binary"
	"strings"

	"ward/wire/proto"
)

// Association item and sub-item types (PS3.8 section 9.3.2, PS3.7 annex D.3).
const (
	itemProposed       = 0x20 // presentation context in RQ
	itemResult         = 0x21 // presentation context in AC
	itemAbstractSyntax = 0x30
	itemUser           = 0x50
	itemMaxLength      = 0x51
	itemImplementation = 0x52
	itemRole           = 0x54
	itemVersion        = 0x55
	itemIdentity       = 0x58
)

const (
	maxContexts = 128 // odd ids from 1 to 255
	maxRoles    = 64
	maxUID      = 64 // PS3.5 section 9.1
	maxName     = 16 // AE titles and implementation version names
)

func wanted(kind byte) bool {
	return kind == itemProposed || kind == itemResult || kind == itemUser
}

// association joins the two sides' PDUs.
type association struct {
	requestor proto.Dir
	known     bool // a request was seen, so requestor and the titles are valid
	called    string
	calling   string
	proposed  []SOPClass     // as in the request's Fact
	contexts  [256]uint8     // by presentation context id: position in proposed plus one
	draft     [2]Association // of each direction, while its items come in
	emitted   int
}

// begin reads the fixed part of an A-ASSOCIATE-RQ or -AC.
func (a *association) begin(dir proto.Dir, pdu byte, b []byte) {
	d := Association{Side: Acceptor, Outcome: Accepted}
	if pdu == pduRequest {
		a.requestor, a.known = dir, true
		a.called, a.calling = text(b[4:20]), text(b[20:36])
		a.proposed, a.contexts = nil, [256]uint8{}
		d.Side, d.Outcome = Requestor, Requested
	}
	d.CalledAE, d.CallingAE = a.called, a.calling
	a.draft[dir] = d
}

// item reads one whole item.
func (a *association) item(dir proto.Dir, kind byte, b []byte) {
	d := &a.draft[dir]
	switch kind {
	case itemProposed:
		a.propose(d, b)
	case itemResult:
		a.result(d, b)
	case itemUser:
		eachItem(b, d.user)
	}
}

// propose reads a presentation context of a request: id, three reserved bytes,
// then sub-items of which the abstract syntax is the SOP class.
func (a *association) propose(d *Association, b []byte) {
	if len(b) < 4 || d.Side != Requestor {
		return
	}
	eachItem(b[4:], func(kind byte, v []byte) {
		class, ok := sopClass(v)
		if kind != itemAbstractSyntax || !ok {
			return
		}
		i := position(d.SOPClasses, class)
		if i == len(d.SOPClasses) {
			if i == maxContexts {
				return
			}
			d.SOPClasses = append(d.SOPClasses, class)
		}
		a.contexts[b[0]] = uint8(i + 1)
		a.proposed = d.SOPClasses
	})
}

// result reads a presentation context of an answer: id, reserved, result.
func (a *association) result(d *Association, b []byte) {
	if len(b) < 4 || b[2] != 0 || d.Side != Acceptor {
		return
	}
	i := int(a.contexts[b[0]])
	if i == 0 || i > len(a.proposed) {
		return
	}
	if class := a.proposed[i-1]; position(d.Accepted, class) == len(d.Accepted) {
		d.Accepted = append(d.Accepted, class)
	}
}

// user reads one sub-item of the user information.
func (d *Association) user(kind byte, v []byte) {
	switch kind {
	case itemMaxLength:
		if len(v) == 4 {
			d.MaxPDU = binary.BigEndian.Uint32(v)
		}
	case itemImplementation:
		d.ImplementationUID, _ = uid(v)
	case itemVersion:
		d.ImplementationVersion = text(v)
	case itemRole:
		d.role(v)
	case itemIdentity:
		if len(v) > 0 {
			d.UserIdentity = identityKind(v[0])
		}
	}
}

// role reads uid length u16, uid, SCU u8, SCP u8.
func (d *Association) role(v []byte) {
	if len(v) < 4 || len(d.Roles) >= maxRoles {
		return
	}
	n := int(binary.BigEndian.Uint16(v))
	if len(v) != n+4 {
		return
	}
	if class, ok := sopClass(v[2 : 2+n]); ok {
		d.Roles = append(d.Roles, Role{class, v[2+n] == 1, v[3+n] == 1})
	}
}

// end emits what the items of one PDU gave.
func (a *association) end(dir proto.Dir, emit proto.Emit) {
	a.emit(dir, a.draft[dir], emit)
	a.draft[dir] = Association{}
}

// short reads A-ASSOCIATE-RJ and A-ABORT; releases say nothing.
func (a *association) short(dir proto.Dir, pdu byte, b []byte, emit proto.Emit) {
	d := Association{Side: a.side(dir), CalledAE: a.called, CallingAE: a.calling}
	switch pdu {
	case pduReject:
		d.Side, d.Outcome, d.Reason = Acceptor, Rejected, rejectReason(b[1], b[2], b[3])
	case pduAbort:
		d.Outcome, d.Reason = Aborted, abortReason(b[2], b[3])
	default:
		return
	}
	a.emit(dir, d, emit)
}

func (a *association) emit(dir proto.Dir, d Association, emit proto.Emit) {
	if a.emitted < maxAssocs {
		a.emitted++
		emit(dir, d)
	}
}

// side tells who sent the bytes of dir: by default the originator requests.
func (a *association) side(dir proto.Dir) Side {
	if dir == a.requestor { // Orig when no request was seen
		return Requestor
	}
	return Acceptor
}

// eachItem walks type u8, reserved u8, length u16, value. A cut value ends it.
func eachItem(b []byte, visit func(kind byte, value []byte)) {
	for len(b) >= 4 {
		n := int(binary.BigEndian.Uint16(b[2:]))
		if len(b) < 4+n {
			return
		}
		visit(b[0], b[4:4+n])
		b = b[4+n:]
	}
}

// position gives the place of a class in the list, its length if it is not there.
func position(list []SOPClass, class SOPClass) int {
	for i, c := range list {
		if c.UID == class.UID {
			return i
		}
	}
	return len(list)
}

// text gives a padded name of at most 16 printable characters, else nothing.
func text(b []byte) string {
	s := strings.Trim(string(b[:min(len(b), maxName)]), " \x00")
	if !printable([]byte(s)) {
		return ""
	}
	return s
}

// uid gives a UID of PS3.5 section 9.1 without its padding.
func uid(b []byte) (string, bool) {
	for len(b) > 0 && (b[len(b)-1] == 0 || b[len(b)-1] == ' ') {
		b = b[:len(b)-1]
	}
	if len(b) == 0 || len(b) > maxUID {
		return "", false
	}
	for _, c := range b {
		if c != '.' && (c < '0' || c > '9') {
			return "", false
		}
	}
	return string(b), true
}
