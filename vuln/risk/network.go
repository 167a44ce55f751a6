package risk

import (
	"fmt"
	"net/netip"
	"strings"
)

// network gives the /24 or /64 an address lies in: without routing tables the
// usual size of a hospital VLAN, said so in the reason.
func network(a netip.Addr) string {
	bits := 24
	if a.Is6() {
		if a.IsLinkLocalUnicast() {
			return "link-local"
		}
		bits = 64
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

func place(input string, frame uint64) string {
	if input == "" {
		return ""
	}
	if frame == 0 {
		return input
	}
	return fmt.Sprintf("%s frame %d", input, frame)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
