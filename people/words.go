package people

// Words says what a role is for, in plain English.
func (r Role) Words() string {
	switch r {
	case Viewer:
		return "Viewer: sees everything, changes nothing"
	case Biomed:
		return "Biomed: does the work, labels devices, uploads captures"
	case Analyst:
		return "Analyst: also decides about risks and keeps the feeds"
	case Approver:
		return "Approver: agrees to decisions as the second person"
	case Procurement:
		return "Procurement: sees everything, for buying devices"
	case Administrator:
		return "Administrator: also manages people and settings"
	}
	return string(r)
}

// Short is the role in one word.
func (r Role) Short() string {
	switch r {
	case Viewer:
		return "Viewer"
	case Biomed:
		return "Biomed"
	case Analyst:
		return "Analyst"
	case Approver:
		return "Approver"
	case Procurement:
		return "Procurement"
	case Administrator:
		return "Administrator"
	}
	return string(r)
}

// Words says what a permission allows, in plain English.
func (p Permission) Words() string {
	switch p {
	case See:
		return "See devices, findings and work"
	case DoWork:
		return "Do work: assign, date, comment, finish"
	case LabelDevice:
		return "Say what a device is"
	case Upload:
		return "Upload captures and lists"
	case Decide:
		return "Decide about risks"
	case ApproveOther:
		return "Agree as the second person"
	case ManageFeeds:
		return "Manage feeds"
	case SeeAudit:
		return "See the audit trail"
	case ManagePeople:
		return "Manage people"
	case ManageSite:
		return "Manage settings"
	}
	return string(p)
}
