package fingerprint

import (
	"strings"

	"ward/asset/device"
	"ward/wire/proto/dicom"
)

// modalities maps the modality codes of storage classes to kinds. Codes that
// any modality may send (OT, SR, PR, KO) say nothing.
var modalities = map[string]string{
	"CT": "ct", "MR": "mr", "US": "ultrasound", "CR": "xray", "DX": "xray", "RF": "xray", "MG": "mammography", "XA": "angio",
	"NM": "nuclear", "PT": "pet", "RTPLAN": "linac", "RTDOSE": "linac", "RTSTRUCT": "linac", "RTIMAGE": "linac", "RT": "linac",
	"ECG": "vital_signs", "ES": "surgical", "IVUS": "ultrasound",
}

// manyModalities is from where a node stores for others rather than for itself.
const manyModalities = 3

// association reads one side of a DICOM association (PS3.8 section 9.3). The AE
// titles of the answer are echoes: the acceptor is known by the title it was
// called with, if it accepted.
func (r *Reader) association(f dicom.Association) {
	at := r.from()
	if f.Outcome == dicom.Aborted || f.Outcome == dicom.Rejected {
		return
	}
	r.text(at, dicomImplementation, f.ImplementationUID)
	if v := f.ImplementationVersion; v != "" && !r.text(at, dicomVersion, v) {
		r.software(at, "DICOM implementation "+v, "", "dicom.version", device.Medium, "implementation version name")
	}
	if f.Side == dicom.Requestor {
		r.claim(at, device.FieldAETitle, f.CallingAE, "dicom.calling_ae", device.Strong, "calling AE title of an association")
		r.text(at, aeTitle, f.CallingAE)
		r.requestor(at, f.SOPClasses)
		return
	}
	if f.Outcome == dicom.Accepted {
		r.claim(at, device.FieldAETitle, f.CalledAE, "dicom.called_ae", device.Medium, "accepted an association called by this AE title")
		r.acceptor(at, f.Accepted)
	}
}

// offer sums up a list of SOP classes.
type offer struct {
	storage             int    // storage classes
	kind                string // of the modality, if there is one
	kinds               int    // different kinds of modalities
	worklist, mpps      bool
	query, move, printy bool
	commitment          bool
}

func sum(classes []dicom.SOPClass) offer {
	var o offer
	var seen [manyModalities]string
	for _, c := range classes {
		switch c.Kind {
		case "worklist":
			o.worklist = true
		case "mpps":
			o.mpps = true
		case "query":
			o.query = true
		case "move", "get":
			o.move = true
		case "print":
			o.printy = true
		case "commitment":
			o.commitment = true
		default:
			if strings.HasPrefix(c.UID, "1.2.840.10008.5.1.4.1.1.") {
				o.storage++
			}
			if k := modalities[c.Kind]; k != "" && o.kinds < manyModalities && !contains(seen[:o.kinds], k) {
				seen[o.kinds] = k
				o.kinds++
				o.kind = k
			}
		}
	}
	return o
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// requestor: who sends images of one modality is one; who asks for a worklist
// or reports performed steps is some modality.
func (r *Reader) requestor(at device.Subject, classes []dicom.SOPClass) {
	o := sum(classes)
	switch {
	case o.move: // C-GET: the storage classes are what it receives
	case o.kinds >= manyModalities:
		r.claim(at, device.FieldKind, "pacs", "dicom.storage", device.Weak, "proposes storage of many modalities")
	case o.kinds == 1:
		r.claim(at, device.FieldKind, o.kind, "dicom.storage", device.Medium, "proposes storage classes of this modality only")
	case o.kinds == 2 && pair(classes, "CT", "PT"):
		r.claim(at, device.FieldKind, "pet", "dicom.storage", device.Medium, "proposes CT and PET storage")
	}
	if o.worklist || o.mpps {
		r.claim(at, device.FieldRole, "modality", "dicom.worklist", device.Medium, "asks for a worklist or reports performed steps")
	}
	if o.query {
		r.claim(at, device.FieldKind, "viewer", "dicom.query", device.Weak, "proposes C-FIND of studies")
	}
	if o.move {
		r.claim(at, device.FieldKind, "viewer", "dicom.retrieve", device.Medium, "proposes C-MOVE or C-GET")
	}
}

// operations: the images that were sent say more than those that might be.
func (r *Reader) operations(f dicom.Operations) {
	if k := modalities[f.SOPClass.Kind]; f.Operation == "C-STORE" && f.Requests > 0 && k != "" {
		r.claim(r.from(), device.FieldKind, k, "dicom.storage", device.Medium, "sends images of this modality")
	}
}

func pair(classes []dicom.SOPClass, a, b string) bool {
	var x, y bool
	for _, c := range classes {
		x, y = x || c.Kind == a, y || c.Kind == b
	}
	return x && y
}

// acceptor: an archive takes many classes and answers queries; a broker has the
// worklist.
func (r *Reader) acceptor(at device.Subject, classes []dicom.SOPClass) {
	o := sum(classes)
	role := func(name, saw string) {
		r.claim(at, device.FieldRole, name, "dicom.accepts", device.Strong, saw)
	}
	if o.storage > 0 {
		role("dicom_storage", "accepts storage classes")
		r.claim(at, device.FieldKind, "pacs", "dicom.accepts_storage", device.Medium, "accepts storage classes")
	}
	if o.query || o.move {
		role("dicom_query", "accepts C-FIND or C-MOVE")
		r.claim(at, device.FieldKind, "pacs", "dicom.accepts_query", device.Medium, "accepts C-FIND or C-MOVE of studies")
	}
	if o.worklist {
		role("worklist", "accepts modality worklist queries")
		r.claim(at, device.FieldKind, "worklist_broker", "dicom.accepts_worklist", device.Strong, "accepts modality worklist queries")
	}
	if o.mpps {
		role("mpps", "accepts performed procedure steps")
	}
	if o.printy && o.storage == 0 {
		r.claim(at, device.FieldKind, "printer", "dicom.accepts_print", device.Strong, "accepts film print classes")
	}
}
