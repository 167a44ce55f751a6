// Package tshark runs Wireshark's command-line dissector over a capture and
// gives its view of the sessions: the independent check of the tests. It turns
// the fields that tshark prints for each frame into streams.
//
// It refuses to guess: what tshark calls "data" has no protocol name.
package tshark

import (
	"bufio"
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Ends are the two ends of a stream, the smaller first.
type Ends struct {
	Transport string // tcp or udp
	A, B      netip.AddrPort
}

// EndsOf puts two ends in order.
func EndsOf(transport string, a, b netip.AddrPort) Ends {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return Ends{transport, a, b}
}

// Stream is what tshark counts under one tcp.stream or udp.stream.
type Stream struct {
	Ends
	// Layers are the protocols above the transport that tshark named in any
	// frame, each once, in the order of appearance.
	Layers []string
	Frames int
}

// Need skips the test where tool is missing; on a CI machine it fails instead.
func Need(t testing.TB, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: scripts/setup installs it", tool)
	}
	t.Skipf("%s is missing: scripts/setup installs it", tool)
}

// columns are the fields asked for; the last value counts, which is the inner
// one where frames are tunnelled.
var columns = []string{"frame.protocols", "tcp.stream", "udp.stream", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
	"tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"}

// Fields runs tshark and gives one row per frame that has passed filter (a
// display filter, may be empty), with the named fields.
func Fields(t testing.TB, file, filter string, fields ...string) [][]string {
	t.Helper()
	args := []string{"-n", "-r", file, "-T", "fields", "-E", "occurrence=l", "-E", "separator=/t"}
	if filter != "" {
		args = append(args, "-Y", filter)
	}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.Command("tshark", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "WIRESHARK_CONFIG_DIR="+t.TempDir())
	out, err := cmd.Output() // an error for a cut file comes with all frames before the cut
	if err != nil && len(out) == 0 {
		t.Fatalf("tshark %s: %v", file, err)
	}
	var rows [][]string
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		rows = append(rows, strings.Split(lines.Text(), "\t"))
	}
	return rows
}

// Streams gives tshark's streams of a capture in the order of their numbers,
// TCP before UDP.
func Streams(t testing.TB, file string) []Stream {
	t.Helper()
	streams := map[string]map[int]*Stream{"tcp": {}, "udp": {}}
	for _, row := range Fields(t, file, "", columns...) {
		if len(row) == len(columns) {
			add(streams, row)
		}
	}
	var out []Stream
	for _, transport := range []string{"tcp", "udp"} {
		var numbers []int
		for n := range streams[transport] {
			numbers = append(numbers, n)
		}
		slices.Sort(numbers)
		for _, n := range numbers {
			out = append(out, *streams[transport][n])
		}
	}
	return out
}

func add(streams map[string]map[int]*Stream, row []string) {
	layers := strings.Split(row[0], ":")
	transport, at := "", -1
	for i, l := range layers {
		switch l {
		case "icmp", "icmpv6": // what an error message quotes is no session
			return
		case "tcp", "udp":
			transport, at = l, i
		}
	}
	if transport == "" || slices.Contains(layers[at+1:], "vxlan") { // no transport, or a tunnel with none inside
		return
	}
	ends, number, ok := place(row, transport, layers[:at])
	if !ok {
		return
	}
	s := streams[transport][number]
	if s == nil {
		s = &Stream{Ends: ends}
		streams[transport][number] = s
	}
	s.Frames++
	for _, l := range layers[at+1:] {
		if l != "data" && !slices.Contains(s.Layers, l) {
			s.Layers = append(s.Layers, l)
		}
	}
}

// place reads the ends and the number of the stream of one row.
func place(row []string, transport string, below []string) (e Ends, number int, ok bool) {
	field := func(name string) string { return row[slices.Index(columns, name)] }
	network := "ip"
	if last(below, "ipv6") > last(below, "ip") {
		network = "ipv6"
	}
	var ends [2]netip.AddrPort
	for i, side := range []string{"src", "dst"} {
		addr, err := netip.ParseAddr(field(network + "." + side))
		port, portErr := strconv.ParseUint(field(transport+"."+side+"port"), 10, 16)
		if err != nil || portErr != nil {
			return e, 0, false
		}
		ends[i] = netip.AddrPortFrom(addr.Unmap(), uint16(port))
	}
	number, err := strconv.Atoi(field(transport + ".stream"))
	return EndsOf(transport, ends[0], ends[1]), number, err == nil
}

func last(list []string, word string) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == word {
			return i
		}
	}
	return -1
}
