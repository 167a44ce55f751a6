package hl7

import "hash/fnv"

// first notes a hash and tells whether it is new and the list had room.
func first(list *[]uint64, hash uint64) bool {
	for _, h := range *list {
		if h == hash {
			return false
		}
	}
	if len(*list) >= maxKinds {
		return false
	}
	*list = append(*list, hash)
	return true
}

// hashID hides a control id; zero is no id.
func hashID(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64() | 1
}

// hash joins texts into one number, so that what was seen need not be held.
func hash(texts ...string) uint64 {
	h := fnv.New64a()
	for _, s := range texts {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

func (p Party) key() string {
	return p.Name + "\x01" + p.UniversalID + "\x01" + p.Type + "\x01" + p.EUI64
}

func (m Message) hash() uint64 {
	return hash(m.Type, m.Sender.key(), m.SenderFacility.key(), m.Receiver.key(), m.ReceiverFacility.key(), m.Processing, m.Version, m.Charset)
}

// tallies are the counts of one side by name.
type tallies struct{ types, segments, acks, errors, mdc tally }

// add fills the counts of t.
func (c *tallies) add(t Traffic) Traffic {
	t.Types, t.Segments, t.Acks, t.Errors, t.MDC = c.types.list, c.segments.list, c.acks.list, c.errors.list, c.mdc.list
	return t
}

// tally counts names in the order of their first sight; beyond maxKinds all
// others fall together.
type tally struct {
	list []Count
	last int // counted last: the next name is often the one behind it, or the same
}

const usualKinds = 4 // names of most tallies

func (t *tally) add(name []byte) {
	if len(name) == 0 || t.again(name) {
		return
	}
	for i := range t.list {
		if t.list[i].Name == string(name) {
			t.count(i)
			return
		}
	}
	t.begin(string(name))
}

// addText is add for a name that is a string already.
func (t *tally) addText(name string) {
	for i := range t.list {
		if t.list[i].Name == name {
			t.count(i)
			return
		}
	}
	t.begin(name)
}

// again counts a name where it is likely to stand, and tells whether it did.
func (t *tally) again(name []byte) bool {
	if len(t.list) == 0 {
		return false
	}
	next := t.last + 1
	if next == len(t.list) {
		next = 0
	}
	for _, i := range [...]int{next, t.last} {
		if t.list[i].Name == string(name) {
			t.count(i)
			return true
		}
	}
	return false
}

func (t *tally) count(i int) {
	t.list[i].Count++
	t.last = i
}

// begin enters a name that is not in the list.
func (t *tally) begin(name string) {
	switch {
	case len(t.list) >= maxKinds:
		t.list[maxKinds-1].Name = otherName
		t.count(maxKinds - 1)
		return
	case t.list == nil:
		t.list = make([]Count, 0, usualKinds)
	}
	t.list = append(t.list, Count{name, 1})
	t.last = len(t.list) - 1
}
