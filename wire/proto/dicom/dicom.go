// Package dicom turns a DICOM upper layer session (PS3.8 section 9.3) into
// facts about the two application entities: who they are, what they offer each
// other, and how many operations of which kind they did (PS3.7 section 9.3).
//
// It reads association PDUs and command sets. It never reads a data set: images,
// worklist entries and query keys are skipped by count, and SOP instance UIDs,
// which PS3.15 table E.1-1 calls identifying, are not kept.
package dicom

import "ward/wire/proto"

// Name is the service name of DICOM sessions.
const Name = "dicom"

// Side says which partner of the association a Fact describes.
type Side string

const (
	Requestor Side = "requestor" // sent A-ASSOCIATE-RQ
	Acceptor  Side = "acceptor"  // received it
)

// Outcome is how an association went, as far as the describing PDU tells.
type Outcome string

const (
	Requested Outcome = "requested"
	Accepted  Outcome = "accepted"
	Rejected  Outcome = "rejected"
	Aborted   Outcome = "aborted"
)

// Association describes one side of an association. The requestor's comes from
// A-ASSOCIATE-RQ, the acceptor's from A-ASSOCIATE-AC or -RJ; an A-ABORT gives one
// for the side that sent it.
type Association struct {
	Side    Side    `json:"side" keep:"protocol role, closed set"`
	Outcome Outcome `json:"outcome" keep:"protocol result, closed set"`
	// CalledAE and CallingAE are as the requestor wrote them. The copies in the
	// answer are mere echoes (PS3.8 section 9.3.3) and are not read.
	CalledAE  string `json:"called_ae,omitempty" keep:"name of a DICOM node"`
	CallingAE string `json:"calling_ae,omitempty" keep:"name of a DICOM node"`
	// SOPClasses are the proposed abstract syntaxes; Accepted those that the
	// acceptor took. Both in order, each once.
	SOPClasses []SOPClass `json:"sop_classes,omitempty"`
	Accepted   []SOPClass `json:"accepted,omitempty"`
	// The implementation of the described side (PS3.7 section D.3.3.2).
	ImplementationUID     string `json:"implementation_uid,omitempty" keep:"names the DICOM software"`
	ImplementationVersion string `json:"implementation_version,omitempty" keep:"names the software version"`
	// MaxPDU is the longest P-DATA body in bytes that the side receives; 0 is no limit.
	MaxPDU uint32 `json:"max_pdu"`
	// Roles are the SCU/SCP role selections (PS3.7 section D.3.3.4).
	Roles []Role `json:"roles,omitempty"`
	// UserIdentity is the kind of identity shown, never its value.
	UserIdentity string `json:"user_identity,omitempty" keep:"kind of login, closed set"`
	// Reason says in words why it was rejected or aborted.
	Reason string `json:"reason,omitempty" keep:"closed set of protocol reasons"`
}

// Service implements proto.Fact.
func (Association) Service() string { return Name }

// Role is one SCU/SCP role selection.
type Role struct {
	SOPClass SOPClass `json:"sop_class"`
	SCU      bool     `json:"scu"`
	SCP      bool     `json:"scp"`
}

// Operations counts the messages of one kind since the last such Fact of the
// session. It describes the side that asks (the SCU of DIMSE-C; for an event
// report the SCP), which is the side it is emitted for.
type Operations struct {
	Operation string   `json:"operation" keep:"DIMSE service name, closed set"`
	SOPClass  SOPClass `json:"sop_class,omitzero"`
	// MoveDestination is the AE that a C-MOVE sends to.
	MoveDestination string `json:"move_destination,omitempty" keep:"name of a DICOM node"`
	Requests        uint64 `json:"requests"`
	Responses       uint64 `json:"responses"`
	// Statuses count the responses by status family (PS3.7 annex C).
	Statuses []Status `json:"statuses,omitempty"`
	// RequestBytes and ResponseBytes are the sizes of the data sets that went
	// with the messages.
	RequestBytes  uint64 `json:"request_bytes"`
	ResponseBytes uint64 `json:"response_bytes"`
	// Sub-operations of C-MOVE and C-GET, summed over their final responses.
	Completed uint64 `json:"completed,omitempty"`
	Failed    uint64 `json:"failed,omitempty"`
	Warning   uint64 `json:"warning,omitempty"`
	// Remaining is what the last interim response left to do.
	Remaining uint64 `json:"remaining,omitempty"`
}

// Service implements proto.Fact.
func (Operations) Service() string { return Name }

// Status is a number of responses of one family.
type Status struct {
	Family string `json:"family" keep:"status family, closed set"`
	Count  uint64 `json:"count"`
}

// Codec recognises DICOM on any TCP port.
var Codec = proto.Codec{
	Name:   Name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Association{}, Operations{}},
}
