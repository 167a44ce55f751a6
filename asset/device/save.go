package device

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"net/netip"
	"slices"
	"time"

	"ward/wire/packet"
)

// A saved Inventory is
//
//	magic | lost sightings, lost edges | sightings | edges | assets | CRC-32C
//
// Counts and numbers are varints (encoding/binary). A text is a number: 0 and
// then length and bytes where it is new, else the place among the texts before,
// from 1. Everything is sorted, so that equal inventories give equal bytes.
const savedMagic = "ward inventory 1\n"

// Bits of a saved sighting. The lowest two are its BindingKind.
const (
	bitGroup = 1 << (iota + 2)
	bitSent
	bitNear
	bitFar
	bitFarPrivate
	bitEnd
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes what was folded so far; Load reads it back. Options and labels
// are not part of it.
func (v *Inventory) Save(w io.Writer) error {
	e := saver{out: bufio.NewWriterSize(w, 64<<10), sum: crc32.New(castagnoli), texts: map[string]uint64{}}
	e.raw([]byte(savedMagic))
	e.uint(uint64(v.lostSightings))
	e.uint(uint64(v.lostEdges))
	order, place := v.sorted()
	e.uint(uint64(len(order)))
	for _, i := range order {
		e.sighting(&v.sightings[i])
	}
	e.edges(v, place)
	assets := slices.Clone(v.assets)
	slices.SortStableFunc(assets, compareAssets)
	e.uint(uint64(len(assets)))
	for i := range assets {
		e.asset(&assets[i])
	}
	e.flush()
	if e.err == nil {
		_, e.err = e.out.Write(binary.LittleEndian.AppendUint32(nil, e.sum.Sum32()))
	}
	if e.err != nil {
		return e.err
	}
	return e.out.Flush()
}

// sorted gives the sightings by subject, and the place of each in that order.
func (v *Inventory) sorted() (order, place []int32) {
	order, place = make([]int32, len(v.sightings)), make([]int32, len(v.sightings))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return v.sightings[a].Subject.compare(v.sightings[b].Subject) })
	for at, i := range order {
		place[i] = int32(at)
	}
	return order, place
}

func (s Subject) compare(o Subject) int {
	return cmp.Or(slices.Compare(s.MAC[:], o.MAC[:]), s.Addr.Compare(o.Addr))
}

// saver writes with one running checksum and keeps the first error.
type saver struct {
	out   *bufio.Writer
	sum   hash.Hash32
	buf   []byte
	texts map[string]uint64
	err   error
}

func (e *saver) flush() {
	if e.err == nil {
		e.sum.Write(e.buf)
		_, e.err = e.out.Write(e.buf)
	}
	e.buf = e.buf[:0]
}

func (e *saver) raw(b []byte) {
	if e.buf = append(e.buf, b...); len(e.buf) >= 32<<10 {
		e.flush()
	}
}

func (e *saver) uint(n uint64) { e.raw(binary.AppendUvarint(nil, n)) }
func (e *saver) int(n int64)   { e.raw(binary.AppendVarint(nil, n)) }

func (e *saver) text(s string) {
	if n, ok := e.texts[s]; ok {
		e.uint(n)
		return
	}
	if len(s) > maxSavedText && e.err == nil {
		e.err = fmt.Errorf("device: a text of %d bytes cannot be saved", len(s))
	}
	e.texts[s] = uint64(len(e.texts) + 1)
	e.uint(0)
	e.uint(uint64(len(s)))
	e.raw([]byte(s))
}

func (e *saver) time(t time.Time) {
	e.int(t.Unix())
	e.uint(uint64(t.Nanosecond()))
}

func (e *saver) subject(s Subject) {
	e.mac(s.MAC)
	e.addr(s.Addr)
}

func (e *saver) mac(m packet.MAC) { e.raw(m[:]) }

func (e *saver) addr(a netip.Addr) {
	b := a.AsSlice()
	e.raw([]byte{byte(len(b))})
	e.raw(b)
	if len(b) == 16 {
		e.text(a.Zone())
	}
}

func (e *saver) flag(b bool) { e.uint(uint64(bit(b, 1))) }

func bit(set bool, b int) int {
	if set {
		return b
	}
	return 0
}

func (e *saver) sighting(g *sighting) {
	e.subject(g.Subject)
	e.uint(uint64(int(g.bound) | bit(g.group, bitGroup) | bit(g.sent, bitSent) | bit(g.hopNear, bitNear) |
		bit(g.hopFar, bitFar) | bit(g.farPrivate, bitFarPrivate)))
	e.int(g.first)
	e.int(g.last)
	e.uint(uint64(len(g.vlans)))
	for _, n := range slices.Sorted(slices.Values(g.vlans)) {
		e.uint(uint64(n))
	}
	e.uint(uint64(len(g.claims)))
	for _, c := range g.claims {
		e.claim(c)
	}
	e.uint(uint64(len(g.logins)))
	for _, l := range slices.SortedFunc(slices.Values(g.logins), compareLogins) {
		e.text(l.Service)
		e.flag(l.Cleartext)
		e.flag(l.None)
		e.flag(l.Default)
		e.uint(l.Frame)
		e.text(l.Input)
	}
}

func (e *saver) claim(c *Claim) {
	e.text(string(c.Field))
	e.text(c.Name)
	e.text(c.Value)
	e.text(c.Source.Rule)
	e.text(c.Source.Input)
	e.uint(c.Source.Frame)
	e.uint(c.Source.Line)
	e.text(c.Source.Saw)
	e.uint(math.Float64bits(c.Confidence))
	e.uint(uint64(c.Session))
	e.time(c.Seen)
	e.uint(uint64(c.Count))
}

// edges writes the exchanges, their parties by their places.
func (e *saver) edges(v *Inventory, place []int32) {
	e.uint(uint64(len(v.edges)))
	keys := slices.SortedFunc(maps.Keys(v.edges), func(a, b edgeKey) int {
		return cmp.Or(cmp.Compare(place[a.orig], place[b.orig]), cmp.Compare(place[a.resp], place[b.resp]), a.compare(b))
	})
	for _, k := range keys {
		x := v.edges[k]
		e.uint(uint64(place[k.orig]))
		e.uint(uint64(place[k.resp]))
		e.uint(uint64(k.port))
		e.uint(uint64(k.vlan))
		e.flag(k.answered)
		e.text(string(k.transport))
		e.text(k.service)
		e.uint(uint64(x.sessions))
		e.uint(x.bytes)
		e.int(x.first)
		e.int(x.last)
		e.uint(x.frame)
		e.text(x.input)
	}
}

// compare orders exchanges of the same parties.
func (k edgeKey) compare(o edgeKey) int {
	return cmp.Or(cmp.Compare(k.port, o.port), cmp.Compare(k.vlan, o.vlan), flag(k.answered, o.answered),
		cmp.Compare(k.transport, o.transport), cmp.Compare(k.service, o.service))
}

func (e *saver) asset(a *Asset) {
	e.uint(uint64(a.Line))
	e.text(a.File)
	e.mac(a.MAC)
	e.uint(uint64(len(a.Addrs)))
	for _, addr := range a.Addrs {
		e.addr(addr)
	}
	e.uint(uint64(len(a.Values)))
	for _, f := range slices.Sorted(maps.Keys(a.Values)) {
		e.text(string(f))
		e.text(a.Values[f])
	}
	e.uint(uint64(len(a.Extra)))
	for _, head := range slices.Sorted(maps.Keys(a.Extra)) {
		e.text(head)
		e.text(a.Extra[head])
	}
}
