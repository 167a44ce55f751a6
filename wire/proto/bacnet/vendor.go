package bacnet

// vendors names makers that hospitals meet, by the identifier that ASHRAE
// assigns. An identifier that is not here stays a number.
var vendors = map[uint16]string{
	2:  "Trane",
	3:  "Daikin Applied",
	5:  "Johnson Controls",
	6:  "ABB",
	7:  "Siemens",
	8:  "Delta Controls",
	9:  "Siemens",
	10: "Schneider Electric",
	11: "TAC",
	13: "Teletrol",
	14: "Cimetrics",
	16: "Carrier",
	17: "Honeywell",
	18: "Alerton",
	19: "TAC",
	22: "Siemens",
	23: "York",
	24: "Automated Logic",
	26: "Phoenix Controls",
	28: "KMC Controls",
	32: "Simplex",
	34: "Notifier",
	35: "Reliable Controls",
	36: "Tridium",
	39: "Kieback & Peter",
	51: "Samson",
	53: "Daikin Industries",
	56: "Liebert",
}
