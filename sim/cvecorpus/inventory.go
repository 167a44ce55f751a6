package cvecorpus

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// apps is the number of application names of a device, besides firmware,
// hardware and operating system.
const apps = 5

// Device makes the CPE names of device i: its firmware and hardware, an
// operating system and applications.
func (c Corpus) Device(i int) []string {
	r := rand.New(rand.NewPCG(c.seed^0x9e3779b97f4a7c15, uint64(i)+1))
	f := firmware(rank(r, popularInDevice))
	names := []string{f.cpe(f.version(r)), "cpe:2.3:h:" + f.vendor + ":" + f.hardware(r.IntN(3)) + ":-:*:*:*:*:*:*:*"}
	system := product(rank(r, popularInDevice)/17*17 + 3)
	names = append(names, system.cpe(system.version(r)))
	for range apps {
		p := product(rank(r, popularInDevice))
		names = append(names, p.cpe(p.version(r)))
	}
	return names
}

// WriteInventory writes one line for each device: its name, a tab, its CPE
// names with commas between.
func (c Corpus) WriteInventory(w io.Writer, devices int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	for i := range devices {
		fmt.Fprintf(out, "device%d\t", i)
		for j, name := range c.Device(i) {
			if j > 0 {
				out.WriteByte(',')
			}
			out.WriteString(name)
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}
