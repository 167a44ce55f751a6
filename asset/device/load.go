package device

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"net/netip"
	"time"

	"ward/wire/packet"
	"ward/wire/session"
)

// Limits of a saved Inventory beside those of Inventory itself.
const (
	MaxSavedBytes = 1 << 30 // of one saved inventory
	maxSavedText  = 1 << 20 // bytes of one text
	maxSavedExtra = 2 * MaxAssetColumns
)

// ErrDamaged says that a saved inventory is not as Save wrote it.
var ErrDamaged = errors.New("device: the saved inventory is damaged")

// Load reads what Save wrote. Damage is an error, never a part of an inventory.
func Load(r io.Reader, o Options) (*Inventory, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxSavedBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("device: read a saved inventory: %w", err)
	case len(b) > MaxSavedBytes:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrDamaged, MaxSavedBytes)
	case len(b) < len(savedMagic)+4 || string(b[:len(savedMagic)]) != savedMagic:
		return nil, fmt.Errorf("%w: it does not begin as one of this version", ErrDamaged)
	}
	end := len(b) - 4
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
	}
	d := loader{b: b[len(savedMagic):end], v: NewInventory(o)}
	d.inventory()
	if d.err == nil && len(d.b) > 0 {
		d.fail("%d bytes after the end", len(d.b))
	}
	if d.err != nil {
		return nil, d.err
	}
	return d.v, nil
}

// loader takes values off the front of b; after the first error it gives zeros.
type loader struct {
	b     []byte
	texts []string
	v     *Inventory
	err   error
}

func (d *loader) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
	}
	d.b = nil
}

func (d *loader) inventory() {
	v := d.v
	v.lostSightings, v.lostEdges = int(d.upTo(math.MaxInt64)), int(d.upTo(math.MaxInt64))
	for range d.count(MaxSightings) {
		d.sighting()
	}
	for range d.count(MaxEdges) {
		d.edge()
	}
	for range d.count(MaxAssetRows) {
		v.assets = append(v.assets, d.asset())
		if d.err != nil {
			return
		}
	}
}

func (d *loader) uint() uint64 {
	n, size := binary.Uvarint(d.b)
	if size <= 0 {
		d.fail("it ends inside of a number")
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *loader) int() int64 {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.fail("it ends inside of a number")
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *loader) upTo(limit uint64) uint64 {
	n := d.uint()
	if n > limit {
		d.fail("%d where at most %d can be", n, limit)
		return 0
	}
	return n
}

// count reads how many things follow: each takes at least one byte.
func (d *loader) count(limit uint64) int {
	n := d.upTo(limit)
	if n > uint64(len(d.b)) {
		d.fail("%d things in %d bytes", n, len(d.b))
		return 0
	}
	return int(n)
}

func (d *loader) flag() bool { return d.upTo(1) == 1 }

func (d *loader) take(n int) []byte {
	if n > len(d.b) {
		d.fail("it ends too early")
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *loader) text() string {
	n := d.uint()
	if n > 0 {
		if n > uint64(len(d.texts)) {
			d.fail("text %d of %d", n, len(d.texts))
			return ""
		}
		return d.texts[n-1]
	}
	s := string(d.take(int(d.upTo(maxSavedText))))
	if d.err == nil {
		d.texts = append(d.texts, s)
	}
	return s
}

func (d *loader) time() time.Time {
	sec, nano := d.int(), d.upTo(1e9-1)
	if d.err != nil {
		return time.Time{}
	}
	return time.Unix(sec, int64(nano)).UTC()
}

func (d *loader) mac() (m packet.MAC) {
	copy(m[:], d.take(len(m)))
	return m
}

func (d *loader) addr() netip.Addr {
	n := d.upTo(16)
	if n != 0 && n != 4 && n != 16 {
		d.fail("an address of %d bytes", n)
	}
	a, _ := netip.AddrFromSlice(d.take(int(n)))
	if n == 16 {
		a = a.WithZone(d.text())
	}
	return a
}

func (d *loader) sighting() {
	at := Subject{MAC: d.mac(), Addr: d.addr()}
	if _, twice := d.v.index[at]; twice {
		d.fail("a party twice")
	}
	if d.err != nil {
		return
	}
	bits := int(d.upTo(bitEnd - 1))
	g := sighting{Subject: at, bound: BindingKind(bits) & (BindARP | BindDHCP), group: bits&bitGroup != 0, sent: bits&bitSent != 0,
		hopNear: bits&bitNear != 0, hopFar: bits&bitFar != 0, farPrivate: bits&bitFarPrivate != 0}
	g.first, g.last = d.int(), d.int()
	for range d.count(MaxVLANs) {
		g.vlans = append(g.vlans, uint16(d.upTo(math.MaxUint16)))
	}
	if n := d.count(MaxClaims); n > 0 {
		g.claims = make(claimSet, 0, n)
		for range n {
			g.claims.add(d.claim())
		}
	}
	for range d.count(MaxLogins) {
		g.logins = append(g.logins, Login{Service: d.text(), Cleartext: d.flag(), None: d.flag(), Default: d.flag(), Frame: d.uint(), Input: d.text()})
	}
	d.v.index[at] = int32(len(d.v.sightings))
	d.v.sightings = append(d.v.sightings, g)
}

func (d *loader) claim() Claim {
	c := Claim{Field: Field(d.text()), Name: d.text(), Value: d.text()}
	c.Source = Source{Rule: d.text(), Input: d.text(), Frame: d.uint(), Line: d.uint(), Saw: d.text()}
	c.Confidence = math.Float64frombits(d.uint())
	if !(c.Confidence >= 0 && c.Confidence <= 1) {
		d.fail("a claim of weight %g", c.Confidence)
	}
	c.Session, c.Seen, c.Count = session.ID(d.uint()), d.time(), int(d.upTo(math.MaxInt64))
	return c
}

func (d *loader) edge() {
	n := uint64(len(d.v.sightings))
	orig, resp := d.uint(), d.uint()
	if orig >= n || resp >= n {
		d.fail("an exchange between parties %d and %d of %d", orig, resp, n)
		return
	}
	k := edgeKey{orig: int32(orig), resp: int32(resp), port: uint16(d.upTo(math.MaxUint16)), vlan: uint16(d.upTo(math.MaxUint16)),
		answered: d.flag(), transport: session.Transport(d.text()), service: d.text()}
	x := &edge{sessions: int(d.upTo(math.MaxInt64)), bytes: d.uint(), first: d.int(), last: d.int(), frame: d.uint(), input: d.text()}
	if _, twice := d.v.edges[k]; twice {
		d.fail("an exchange twice")
		return
	}
	d.v.edges[k] = x
}

func (d *loader) asset() Asset {
	a := Asset{Line: int(d.upTo(math.MaxInt32)), File: d.text(), MAC: d.mac(), Values: map[Field]string{}}
	for range d.count(MaxAssetColumns * MaxAssetCell) {
		a.Addrs = append(a.Addrs, d.addr())
	}
	for range d.count(MaxAssetColumns) {
		f := Field(d.text())
		a.Values[f] = d.text()
	}
	if n := d.count(maxSavedExtra); n > 0 {
		a.Extra = make(map[string]string, n)
		for range n {
			head := d.text()
			a.Extra[head] = d.text()
		}
	}
	return a
}
