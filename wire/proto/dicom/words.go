package dicom

// rejectReason puts A-ASSOCIATE-RJ into words (PS3.8 section 9.3.4).
func rejectReason(result, source, reason byte) string {
	kind := map[byte]string{1: "permanent", 2: "transient"}[result]
	if kind == "" {
		kind = "unknown result"
	}
	words := map[[2]byte]string{
		{1, 1}: "no reason given",
		{1, 2}: "application context not supported",
		{1, 3}: "calling AE title not recognised",
		{1, 7}: "called AE title not recognised",
		{2, 1}: "no reason given by the association service",
		{2, 2}: "protocol version not supported",
		{3, 1}: "temporary congestion",
		{3, 2}: "local limit exceeded",
	}[[2]byte{source, reason}]
	if words == "" {
		words = "unknown reason"
	}
	return kind + ": " + words
}

// abortReason puts A-ABORT into words (PS3.8 section 9.3.8).
func abortReason(source, reason byte) string {
	if source == 0 {
		return "by the service user"
	}
	words := map[byte]string{
		0: "no reason given",
		1: "unrecognised PDU",
		2: "unexpected PDU",
		4: "unrecognised PDU parameter",
		5: "unexpected PDU parameter",
		6: "invalid PDU parameter",
	}[reason]
	if source != 2 || words == "" {
		words = "unknown reason"
	}
	return "by the service provider: " + words
}

// identityKind names the user identity types of PS3.7 section D.3.3.7.
func identityKind(kind byte) string {
	switch kind {
	case 1:
		return "user"
	case 2:
		return "user_password"
	case 3:
		return "kerberos"
	case 4:
		return "saml"
	case 5:
		return "jwt"
	}
	return "other"
}

// Command fields of PS3.7 annex E. A response has the top bit set.
const (
	response = 0x8000
	cMove    = 0x0021
	cGet     = 0x0010
)

var operationNames = map[uint16]string{
	0x0001: "C-STORE", 0x0010: "C-GET", 0x0020: "C-FIND", 0x0021: "C-MOVE", 0x0030: "C-ECHO", 0x0FFF: "C-CANCEL",
	0x0100: "N-EVENT-REPORT", 0x0110: "N-GET", 0x0120: "N-SET", 0x0130: "N-ACTION", 0x0140: "N-CREATE", 0x0150: "N-DELETE",
}

// statusFamily sorts a status (PS3.7 annex C, PS3.4 for the classes' own).
func statusFamily(status uint16) string {
	switch status {
	case 0x0000:
		return "success"
	case 0xFF00, 0xFF01:
		return "pending"
	case 0xFE00:
		return "cancelled"
	case 0x0122, 0x0118:
		return "sop_class_not_supported"
	case 0x0124:
		return "not_authorised"
	case 0xA801:
		return "move_destination_unknown"
	case 0x0001, 0x0107, 0x0116:
		return "warning"
	}
	switch {
	case status>>8 == 0xA7:
		return "out_of_resources"
	case status>>8 == 0xA9:
		return "data_set_mismatch"
	case status>>12 == 0xC:
		return "cannot_understand"
	case status>>12 == 0xB:
		return "warning"
	}
	return "failure"
}
