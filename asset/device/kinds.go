package device

import "strings"

// Tiers of safety.md and devices.md section 2. T0 is the most critical.
const (
	T0 TierName = "T0" // patient attached, harm within minutes
	T1 TierName = "T1" // alarms and continuous surveillance
	T2 TierName = "T2" // time-critical diagnosis or supply
	T3 TierName = "T3" // diagnosis and workflow
	T4 TierName = "T4" // support
)

// Kind is a class of device. The tiers are design values of devices.md
// sections 3 to 7, marked [E] there: a site may set others per device.
type Kind struct {
	Name  string   // as in Device.Kind
	Label string   // in words
	Tier  TierName // default
	// Life marks classes that keep a patient alive or that watch over one.
	Life bool
	// Medical marks classes that treat, watch or diagnose, and their servers.
	Medical bool
	// Words name the class in a maintenance record, lower case.
	Words string // separated by |
}

// Kinds lists every class Ward knows. A record's words are tried in this order.
func Kinds() []Kind { return kinds[:] }

var kinds = [...]Kind{
	// Therapy and life support, devices.md section 3.
	{"pump_server", "infusion pump server", T2, false, true, "pump server|pump gateway|infusion server|drug library server|systems manager"},
	{"infusion_pump", "infusion pump", T0, true, true, "infusion|syringe pump|pca pump|enteral pump|lvp"},
	{"ventilator", "ventilator", T0, true, true, "ventilator|respirator"},
	{"anaesthesia", "anaesthesia machine", T0, true, true, "anaesthesia|anesthesia"},
	{"heart_lung", "heart-lung machine", T0, true, true, "heart-lung|heart lung|ecmo|balloon pump|perfusion"},
	{"dialysis", "dialysis machine", T0, true, true, "dialysis|crrt|hemofiltration|haemofiltration"},
	{"defibrillator", "defibrillator", T0, true, true, "defibrillator|aed"},
	{"incubator", "incubator or warmer", T0, true, true, "infant incubator|infant warmer|phototherapy|isolette"},
	{"linac", "linear accelerator", T2, false, true, "linac|linear accelerator|radiotherapy|radiation therapy"},
	{"surgical", "surgical robot or endoscopy tower", T0, true, true, "surgical robot|endoscop|arthroscop"},
	{"injector", "contrast injector", T2, false, true, "injector"},
	{"compounder", "compounder", T2, false, true, "compounder"},
	// Monitoring and alarms, section 4.
	{"central_station", "central monitoring station", T1, true, true, "central station|central monitor|monitor server|information center|nurse station"},
	{"telemetry", "telemetry", T1, true, true, "telemetry"},
	{"fetal_monitor", "fetal monitor", T1, true, true, "fetal|foetal|perinatal"},
	{"patient_monitor", "patient monitor", T1, true, true, "patient monitor|bedside monitor|physiologic monitor|multiparameter monitor|vital signs monitor"},
	{"vital_signs", "vital-signs or ECG cart", T3, false, true, "vital signs|spot check|ecg|electrocardiograph|ekg"},
	{"nurse_call", "nurse call or alarm middleware", T1, true, true, "nurse call|alarm middleware|alarm management"},
	{"device_gateway", "device integration gateway", T2, false, true, "device gateway|integration gateway|terminal server|serial server|device server"},
	// Imaging, section 5.
	{"pet", "PET scanner", T3, false, true, "pet/ct|pet-ct|pet scanner|positron"},
	{"ct", "CT scanner", T3, false, true, "ct scanner|computed tomograph|ct system"},
	{"mr", "MR scanner", T3, false, true, "mri|mr scanner|magnetic resonance|mr system"},
	{"ultrasound", "ultrasound", T3, false, true, "ultrasound|sonograph|echocardiograph"},
	{"mammography", "mammography", T3, false, true, "mammo|tomosynthesis"},
	{"angio", "angiography system", T2, false, true, "angio|cath lab|c-arm|fluoroscop"},
	{"xray", "X-ray system", T3, false, true, "x-ray|xray|radiograph"},
	{"nuclear", "nuclear medicine camera", T3, false, true, "gamma camera|spect|nuclear medicine"},
	{"pacs", "PACS or image archive", T2, false, true, "pacs|image archive|vendor neutral archive|vna"},
	{"viewer", "image viewer or dose server", T3, false, true, "viewer|reading station|diagnostic workstation|dose server"},
	{"worklist_broker", "RIS or worklist broker", T2, false, true, "worklist|ris|radiology information"},
	{"ehr", "electronic health record server", T2, false, true, "ehr|emr|electronic health"},
	// Laboratory and pharmacy, section 6.
	{"glucose_meter", "glucose meter dock", T3, false, true, "glucose|glucometer"},
	{"blood_gas", "blood gas analyser", T2, false, true, "blood gas"},
	{"poc_device", "point-of-care device", T3, false, true, "point of care|point-of-care|poc analy"},
	{"sequencer", "sequencer or flow cytometer", T3, false, true, "sequencer|cytometer"},
	{"lab_analyser", "laboratory analyser", T3, false, true, "analyser|analyzer|haematology|hematology|coagulation|immunoassay"},
	{"lab_middleware", "laboratory middleware or LIS", T2, false, true, "lab middleware|laboratory information|lis server|lis"},
	{"poc_manager", "point-of-care data manager", T2, false, true, "poc data manager|point of care manager"},
	{"dispensing_cabinet", "dispensing cabinet", T2, false, true, "dispensing|medication cabinet|adc"},
	{"blood_refrigerator", "blood refrigerator", T2, false, true, "blood refrigerator|blood bank refrigerator"},
	{"interface_engine", "interface engine", T2, false, true, "interface engine|integration engine"},
	// Building and support, section 7.
	{"building_controller", "building controller", T4, false, false, "building|bms|hvac|air handling|plc"},
	{"gas_alarm", "medical gas alarm", T1, true, true, "medical gas|gas alarm"},
	{"pneumatic_tube", "pneumatic tube system", T3, false, false, "pneumatic tube|tube system"},
	{"rtls", "real-time location system", T3, false, false, "rtls|location system|asset tag reader"},
	{"camera", "camera", T4, false, false, "camera|cctv|nvr"},
	{"badge_reader", "badge reader or door controller", T4, false, false, "badge reader|door controller|access control"},
	{"printer", "printer", T3, false, false, "printer|mfp|multifunction"},
	{"bed", "hospital bed", T2, false, true, "hospital bed|smart bed"},
	{"phone", "phone or voice badge", T1, false, false, "phone|handset|voice badge|pager"},
	{"workstation", "workstation", T3, false, false, "workstation|thin client|laptop|desktop|personal computer|tablet"},
	{"mobile", "mobile phone or tablet", T4, false, false, "smartphone|mobile device"},
	{"domain_controller", "domain controller", T3, false, false, "domain controller|active directory"},
	{"infrastructure", "DHCP, DNS or time server", T3, false, false, "dns server|dhcp server|ntp server|time server"},
	{"database", "database server", T3, false, false, "database server|sql server"},
	{"storage", "network storage", T3, false, false, "nas|network storage|san"},
	{"server", "server", T3, false, false, "server|hypervisor"},
	{"router", "router", T3, false, false, "router|firewall|layer 3"},
	{"network_gear", "switch or access point", T3, false, false, "switch|access point|wlan controller|network gear"},
	{"media", "media device", T4, false, false, "television|media player|signage|speaker"},
	{"iot", "smart device", T4, false, false, "iot|smart plug|smart light|sensor"},
	{"pump_module", "communication module", T3, false, false, "communication module|wireless module"},
}

