package risk

// reach is how far the loss of integrity (changed behaviour) and of availability
// goes for a kind of device [E]: which effect it has at worst, and how much of
// it. A pump goes on pumping without its network (devices.md section 1), so
// losing it by network counts half.
type reach struct {
	main         group
	integrity    float64
	availability float64
	noPatients   bool // holds no patient data
}

// kindReach has a row for every kind of asset/device; a test says so. A kind
// that is not known counts as workflow, full effect.
var kindReach = map[string]reach{
	// Therapy and life support.
	"infusion_pump": {main: therapy, integrity: 1, availability: 0.5},
	"pump_server":   {main: therapy, integrity: 1, availability: 0.5},
	"pump_module":   {main: workflow, integrity: 1, availability: 1},
	"ventilator":    {main: therapy, integrity: 1, availability: 1},
	"anaesthesia":   {main: therapy, integrity: 1, availability: 1},
	"heart_lung":    {main: therapy, integrity: 1, availability: 1},
	"dialysis":      {main: therapy, integrity: 1, availability: 1},
	"defibrillator": {main: therapy, integrity: 1, availability: 1},
	"incubator":     {main: therapy, integrity: 1, availability: 1},
	"linac":         {main: therapy, integrity: 1, availability: 0.5},
	"surgical":      {main: therapy, integrity: 1, availability: 1},
	"injector":      {main: therapy, integrity: 1, availability: 0.5},
	"compounder":    {main: therapy, integrity: 1, availability: 0.5},
	"bed":           {main: monitoring, integrity: 1, availability: 0.5},

	// Monitoring and alarms.
	"patient_monitor": {main: monitoring, integrity: 1, availability: 1},
	"central_station": {main: monitoring, integrity: 1, availability: 1},
	"telemetry":       {main: monitoring, integrity: 1, availability: 1},
	"fetal_monitor":   {main: monitoring, integrity: 1, availability: 1},
	"nurse_call":      {main: monitoring, integrity: 1, availability: 1},
	"gas_alarm":       {main: monitoring, integrity: 1, availability: 1, noPatients: true},
	"device_gateway":  {main: monitoring, integrity: 1, availability: 0.5},
	"vital_signs":     {main: diagnosis, integrity: 1, availability: 0.5},
	"phone":           {main: monitoring, integrity: 0.5, availability: 0.5},

	// Imaging.
	"ct":          {main: diagnosis, integrity: 1, availability: 1},
	"mr":          {main: diagnosis, integrity: 1, availability: 1},
	"xray":        {main: diagnosis, integrity: 1, availability: 1},
	"angio":       {main: diagnosis, integrity: 1, availability: 1},
	"mammography": {main: diagnosis, integrity: 1, availability: 1},
	"nuclear":     {main: diagnosis, integrity: 1, availability: 1},
	"pet":         {main: diagnosis, integrity: 1, availability: 1},
	"ultrasound":  {main: diagnosis, integrity: 1, availability: 1},
	"pacs":        {main: diagnosis, integrity: 1, availability: 1},
	"viewer":      {main: diagnosis, integrity: 1, availability: 1},

	// Laboratory, pharmacy and the systems between.
	"lab_analyser":       {main: diagnosis, integrity: 1, availability: 1},
	"lab_middleware":     {main: diagnosis, integrity: 1, availability: 1},
	"blood_gas":          {main: diagnosis, integrity: 1, availability: 1},
	"glucose_meter":      {main: diagnosis, integrity: 1, availability: 1},
	"poc_device":         {main: diagnosis, integrity: 1, availability: 1},
	"poc_manager":        {main: diagnosis, integrity: 1, availability: 1},
	"sequencer":          {main: diagnosis, integrity: 1, availability: 1},
	"dispensing_cabinet": {main: therapy, integrity: 1, availability: 0.5},
	"blood_refrigerator": {main: therapy, integrity: 0.5, availability: 0.5, noPatients: true},
	"worklist_broker":    {main: workflow, integrity: 1, availability: 1},
	"ehr":                {main: diagnosis, integrity: 1, availability: 1},
	"interface_engine":   {main: diagnosis, integrity: 1, availability: 1},

	// Building and support.
	"building_controller": {main: workflow, integrity: 1, availability: 1, noPatients: true},
	"pneumatic_tube":      {main: workflow, integrity: 1, availability: 1, noPatients: true},
	"rtls":                {main: workflow, integrity: 1, availability: 1},
	"camera":              {main: privacy, integrity: 0.5, availability: 0.5},
	"badge_reader":        {main: workflow, integrity: 1, availability: 0.5, noPatients: true},
	"printer":             {main: workflow, integrity: 0.5, availability: 0.5},
	"workstation":         {main: workflow, integrity: 1, availability: 1},
	"mobile":              {main: workflow, integrity: 0.5, availability: 0.5},
	"domain_controller":   {main: workflow, integrity: 1, availability: 1},
	"infrastructure":      {main: workflow, integrity: 1, availability: 1, noPatients: true},
	"database":            {main: workflow, integrity: 1, availability: 1},
	"storage":             {main: workflow, integrity: 1, availability: 1},
	"server":              {main: workflow, integrity: 1, availability: 1},
	"router":              {main: workflow, integrity: 1, availability: 1, noPatients: true},
	"network_gear":        {main: workflow, integrity: 1, availability: 1, noPatients: true},
	"media":               {main: workflow, integrity: 0.5, availability: 0.5, noPatients: true},
	"iot":                 {main: workflow, integrity: 0.5, availability: 0.5, noPatients: true},
}
