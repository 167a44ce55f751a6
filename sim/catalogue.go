package sim

// plan is one row of the catalogue: a make and model with what it shows.
type plan struct {
	key, kind, maker, model string
	oui                     [3]byte
	hostname                string   // with %d for the number
	versions                []string // of the device's own software, in turn
	os                      string
	software                []string
	tier                    string
	serialForm              string // with %d
	ae                      string // AE title
	shown                   []string
	ttl                     uint8
	v6                      bool
	medical                 bool
	bedside                 bool
	boot                    bootStyle
}

// Prefixes as the IEEE registered them to the makers.
var (
	ouiAlaris    = [3]byte{0x00, 0xd0, 0x75}
	ouiDigi      = [3]byte{0x00, 0x40, 0x9d}
	ouiPhilips   = [3]byte{0x00, 0x09, 0xfb}
	ouiGE        = [3]byte{0x08, 0x00, 0x19}
	ouiGEHC      = [3]byte{0x44, 0x4b, 0x5d}
	ouiMarquette = [3]byte{0x00, 0x00, 0xa1}
	ouiSpacelabs = [3]byte{0x00, 0xa0, 0xaa}
	ouiDraeger   = [3]byte{0x00, 0x10, 0x5d}
	ouiSiemensDx = [3]byte{0x00, 0x18, 0x65}
	ouiSiemensHS = [3]byte{0x88, 0x4b, 0x39}
	ouiSysmex    = [3]byte{0x00, 0x06, 0x6b}
	ouiSonoSite  = [3]byte{0x00, 0x08, 0xfb}
	ouiAxis      = [3]byte{0xac, 0xcc, 0x8e}
	ouiSiemensBT = [3]byte{0x00, 0xa0, 0x03}
	ouiAPC       = [3]byte{0x00, 0xc0, 0xb7}
	ouiDell      = [3]byte{0xb0, 0x83, 0xfe}
	ouiHP        = [3]byte{0x3c, 0xd9, 0x2b}
	ouiCisco     = [3]byte{0x00, 0x1b, 0x54}
	ouiVMware    = [3]byte{0x00, 0x50, 0x56}
)

// row finds a catalogue row by its key.
func row(key string) *plan {
	for i := range catalogue {
		if catalogue[i].key == key {
			return &catalogue[i]
		}
	}
	panic("sim: no catalogue row " + key)
}
