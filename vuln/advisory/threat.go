package advisory

import "time"

// Threat is what is known about a vulnerability's use in the world, gathered
// from KEV, EPSS and SSVC feeds. Zero values mean not known.
type Threat struct {
	KEV          bool      `json:"kev,omitempty"`
	KEVAdded     time.Time `json:"kev_added,omitzero"`
	KEVDue       time.Time `json:"kev_due,omitzero"`
	Ransomware   bool      `json:"ransomware,omitempty"`
	EPSS         float64   `json:"epss,omitempty"` // probability in [0,1]; HasEPSS tells zero from unknown
	Percentile   float64   `json:"epss_percentile,omitempty"`
	HasEPSS      bool      `json:"-"`
	EPSSDate     time.Time `json:"epss_date,omitzero"`
	Exploitation string    `json:"exploitation,omitempty"` // SSVC: none, poc, active
	Automatable  string    `json:"automatable,omitempty"`  // SSVC: yes, no
	Impact       string    `json:"technical_impact,omitempty"`
	Sources      []string  `json:"sources,omitempty"` // feed files, for the reasons
}