// Unknown is the kind of a device that nothing speaks for yet.
const Unknown = ""

// KindNamed finds a class by its name.
func KindNamed(name string) (Kind, bool) {
	for i := range kinds {
		if kinds[i].Name == name {
			return kinds[i], true
		}
	}
	return Kind{}, false
}

// KindFromWords finds the class that a maintenance record means, by its name
// or by a word of the class that stands as a whole word in the text.
func KindFromWords(text string) (Kind, bool) {
	t := strings.ToLower(strings.TrimSpace(text))
	if k, ok := KindNamed(strings.NewReplacer(" ", "_", "-", "_").Replace(t)); ok {
		return k, true
	}
	for i := range kinds {
		if kinds[i].Label == t {
			return kinds[i], true
		}
	}
	for i := range kinds {
		for w := range strings.SplitSeq(kinds[i].Words, "|") {
			if wordIn(t, w) {
				return kinds[i], true
			}
		}
	}
	return Kind{}, false
}

// wordIn tells whether w starts a word of t; words of up to four letters must
// match in full.
func wordIn(t, w string) bool {
	for from := 0; ; {
		i := strings.Index(t[from:], w)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(w)
		startsWord := i == 0 || !letter(t[i-1])
		endsWord := end == len(t) || !letter(t[end]) || len(w) > 4
		if startsWord && endsWord {
			return true
		}
		from = end
	}
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
