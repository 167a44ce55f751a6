package packet

// Tunnel names the mirror tunnel a frame arrived in, the innermost of several.
type Tunnel uint8

const (
	NoTunnel Tunnel = iota
	GRE
	ERSPAN
	VXLAN
	IPIP // IP directly in IP: 6in4, 4in4; no mirror, but the same kind of nesting
)

// Fault says why decoding stopped early, or that a length contradicts the frame
// although its content could be read.
type Fault uint8

const (
	NoFault   Fault = iota
	Truncated       // the capture cut the frame (snap length) inside a header
	Malformed       // a length or version field contradicts the frame
	TooDeep         // more nested headers than any real network sends
)
