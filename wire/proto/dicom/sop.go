package dicom

// SOPClass is a service-object pair class: what is exchanged (PS3.4, PS3.6).
type SOPClass struct {
	UID  string `json:"uid" keep:"number of a standard or private service"`
	Name string `json:"name,omitempty" keep:"Ward's own short name for it"`
	// Kind hints at the role: a modality code of PS3.3 ("CT", "US") for storage,
	// else worklist, mpps, commitment, query, move, get, verification, print.
	Kind string `json:"kind,omitempty" keep:"closed set"`
}

const standardRoot = "1.2.840.10008."

// sopClass reads a UID and names it when it is known, without allocating then.
func sopClass(b []byte) (SOPClass, bool) {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	if class, ok := standard[string(b)]; ok {
		return class, true
	}
	id, ok := uid(b)
	return SOPClass{UID: id}, ok
}

// standard holds the named classes by their whole UID.
var standard = func() map[string]SOPClass {
	m := make(map[string]SOPClass, len(sopClasses))
	for tail, c := range sopClasses {
		id := standardRoot + tail
		m[id] = SOPClass{UID: id, Name: c[0], Kind: c[1]}
	}
	return m
}()

// sopClasses gives name and kind by the UID's tail behind 1.2.840.10008.
var sopClasses = map[string][2]string{
	"1.1":                {"Verification", "verification"},
	"1.3.10":             {"Media storage directory", "media"},
	"1.9":                {"Basic study content notification", "notification"},
	"1.20.1":             {"Storage commitment push", "commitment"},
	"1.20.2":             {"Storage commitment pull", "commitment"},
	"1.40":               {"Procedural event logging", "log"},
	"1.42":               {"Substance administration logging", "log"},
	"3.1.2.3.1":          {"Detached study management", "mpps"},
	"3.1.2.3.3":          {"Modality performed procedure step", "mpps"},
	"3.1.2.3.4":          {"Performed procedure step retrieve", "mpps"},
	"3.1.2.3.5":          {"Performed procedure step notification", "mpps"},
	"4.2":                {"Storage service", "storage"},
	"5.1.1.1":            {"Film session", "print"},
	"5.1.1.2":            {"Film box", "print"},
	"5.1.1.4":            {"Greyscale image box", "print"},
	"5.1.1.4.1":          {"Colour image box", "print"},
	"5.1.1.9":            {"Greyscale print", "print"},
	"5.1.1.14":           {"Print job", "print"},
	"5.1.1.15":           {"Annotation box", "print"},
	"5.1.1.16":           {"Printer", "print"},
	"5.1.1.16.376":       {"Printer configuration", "print"},
	"5.1.1.18":           {"Colour print", "print"},
	"5.1.1.23":           {"Presentation LUT", "print"},
	"5.1.4.31":           {"Modality worklist FIND", "worklist"},
	"5.1.4.32.1":         {"General purpose worklist FIND", "worklist"},
	"5.1.4.34.6.1":       {"Unified procedure step push", "worklist"},
	"5.1.4.34.6.2":       {"Unified procedure step watch", "worklist"},
	"5.1.4.34.6.3":       {"Unified procedure step pull", "worklist"},
	"5.1.4.34.6.4":       {"Unified procedure step event", "worklist"},
	"5.1.4.37.1":         {"Relevant patient information query", "query"},
	"5.1.4.1.2.1.1":      {"Patient root FIND", "query"},
	"5.1.4.1.2.1.2":      {"Patient root MOVE", "move"},
	"5.1.4.1.2.1.3":      {"Patient root GET", "get"},
	"5.1.4.1.2.2.1":      {"Study root FIND", "query"},
	"5.1.4.1.2.2.2":      {"Study root MOVE", "move"},
	"5.1.4.1.2.2.3":      {"Study root GET", "get"},
	"5.1.4.1.2.3.1":      {"Patient and study FIND", "query"},
	"5.1.4.1.2.3.2":      {"Patient and study MOVE", "move"},
	"5.1.4.1.2.3.3":      {"Patient and study GET", "get"},
	"5.1.4.1.2.4.2":      {"Composite instance root MOVE", "move"},
	"5.1.4.1.2.4.3":      {"Composite instance root GET", "get"},
	"5.1.4.38.2":         {"Hanging protocol FIND", "query"},
	"5.1.4.1.1.1":        {"Computed radiography image", "CR"},
	"5.1.4.1.1.1.1":      {"Digital X-ray image", "DX"},
	"5.1.4.1.1.1.1.1":    {"Digital X-ray image for processing", "DX"},
	"5.1.4.1.1.1.2":      {"Mammography image", "MG"},
	"5.1.4.1.1.1.2.1":    {"Mammography image for processing", "MG"},
	"5.1.4.1.1.1.3":      {"Intra-oral X-ray image", "IO"},
	"5.1.4.1.1.1.3.1":    {"Intra-oral X-ray image for processing", "IO"},
	"5.1.4.1.1.2":        {"CT image", "CT"},
	"5.1.4.1.1.2.1":      {"Enhanced CT image", "CT"},
	"5.1.4.1.1.2.2":      {"Legacy converted CT image", "CT"},
	"5.1.4.1.1.3":        {"Ultrasound multi-frame image (retired)", "US"},
	"5.1.4.1.1.3.1":      {"Ultrasound multi-frame image", "US"},
	"5.1.4.1.1.4":        {"MR image", "MR"},
	"5.1.4.1.1.4.1":      {"Enhanced MR image", "MR"},
	"5.1.4.1.1.4.2":      {"MR spectroscopy", "MR"},
	"5.1.4.1.1.4.3":      {"Enhanced MR colour image", "MR"},
	"5.1.4.1.1.4.4":      {"Legacy converted MR image", "MR"},
	"5.1.4.1.1.5":        {"Nuclear medicine image (retired)", "NM"},
	"5.1.4.1.1.6":        {"Ultrasound image (retired)", "US"},
	"5.1.4.1.1.6.1":      {"Ultrasound image", "US"},
	"5.1.4.1.1.6.2":      {"Enhanced ultrasound volume", "US"},
	"5.1.4.1.1.7":        {"Secondary capture image", "OT"},
	"5.1.4.1.1.7.1":      {"Multi-frame bit secondary capture", "OT"},
	"5.1.4.1.1.7.2":      {"Multi-frame grey byte secondary capture", "OT"},
	"5.1.4.1.1.7.3":      {"Multi-frame grey word secondary capture", "OT"},
	"5.1.4.1.1.7.4":      {"Multi-frame colour secondary capture", "OT"},
	"5.1.4.1.1.9.1.1":    {"12-lead ECG waveform", "ECG"},
	"5.1.4.1.1.9.1.2":    {"General ECG waveform", "ECG"},
	"5.1.4.1.1.9.1.3":    {"Ambulatory ECG waveform", "ECG"},
	"5.1.4.1.1.9.2.1":    {"Haemodynamic waveform", "HD"},
	"5.1.4.1.1.9.3.1":    {"Electrophysiology waveform", "EPS"},
	"5.1.4.1.1.9.5.1":    {"Arterial pulse waveform", "HD"},
	"5.1.4.1.1.9.6.1":    {"Respiratory waveform", "RESP"},
	"5.1.4.1.1.9.4.1":    {"Basic voice audio waveform", "AU"},
	"5.1.4.1.1.9.4.2":    {"General audio waveform", "AU"},
	"5.1.4.1.1.11.3":     {"Pseudo-colour presentation state", "PR"},
	"5.1.4.1.1.11.4":     {"Blending presentation state", "PR"},
	"5.1.4.1.1.78.1":     {"Lensometry measurements", "LEN"},
	"5.1.4.1.1.78.2":     {"Autorefraction measurements", "AR"},
	"5.1.4.1.1.78.3":     {"Keratometry measurements", "KER"},
	"5.1.4.1.1.79.1":     {"Macular grid thickness report", "SR"},
	"5.1.4.1.1.80.1":     {"Ophthalmic visual field", "OPV"},
	"5.1.4.1.1.81.1":     {"Ophthalmic thickness map", "OPM"},
	"5.1.4.1.1.11.1":     {"Greyscale presentation state", "PR"},
	"5.1.4.1.1.11.2":     {"Colour presentation state", "PR"},
	"5.1.4.1.1.12.1":     {"X-ray angiography image", "XA"},
	"5.1.4.1.1.12.1.1":   {"Enhanced X-ray angiography image", "XA"},
	"5.1.4.1.1.12.2":     {"X-ray fluoroscopy image", "RF"},
	"5.1.4.1.1.12.2.1":   {"Enhanced X-ray fluoroscopy image", "RF"},
	"5.1.4.1.1.13.1.1":   {"X-ray 3D angiography image", "XA"},
	"5.1.4.1.1.13.1.3":   {"Breast tomosynthesis image", "MG"},
	"5.1.4.1.1.14.1":     {"Intravascular OCT image", "IVOCT"},
	"5.1.4.1.1.20":       {"Nuclear medicine image", "NM"},
	"5.1.4.1.1.30":       {"Parametric map", "OT"},
	"5.1.4.1.1.66":       {"Raw data", "OT"},
	"5.1.4.1.1.66.1":     {"Spatial registration", "REG"},
	"5.1.4.1.1.66.4":     {"Segmentation", "SEG"},
	"5.1.4.1.1.77.1.1":   {"Endoscopic image", "ES"},
	"5.1.4.1.1.77.1.1.1": {"Endoscopic video", "ES"},
	"5.1.4.1.1.77.1.2":   {"Microscopic image", "GM"},
	"5.1.4.1.1.77.1.3":   {"Slide-coordinates microscopic image", "SM"},
	"5.1.4.1.1.77.1.4":   {"Photographic image", "XC"},
	"5.1.4.1.1.77.1.4.1": {"Photographic video", "XC"},
	"5.1.4.1.1.77.1.5.1": {"Ophthalmic photography", "OP"},
	"5.1.4.1.1.77.1.5.4": {"Ophthalmic tomography", "OPT"},
	"5.1.4.1.1.77.1.6":   {"Whole slide image", "SM"},
	"5.1.4.1.1.88.11":    {"Basic text report", "SR"},
	"5.1.4.1.1.88.22":    {"Enhanced report", "SR"},
	"5.1.4.1.1.88.33":    {"Comprehensive report", "SR"},
	"5.1.4.1.1.88.40":    {"Procedure log", "SR"},
	"5.1.4.1.1.88.50":    {"Mammography CAD report", "SR"},
	"5.1.4.1.1.88.59":    {"Key object selection", "KO"},
	"5.1.4.1.1.88.65":    {"Chest CAD report", "SR"},
	"5.1.4.1.1.88.67":    {"Radiation dose report", "dose"},
	"5.1.4.1.1.88.68":    {"Radiopharmaceutical dose report", "dose"},
	"5.1.4.1.1.104.1":    {"Encapsulated PDF", "DOC"},
	"5.1.4.1.1.104.2":    {"Encapsulated CDA", "DOC"},
	"5.1.4.1.1.128":      {"PET image", "PT"},
	"5.1.4.1.1.130":      {"Enhanced PET image", "PT"},
	"5.1.4.1.1.481.1":    {"RT image", "RTIMAGE"},
	"5.1.4.1.1.481.2":    {"RT dose", "RTDOSE"},
	"5.1.4.1.1.481.3":    {"RT structure set", "RTSTRUCT"},
	"5.1.4.1.1.481.4":    {"RT beams treatment record", "RTRECORD"},
	"5.1.4.1.1.481.5":    {"RT plan", "RTPLAN"},
	"5.1.4.1.1.481.6":    {"RT brachy treatment record", "RTRECORD"},
	"5.1.4.1.1.481.7":    {"RT treatment summary", "RTRECORD"},
	"5.1.4.1.1.481.8":    {"RT ion plan", "RTPLAN"},
	"5.1.4.1.1.481.9":    {"RT ion beams treatment record", "RTRECORD"},
	"5.1.4.34.7":         {"RT beams delivery instruction", "RTPLAN"},
}
